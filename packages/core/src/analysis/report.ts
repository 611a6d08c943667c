/** An analysis from its first interval to its last, and what there is to say of it. */
import { Analysis } from './analysis.ts';
import type { ArmCounts } from './counts.ts';
import type { CustomCounts, CustomEvidence, CustomMetric } from './custom.ts';
import { type HistoryState, remembered } from './history.ts';
import type { RatioEvidence } from './ratio-evidence.ts';
import {
  type Assembled,
  type AssembleOptions,
  type AssembleState,
  assemble,
} from './series/assemble.ts';
import { errorBudget } from './series/budget.ts';
import type { Series } from './series/samples.ts';
import { METRICS, type MetricName, type Settings, USUAL_BOUND } from './settings.ts';
import { shareInterval } from './share.ts';
import type { AnalysisState, Totals } from './state.ts';
import { judge, logFine, type Verdict, type VerdictReason } from './verdict.ts';

export type Range = readonly [low: number, high: number];

/** The canary's rate by control's. */
export interface RatioReport {
  /** `undefined`: no events of control. */
  readonly estimate: number | undefined;
  readonly interval: Range;
  /** Events of the canary and of control. */
  readonly events: readonly [canary: number, control: number];
}

/** A metric of the plan. */
export interface CustomReport extends RatioReport, CustomMetric {
  readonly counts: CustomCounts;
  readonly logWorse: number;
}

/** By what share of all requests errors of the canary exceed control's. */
export interface ExcessReport {
  /** At most so, at all times at once; 1: nothing is known. */
  readonly upper: number;
  /** A pass excludes so much, or the margin. */
  readonly bound: number;
  /** The log of the evidence that it is less. */
  readonly logBelow: number;
  /** Requests of one unit, all of which may fail together. */
  readonly perUnit: number;
}

export interface ArmPoint {
  /** Of the requests so far, how many failed. */
  readonly share: number;
  readonly interval: Range;
}

/** How things stood at the end of an interval. Evidence as natural logs. */
export interface AnalysisPoint {
  readonly at: number;
  readonly logWorse: number;
  readonly metrics: Readonly<Record<MetricName, number>>;
  readonly logNotWorse: number;
  readonly canary: ArmPoint;
  readonly control: ArmPoint;
}

export interface AnalysisReport extends Verdict {
  readonly settings: Settings;
  /** Seconds since the epoch, like all times here; `undefined`: nobody says. */
  readonly start: number | undefined;
  readonly at: number | undefined;
  /** When the evidence first convicted. */
  readonly failedAt: number | undefined;
  readonly arms: Totals;
  readonly warmUp: Totals;
  readonly units: { readonly canary: number; readonly control: number };
  readonly errorsByUnit: RatioReport;
  readonly errorsByRequest: RatioReport;
  readonly refusals: RatioReport;
  readonly latency: readonly (RatioReport & { readonly boundary: number })[];
  /** Natural logs; the threshold is ln(1/alpha). */
  readonly logWorse: number;
  readonly logNotWorse: Readonly<Record<MetricName, number>>;
  /** How the canary's errors may exceed control's. */
  readonly excess: ExcessReport;
  /** The plan's metrics, in its order. */
  readonly custom: readonly CustomReport[];
  readonly logMismatch: number;
  /** By how much requests' errors vary more than independent ones; `undefined`: too few to say. */
  readonly design: number | undefined;
  readonly replicas: number;
  readonly restarts: number;
  /** Seconds between two scrapes. */
  readonly step: number;
  /** Replicas' seconds that could not be used, of all. */
  readonly lost: number;
  readonly watched: number;
  readonly history: readonly AnalysisPoint[];
}

const ratioOf = (evidence: RatioEvidence, alpha: number): RatioReport => ({
  estimate: evidence.likelihood.estimate,
  interval: evidence.interval(alpha),
  events: evidence.likelihood.events,
});

/** The whole analysis, from raw samples. The same samples give the same report, however often it is asked for. */
export const analyse = (
  series: readonly Series[],
  settings: Settings,
  { now, since }: Pick<AssembleOptions, 'now' | 'since'>,
): AnalysisReport => carryOn(series, settings, { now, since }).report;

/** To be raised whenever {@link AnalysisProgress} means something else: what an older version kept is not gone on with. */
export const ANALYSIS_PROGRESS_VERSION = 1;

/** An analysis so far, as data: what survives a restart of whoever looks. */
export interface AnalysisProgress {
  readonly series: AssembleState;
  readonly analysis: AnalysisState;
  readonly failed: Failed | undefined;
  readonly history: HistoryState<AnalysisPoint>;
}

interface Failed {
  readonly at: number;
  readonly reasons: readonly VerdictReason[];
}

export interface CarriedOn {
  readonly report: AnalysisReport;
  /** `undefined`: nothing was counted yet. */
  readonly progress: AnalysisProgress | undefined;
}

/**
 * Takes later samples into an analysis. With `until`, how they are cut into pieces and when this is asked makes no difference to
 * the evidence. `before`: what the last call gave; its settings must have been the same.
 */
export function carryOn(
  series: readonly Series[],
  settings: Settings,
  options: AssembleOptions,
  before?: AnalysisProgress,
): CarriedOn {
  const assembled = assemble(series, options, before?.series);
  const { start, boundaries, intervals, state } = assembled;
  const bound = settings.bound ?? errorBudget(series) ?? USUAL_BOUND;
  const known = { ...settings, bound, boundaries };
  const analysis = new Analysis(known, start ?? options.now, before?.analysis);
  const points: AnalysisPoint[] = [];
  let failed = before?.failed;
  for (const interval of intervals) {
    analysis.advance(interval);
    points.push(pointOf(analysis));
    const { verdict, reasons } = judge(analysis, []);
    if (verdict === 'fail') failed ??= { at: interval.at, reasons };
  }
  const now = judge(analysis, assembled.reasons);
  const verdict = failed === undefined ? now : standing(failed, now, assembled);
  const history = [...(before?.history.points ?? []), ...points];
  const report = { ...verdict, ...told(analysis, assembled), failedAt: failed?.at, history };
  const progress =
    state === undefined
      ? undefined
      : {
          series: state,
          analysis: analysis.state(),
          failed,
          history: remembered(points, before?.history),
        };
  return { report, progress };
}

/** What was convicted stays so: the chance of error is one for the whole analysis, not one for its end. */
const standing = (then: Failed, now: Verdict, { reasons }: Assembled): Verdict =>
  now.verdict === 'fail' ? now : { verdict: 'fail', reasons: [...then.reasons, ...reasons] };

function told(
  analysis: Analysis,
  { start, replicas, restarts, step, lost, watched }: Assembled,
): Omit<AnalysisReport, 'verdict' | 'reasons' | 'failedAt' | 'history'> {
  const { settings } = analysis;
  const ratio = (evidence: RatioEvidence) => ratioOf(evidence, settings.alpha);
  const [refusals] = analysis.evidence('refusals').parts;
  return {
    ...{ settings, start, replicas, restarts, step, lost, watched },
    at: start === undefined ? undefined : analysis.at,
    arms: settings.baseline === undefined ? analysis.totals : unitless(analysis.totals),
    warmUp: analysis.warmUp,
    units: analysis.exposed,
    errorsByUnit: ratio(analysis.units),
    errorsByRequest: ratio(analysis.requests),
    refusals: ratio(refusals as RatioEvidence),
    latency: analysis.evidence('latency').parts.map((part, i) => {
      return { boundary: analysis.boundaries?.[i] ?? 0, ...ratio(part) };
    }),
    logWorse: analysis.logWorse,
    logNotWorse: byMetric((name) => logFine(analysis, name)),
    excess: {
      upper: analysis.excess(settings.alpha),
      bound: settings.bound ?? USUAL_BOUND,
      logBelow: analysis.logBelowBound,
      perUnit: analysis.perUnit,
    },
    custom: analysis.custom.map((each) => customOf(each, settings.alpha)),
    logMismatch: analysis.logMismatch,
    design: analysis.design,
  };
}

/** Affected units are stable's where a baseline is control: they are compared with nobody's. */
const unitless = ({ canary, control }: Totals): Totals => ({
  canary: { ...canary, affected: 0 },
  control: { ...control, affected: 0 },
});

/** The canary's rate by control's, whichever way it was bet on. */
function customOf({ metric, ratio, totals }: CustomEvidence, alpha: number): CustomReport {
  const { estimate, interval } = ratioOf(ratio, alpha);
  const { canary, control } = totals;
  const isTurned = metric.worse === 'fewer';
  const turned = (value: number) => (isTurned ? 1 / value : value);
  const [low, high] = interval.map(turned) as [number, number];
  return {
    ...metric,
    estimate: estimate === undefined ? undefined : turned(estimate),
    interval: isTurned ? [high, low] : [low, high],
    events: [canary.events, control.events],
    counts: totals,
    logWorse: ratio.logWorse,
  };
}

function byMetric<T>(of: (name: MetricName) => T): Record<MetricName, T> {
  return Object.fromEntries(METRICS.map((name) => [name, of(name)])) as Record<MetricName, T>;
}

function pointOf(analysis: Analysis): AnalysisPoint {
  const { totals, settings } = analysis;
  const design = analysis.design ?? 1;
  const arm = ({ errors, requests }: ArmCounts): ArmPoint => ({
    share: requests === 0 ? 0 : errors / requests,
    interval: shareInterval(errors, requests, design, settings.alpha),
  });
  return {
    at: analysis.at,
    logWorse: analysis.logWorse,
    metrics: byMetric((name) => analysis.evidence(name).logWorse),
    logNotWorse: logFine(analysis, 'errors'),
    canary: arm(totals.canary),
    control: arm(totals.control),
  };
}
