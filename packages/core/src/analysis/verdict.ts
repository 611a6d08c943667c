/** What an analysis says, and why, out of a closed set of reasons. */
import type { Analysis } from './analysis.ts';
import { isHardlyEver } from './boundaries.ts';
import type { CustomEvidence } from './custom.ts';
import { logMean } from './likelihood.ts';
import { METRICS, type MetricName, type Settings } from './settings.ts';

export const VERDICTS = ['pass', 'fail', 'inconclusive'] as const;

/** Every reason that a verdict can have, in the order in which they are told. Those of the data come from who read them. */
export const VERDICT_REASONS = {
  'errors-worse': 'errors are more frequent than tolerated',
  'latency-worse': 'slow requests are more frequent than tolerated',
  'refusals-worse': 'answers of 4xx are more frequent than tolerated',
  'custom-worse': 'a metric of the plan is worse than tolerated',
  'all-worse': 'the metrics together are worse than tolerated',
  'not-worse': 'every metric that decides is below what a pass excludes',
  'source-gone': 'the measurements could not be read',
  'no-start': 'nothing says when the analysis began',
  'no-data': 'nothing was measured',
  stale: 'the last measurement is too old',
  'replica-missing': 'a replica stopped being measured',
  uneven: 'measurements are missing in between',
  'reset-unclear': 'a counter went back in a way that a restart does not explain',
  'no-canary': 'the canary had no requests',
  'no-control': 'control had no requests',
  'custom-missing': 'a metric of the plan was not measured in both arms',
  mismatch: 'units do not fall into the arms as the plan allocates them',
  baking: 'the bake time is not over',
  'few-units': 'the canary has had too few units',
  'errors-undecided': 'errors could still be as much more frequent as a pass excludes',
  'latency-undecided': 'the ratio of slow requests could still be at the margin',
  'custom-undecided': 'a metric of the plan could still be at the margin',
} as const;
export type VerdictReason = keyof typeof VERDICT_REASONS;
export type VerdictName = (typeof VERDICTS)[number];

/** Reasons that the reader of the measurements knows of. */
export type DataReason = Extract<
  VerdictReason,
  'source-gone' | 'no-start' | 'stale' | 'replica-missing' | 'uneven' | 'reset-unclear'
>;

export interface Verdict {
  readonly verdict: VerdictName;
  /** At least one, in the order of {@link VERDICT_REASONS}. */
  readonly reasons: readonly VerdictReason[];
}

/** The metrics that have to be below the margin for a pass. Refusals only ever fail: many services have next to none. */
const DECIDING: readonly MetricName[] = ['errors', 'latency'];

const sorted = (reasons: readonly VerdictReason[]): VerdictReason[] =>
  (Object.keys(VERDICT_REASONS) as VerdictReason[]).filter((reason) => reasons.includes(reason));

/**
 * The verdict on what was taken in so far. A fail stands on the intervals that were whole, whatever is missing beside
 * them; a pass needs everything.
 */
export function judge(analysis: Analysis, data: readonly DataReason[]): Verdict {
  const worse = worseReasons(analysis);
  if (worse.length > 0) return { verdict: 'fail', reasons: sorted([...worse, ...data]) };
  const open = [...data, ...openReasons(analysis)];
  if (open.length > 0) return { verdict: 'inconclusive', reasons: sorted(open) };
  return { verdict: 'pass', reasons: ['not-worse'] };
}

function worseReasons(analysis: Analysis): VerdictReason[] {
  const bound = Math.log(1 / analysis.settings.alpha);
  if (analysis.logWorse < bound) return [];
  const named = METRICS.filter(
    (name) =>
      analysis.weightOf(name) > 0 &&
      Math.log(analysis.weightOf(name)) + analysis.evidence(name).logWorse >= bound,
  ).map((name): VerdictReason => `${name}-worse`);
  const isCustom = analysis.custom.some(
    ({ ratio }) => Math.log(analysis.customWeight) + ratio.logWorse >= bound,
  );
  if (isCustom) named.push('custom-worse');
  return named.length === 0 ? ['all-worse'] : named;
}

function openReasons(analysis: Analysis): VerdictReason[] {
  const { settings, totals } = analysis;
  const { canary, control } = totals;
  if (canary.requests + control.requests === 0) return ['no-data'];
  const isMismatched = analysis.logMismatch >= Math.log(1 / settings.mismatchAlpha);
  const found: (VerdictReason | false)[] = [
    canary.requests === 0 && 'no-canary',
    control.requests === 0 && 'no-control',
    analysis.custom.some(({ isMeasured }) => !isMeasured) && 'custom-missing',
    isMismatched && 'mismatch',
    analysis.at - analysis.start < settings.bake && 'baking',
    analysis.canaryUnits < settings.minimumUnits && 'few-units',
    ...DECIDING.map(
      (name) => !isBelowMargin(analysis, name) && (`${name}-undecided` as VerdictReason),
    ),
    analysis.custom.some((each) => !isFine(each, settings)) && 'custom-undecided',
  ];
  return found.filter((reason) => reason !== false);
}

/** A metric of the plan that is not measured is missing, and not undecided. */
const isFine = ({ isMeasured, ratio }: CustomEvidence, { alpha, margin }: Settings): boolean =>
  !isMeasured ||
  (ratio.logNotWorse >= Math.log(1 / alpha) && (ratio.likelihood.estimate ?? 0) < margin);

/** The evidence is there, and no way to look at it points beyond the margin: a bug may hit requests and not units. */
function isBelowMargin(analysis: Analysis, name: MetricName): boolean {
  const { alpha, weights } = analysis.settings;
  if (weights[name] === 0) return true;
  if (logFine(analysis, name) >= Math.log(1 / alpha)) return true;
  return name === 'latency' && isQuiet(analysis);
}

/** The log of evidence that is none at all. A number, so that a report as JSON holds it. */
const NONE = -700;

/**
 * The log of the evidence that a metric is not as bad as what a pass excludes. For errors that is “the margin's ratio and the bound's
 * excess”: evidence against one of them is evidence against both at once, and so is a mean of the two.
 */
export function logFine(analysis: Analysis, name: MetricName): number {
  const { margin, boundWeight } = analysis.settings;
  const { logNotWorse, parts } = analysis.evidence(name);
  // Halfway is too near where a bug may hit few users hard: they are not all here yet.
  const most = name === 'errors' ? Math.sqrt(margin) : margin;
  const isBeyond = parts.some(({ likelihood }) => (likelihood.estimate ?? 0) >= most);
  const byRatio = isBeyond ? NONE : logNotWorse;
  if (name !== 'errors') return byRatio;
  return logMean([byRatio, analysis.logBelowBound], [1 - boundWeight, boundWeight]);
}

/** Control is hardly ever slower than any boundary that was chosen, and neither is the canary. */
function isQuiet({ places = [], totals, settings }: Analysis): boolean {
  const { canary, control } = totals;
  const options = { design: settings.assumedDesign, alpha: settings.alpha };
  return (
    places.length > 0 &&
    places.every((place) =>
      isHardlyEver(
        [canary.slower[place] ?? 0, canary.timed],
        [control.slower[place] ?? 0, control.timed],
        options,
      ),
    )
  );
}
