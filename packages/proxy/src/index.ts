/** Tinct's edge: a reverse proxy that decides each request's version once. */

export type { Caching, CookieSettings } from '@tinct/sdk';
export { Guard } from './admin/guard.ts';
export { Problem } from './admin/problem.ts';
export { EXT_AUTHZ_SETTINGS, type ExtAuthzConfig } from './config/ext-authz-schema.ts';
export {
  type ConfigInput,
  type LoadedConfig,
  loadConfig,
} from './config/load.ts';
export { printConfig } from './config/print.ts';
export { configJsonSchema, type ProxyConfig } from './config/schema.ts';
export { FILE_VARIABLE, type Setting } from './config/settings.ts';
export { SETTINGS } from './config/shape.ts';
export type { EdgeAddress } from './downstream/listen.ts';
export { type Edge, startEdge } from './edge.ts';
export type { ExtAuthzOptions } from './ext-authz/options.ts';
export { type ExtAuthz, type ExtAuthzStats, startExtAuthz } from './ext-authz/server.ts';
export type { EdgeOptions, Limits, RouteOptions, Served, Timeouts } from './options.ts';
export type { Failure, FailureStats } from './record/failures.ts';
export type { EdgeStats, VersionStats } from './record/recorder.ts';
export { loadExtAuthzConfig, startExtAuthzProgram } from './run/ext-authz.ts';
export { unreadableFiles } from './run/named-files.ts';
export type { ProgramWorld, RunningProgram } from './run/program.ts';
export { startProxy } from './run/proxy.ts';
export type { IssueTo, VisitorOptions } from './visitor/settings.ts';
