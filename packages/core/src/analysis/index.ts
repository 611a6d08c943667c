/** Is the canary worse than control? Evidence that may be looked at any time: docs/analysis.md. */
export { Analysis } from './analysis.ts';
export {
  type ArmCounts,
  type Assigned,
  type Interval,
  NO_SLICES,
  type Slices,
  type Stratum,
  sumCounts,
} from './counts.ts';
export type { CustomCounts, CustomMetric } from './custom.ts';
export { designEffect } from './design.ts';
export { ExcessEvidence } from './excess-evidence.ts';
export { Mismatch } from './mismatch.ts';
export { type Bounds, RatioEvidence } from './ratio-evidence.ts';
export {
  ANALYSIS_PROGRESS_VERSION,
  type AnalysisPoint,
  type AnalysisProgress,
  type AnalysisReport,
  type ArmPoint,
  analyse,
  type CarriedOn,
  type CustomReport,
  carryOn,
  type ExcessReport,
  type RatioReport,
} from './report.ts';
export { type Assembled, type AssembleOptions, assemble, neededFrom } from './series/assemble.ts';
export { errorBudget } from './series/budget.ts';
export type {
  ArmName,
  Sample as MeasuredSample,
  Series as MeasuredSeries,
  SeriesKind,
} from './series/samples.ts';
export { analysisStart, laterStart } from './series/start.ts';
export { settledStep, stepBetween } from './series/step.ts';
export {
  againstBaseline,
  DEFAULTS as ANALYSIS_DEFAULTS,
  METRICS as ANALYSIS_METRICS,
  type MetricName,
  type Settings as AnalysisSettings,
} from './settings.ts';
export type { AnalysisState, Totals } from './state.ts';
export {
  type DataReason,
  judge,
  VERDICT_REASONS,
  type Verdict,
  type VerdictName,
  type VerdictReason,
} from './verdict.ts';
