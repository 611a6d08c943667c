/** Tinct's edge: a reverse proxy that decides each request's version once. */
export { type Edge, type EdgeAddress, startEdge } from './edge.ts';
export type { EdgeOptions, Timeouts } from './options.ts';
export type { EdgeStats, VersionStats } from './record/recorder.ts';
