export {
  type Adoptee,
  isAdopted,
  type Obstacle,
  type Shared,
  type Sharing,
  shared,
} from './adopt/adoptees.ts';
export { type Adopted, adopted, handBack, type Wish } from './adopt/adopting.ts';
export { gitPatch } from './adopt/git-patch.ts';
export {
  ADOPTED_ANNOTATION,
  ADOPTED_FOR_ANNOTATION,
  adoptedFor,
  adoptedFrom,
} from './adopt/notes.ts';
export { type Owner, ownersOf } from './adopt/owners.ts';
export type { Promotion } from './adopt/promotion.ts';
export { essence, isSettled } from './apply/compare.ts';
export { type LiveObject, type Ref, refKey, refOf, refText } from './apply/object.ts';
export { hostsOf, overlaps } from './apply/overlap.ts';
export {
  FIELD_MANAGER,
  type OwnObject,
  ownerPlan,
  ownObjects,
  PLAN_LABEL,
  RELEASE_LABEL,
  REVISION_ANNOTATION,
  releasesOf,
} from './apply/owned.ts';
export { STAGES, type Stage, type Step, stepsOf, takenBy } from './apply/steps.ts';
export { managersOf, type Tracker, trackerOf } from './apply/tracked.ts';
export type { Document } from './documents/document.ts';
export { generate } from './documents/generate.ts';
export { KUSTOMIZATION, lackingInTheirs } from './documents/kustomization.ts';
export type { Carrier, Generated, GenerateOptions, Target } from './documents/options.ts';
export {
  type RenderedFile,
  renderDocument,
  renderFolder,
  renderStream,
} from './documents/render.ts';
export { extAuthzFilter, type FilterOptions } from './filter/filter.ts';
export {
  type GuardOptions,
  guardPolicy,
  type MutualTlsOptions,
  mutualTlsGateway,
} from './filter/guard.ts';
export type { AuthzServer } from './filter/server.ts';
export type { GatewayTarget } from './filter/target.ts';
export { type Beside, beside } from './foreign/beside.ts';
export { type Changed, insertRelease, removeRelease } from './foreign/change.ts';
export type { Operation } from './foreign/edits.ts';
export { type Insertion, type InsertionOptions, insertionOf } from './foreign/insertion.ts';
export { needed } from './foreign/needed.ts';
export { type ChangedText, insertText, removeText } from './foreign/text.ts';
export type { ImportOptions } from './import/draft.ts';
export { type Imported, importPlan } from './import/import.ts';
export { type Changeover, changeover, stepText, without } from './lifecycle/changeover.ts';
export { LINT_CODES, type LintOptions, lint, RETIRED_LINT_CODES } from './lint/lint.ts';
export { type SarifOptions, sarif } from './lint/sarif.ts';
export type { Manifest } from './manifests/manifest.ts';
export { type ReadManifests, readManifests } from './manifests/read.ts';
export { alerts } from './observe/alerts.ts';
export { CANARY_ERRORS } from './observe/comparisons.ts';
export { observeFiles, tinctGroups } from './observe/files.ts';
export { ISTIO_ALERTS } from './observe/istio.ts';
export {
  type Alert,
  DEFAULT_RUNBOOKS,
  type ObserveOptions,
  observeSettings,
  type RuleGroup,
  runbookName,
} from './observe/rule.ts';
export { type Routed, routing, type Where } from './routes/of-plan.ts';
export { type Route, routes } from './routes/routes.ts';
export type * from './routes/routing.ts';
export {
  type EnvoyRoute,
  type EnvoyState,
  envoyState,
  type Sight,
  sightOf,
  type Written,
} from './seen/seen.ts';
