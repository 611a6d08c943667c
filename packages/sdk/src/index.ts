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
export { type Colored, type Colors, colorsOf, routingHeader } from './color/colors.ts';
export { decision, isIn, variant } from './context/ask.ts';
export { DECLARATION_MARK, declareReleases } from './context/declaration.ts';
export type * from './context/releases.ts';
export { currentContext, runIn } from './context/storage.ts';
export type { KnownDecision, Origin, RequestContext } from './context/types.ts';
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
export type { Failure, Log, LogLine } from './inbound/failures.ts';
export type { CacheMarking, Entered, Incoming, Observer, Outcome } from './inbound/incoming.ts';
export type { PlanOption } from './inbound/plan-option.ts';
export * from './jwt/index.ts';
export * from './keys/index.ts';
export * from './lists/index.ts';
export { type EcsFormat, type EcsOptions, ecsFormat } from './logs/ecs.ts';
export { type LogFields, type LogOptions, type LogSpan, logFields } from './logs/fields.ts';
export {
  type NewErrorNews,
  type NewErrors,
  type NewErrorsOptions,
  type NewErrorsReport,
  newErrors,
} from './new-errors/new-errors.ts';
export type { OutboundOptions, TinctOptions } from './options.ts';
export type { DispatchInterceptor } from './outbound/dispatcher.ts';
export type { AllowedHosts } from './outbound/hosts.ts';
export type { Outbound } from './outbound/outbound.ts';
export { ConfigMapPlanSource, type ConfigMapSourceOptions } from './plan/config-map-source.ts';
export { FilePlanSource } from './plan/file-source.ts';
export { InlinePlanSource } from './plan/inline-source.ts';
export type { LoadLists } from './plan/lists.ts';
export type { PlanSource, PlanText, Watch } from './plan/source.ts';
export type {
  Killed,
  PlanInForce,
  PlanListener,
  PlanStatus,
  PlanStoreOptions,
  RefusedPlan,
} from './plan/status.ts';
export { PlanStore } from './plan/store.ts';
export { UrlPlanSource, type UrlSourceOptions } from './plan/url-source.ts';
export { type FileWatchOptions, watchFile } from './plan/watch-file.ts';
export { SERVED_HEADER, VERSION_VARIABLE, type VersionOptions } from './served/version.ts';
export { ownText } from './text/own-text.ts';
export { createTinct, type Tinct } from './tinct.ts';
export type { Trust } from './trust/trust.ts';
export { type Peer, TrustedHops } from './trust/trusted-hops.ts';
export * from './visitor/index.ts';
