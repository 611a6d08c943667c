/**
 * What a program needs of core that watches releases: the catalogue of metrics, books of errors, and the analysis of canary and
 * control. A part of the whole, as `basics` is: plans are read elsewhere, by parsers that take their time to load.
 */
export * from './analysis/index.ts';
export type { Arm } from './decide/types.ts';
export { ERRORS, TinctError } from './errors.ts';
export * from './metrics/index.ts';
export * from './new-errors/index.ts';
export {
  type BaselineContext,
  baselineContext,
  baselineTrouble,
  canaryPart,
  unlikeShares,
} from './plan/baseline.ts';
export { LABEL } from './plan/patterns.ts';
export type * from './plan/plan.ts';
export { isRecord } from './record.ts';
