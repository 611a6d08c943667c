export {
  addVary,
  CACHING,
  type Caching,
  type Carriers,
  carriersOf,
  type Marking,
  makePrivate,
  markingOf,
} from './caching/caching.ts';
export { type Colors, colorsOf } from './color/colors.ts';
export * from './cookie/index.ts';
export { type Decided, decideAll } from './decide/decide-all.ts';
export { identify, type Proofs, type Who } from './decide/identify.ts';
export { type PlanView, PlanViews } from './decide/plan-view.ts';
export { type Attributes, attributeReader, type ReadAttributes } from './identity/attributes.ts';
export { cookieValues } from './identity/cookies.ts';
export { type HeaderValues, headerText, rawHeaderValues } from './identity/headers.ts';
export {
  type IdentityFailure,
  identityReader,
  type Proven,
  type ReadUnits,
  type Units,
} from './identity/identity.ts';
export { type Abilities, unsupportedSources } from './identity/source.ts';
export * from './jwt/index.ts';
export * from './keys/index.ts';
export * from './lists/index.ts';
export { ConfigMapPlanSource, type ConfigMapSourceOptions } from './plan/config-map-source.ts';
export { FilePlanSource } from './plan/file-source.ts';
export type { LoadLists } from './plan/lists.ts';
export type { PlanSource, PlanText, Watch } from './plan/source.ts';
export {
  type Killed,
  type PlanInForce,
  type PlanStatus,
  PlanStore,
  type PlanStoreOptions,
  type RefusedPlan,
} from './plan/store.ts';
export { UrlPlanSource, type UrlSourceOptions } from './plan/url-source.ts';
export { type FileWatchOptions, watchFile } from './plan/watch-file.ts';
export { type Peer, TrustedHops } from './trust/trusted-hops.ts';
export * from './visitor/index.ts';
