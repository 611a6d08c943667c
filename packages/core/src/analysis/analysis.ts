/** One release under analysis: evidence, interval by interval. Nothing here asks for the time: intervals say when they end. */
import { chooseBoundaries } from './boundaries.ts';
import {
  type Assigned,
  added,
  type Interval,
  NO_SLICES,
  type Slices,
  type Stratum,
  sumCounts,
} from './counts.ts';
import { CUSTOM_SHARE, CustomEvidence } from './custom.ts';
import { designEffect } from './design.ts';
import { ExcessEvidence } from './excess-evidence.ts';
import { logSumExp } from './likelihood.ts';
import { evenly, MetricEvidence } from './metric-evidence.ts';
import { Mismatch } from './mismatch.ts';
import type { RatioEvidence } from './ratio-evidence.ts';
import { METRICS, type MetricName, type Settings, USUAL_BOUND, WAYS } from './settings.ts';
import type { AnalysisState, Totals } from './state.ts';

type Count = (arm: Stratum['canary']) => number;

const UNITS = 0;
const REQUESTS = 1;

export class Analysis {
  readonly settings: Settings;
  /** Seconds since the epoch. */
  readonly start: number;
  readonly #metrics: Record<MetricName, MetricEvidence>;
  readonly #excess: ExcessEvidence;
  readonly #custom: readonly CustomEvidence[];
  readonly #mismatch: Mismatch;
  #boundaries: readonly number[] | undefined;
  #totals: Totals;
  #warmUp: Totals;
  #slices: Slices;
  #exposed: Interval['units'];
  #at: number;

  constructor(settings: Settings, start: number, state?: AnalysisState) {
    this.settings = settings;
    this.start = start;
    const { errors, latency, refusals } = state?.metrics ?? {};
    this.#boundaries = state?.boundaries;
    this.#metrics = {
      errors: new MetricEvidence(settings, waysOf(settings), errors),
      latency: new MetricEvidence(settings, evenly(this.#boundaries?.length ?? 0), latency),
      refusals: new MetricEvidence(settings, evenly(1), refusals),
    };
    this.#excess = new ExcessEvidence(state?.excess);
    this.#custom = settings.custom.map(
      (metric, i) => new CustomEvidence(metric, settings, state?.custom[i]),
    );
    this.#mismatch = new Mismatch(state?.mismatch);
    this.#totals = state?.totals ?? noTotals();
    this.#warmUp = state?.warmUp ?? noTotals();
    this.#slices = state?.slices ?? NO_SLICES;
    this.#exposed = state?.units ?? { canary: 0, control: 0 };
    this.#at = state?.at ?? start;
  }

  /** Takes the next interval in. Those that end before what was taken in are refused: evidence is never counted twice. */
  advance(interval: Interval): boolean {
    if (interval.at <= this.#at) return false;
    this.#at = interval.at;
    this.#exposed = interval.units;
    const isCold = interval.at <= this.start + this.settings.warmUp;
    if (isCold) this.#warmUp = grown(this.#warmUp, interval);
    else this.#weigh(interval);
    return true;
  }

  /** The end of the last interval. */
  get at(): number {
    return this.#at;
  }

  /** Different units of each arm, at least. */
  get exposed(): Interval['units'] {
    return this.#exposed;
  }

  /** Units of the canary that a pass may count on. */
  get canaryUnits(): number {
    const { level, assumedDesign } = this.settings;
    return level === 'units' ? this.#exposed.canary : this.#totals.canary.requests / assumedDesign;
  }

  get totals(): Totals {
    return this.#totals;
  }

  /** What happened while the canary was warming up: no evidence. */
  get warmUp(): Totals {
    return this.#warmUp;
  }

  /** Of the boundaries that were chosen, their places in the list; `undefined`: not yet. */
  get places(): readonly number[] | undefined {
    return this.#boundaries;
  }

  /** Seconds; `undefined`: not chosen yet. */
  get boundaries(): number[] | undefined {
    return this.#boundaries?.map((i) => this.settings.boundaries[i] ?? 0);
  }

  evidence(metric: MetricName): MetricEvidence {
    return this.#metrics[metric];
  }

  /** Of the plan's metrics, in its order. */
  get custom(): readonly CustomEvidence[] {
    return this.#custom;
  }

  /** First errors of units, compared by the share that the plan gives. */
  get units(): RatioEvidence {
    return this.#metrics.errors.parts[UNITS] as RatioEvidence;
  }

  /** Failed requests, compared by the requests of the arms. */
  get requests(): RatioEvidence {
    return this.#metrics.errors.parts[REQUESTS] as RatioEvidence;
  }

  /** The design effect of errors, for the next interval; `undefined`: too few errors to say. */
  get design(): number | undefined {
    return this.#designOf(this.#slices.errors, this.#perUnit());
  }

  /** The log of the evidence that some metric is worse than tolerated: the mean by the metrics' shares of alpha. */
  get logWorse(): number {
    return logSumExp([
      ...METRICS.map((name) => Math.log(this.weightOf(name)) + this.#metrics[name].logWorse),
      ...this.#custom.map(({ ratio }) => Math.log(this.customWeight) + ratio.logWorse),
    ]);
  }

  /** A metric's share of alpha. */
  weightOf(name: MetricName): number {
    const { weights, custom } = this.settings;
    return weights[name] * (custom.length > 0 ? 1 - CUSTOM_SHARE : 1);
  }

  /** The share of each of the plan's metrics. */
  get customWeight(): number {
    return CUSTOM_SHARE / this.settings.custom.length;
  }

  /** The log of the evidence that errors exceed control's by less than the bound, were all requests of a unit to fail together. */
  get logBelowBound(): number {
    return this.#excess.logBelow(this.settings.bound ?? USUAL_BOUND, this.perUnit);
  }

  /** By what share of requests the canary's errors exceed control's at most, at this alpha and at all times. */
  excess(alpha: number): number {
    return this.#excess.upper(alpha, this.perUnit);
  }

  /** Requests of a unit, with heavy users weighing as they do; where nothing says it, what is assumed. */
  get perUnit(): number {
    const { requests } = this.#slices;
    const { control, canary } = this.#exposed;
    const mean = control + canary > 0 ? this.#requests() / (control + canary) : 1;
    return Math.max(mean, designEffect(requests) ?? this.settings.assumedDesign);
  }

  get logMismatch(): number {
    return this.#mismatch.logEvidence;
  }

  state(): AnalysisState {
    const { errors, latency, refusals } = this.#metrics;
    return {
      start: this.start,
      at: this.#at,
      metrics: {
        errors: errors.states(),
        latency: latency.states(),
        refusals: refusals.states(),
      },
      excess: this.#excess.state(),
      custom: this.#custom.map((each) => each.state()),
      mismatch: this.#mismatch.state(),
      boundaries: this.#boundaries,
      totals: this.#totals,
      warmUp: this.#warmUp,
      slices: this.#slices,
      units: this.#exposed,
    };
  }

  #weigh(interval: Interval): void {
    const errors = this.design;
    const refusals = this.#designOf(this.#slices.refusals);
    for (const stratum of interval.strata) {
      this.#weighUnits(stratum, interval.lives);
      byRequests(this.requests, stratum, ({ errors }) => errors, errors);
      this.#weighExcess(stratum);
      const [compared] = this.#metrics.refusals.parts;
      byRequests(compared as RatioEvidence, stratum, ({ refusals }) => refusals, refusals);
      this.#weighLatency(stratum);
      stratum.custom?.forEach((counts, i) => {
        this.#custom[i]?.add(counts);
      });
    }
    for (const assigned of interval.assigned) this.#weighAssigned(assigned);
    this.#totals = grown(this.#totals, interval);
    this.#slices = grownSlices(this.#slices, interval.slices);
    if (this.#boundaries === undefined) this.#chooseBoundaries();
  }

  /** Each count of units is right alone; their geometric mean is, whatever they have to do with each other (Hölder's inequality). */
  #weighUnits({ canary, control, share }: Stratum, lives: number): void {
    if (this.settings.ways.units === 0) return;
    if (share === undefined || share <= 0 || share >= 1) return;
    const odds = share / (1 - share);
    const design = Math.max(1, lives);
    this.units.add({ canary: canary.affected, control: control.affected, odds, design });
  }

  #weighExcess({ canary, control }: Stratum): void {
    const odds = canary.requests / control.requests;
    const exposure = canary.requests;
    this.#excess.add({ canary: canary.errors, control: control.errors, exposure, odds });
  }

  #weighAssigned({ share, canary, control, design }: Assigned): void {
    this.#mismatch.observe([share, 1 - share], [canary / design, control / design]);
  }

  #weighLatency(stratum: Stratum): void {
    const odds = stratum.canary.timed / stratum.control.timed;
    this.#boundaries?.forEach((boundary, i) => {
      const design = this.#designOf(this.#slices.slower[boundary] ?? []);
      const [canary = 0, control = 0] = [
        stratum.canary.slower[boundary],
        stratum.control.slower[boundary],
      ];
      if (design !== undefined)
        this.#metrics.latency.parts[i]?.add({ canary, control, odds, design });
    });
  }

  #designOf(slices: readonly number[], perUnit = 1): number | undefined {
    return slices.length === 0 ? this.#assumed() : designEffect(slices, perUnit);
  }

  /** Kish's formula: 1 + (requests of a unit − 1) × their correlation, with heavy users weighing as they do. */
  #assumed(): number {
    const { assumedCorrelation, assumedDesign } = this.settings;
    const perUnit = designEffect(this.#slices.requests);
    return perUnit === undefined ? assumedDesign : 1 + (perUnit - 1) * assumedCorrelation;
  }

  #requests(): number {
    const { canary, control } = this.#totals;
    return canary.requests + control.requests;
  }

  /** Errors by unit that had one, of those whom the slices are of. */
  #perUnit(): number {
    const { errors, affected } = this.#totals.control;
    const all = this.settings.baseline === undefined ? errors : sumOf(this.#slices.errors);
    return affected > 0 ? all / affected : 1;
  }

  #chooseBoundaries(): void {
    const { timed, slower } = this.#totals.control;
    const chosen = chooseBoundaries(timed, slower);
    if (chosen === undefined) return;
    this.#boundaries = chosen;
    this.#metrics.latency = new MetricEvidence(this.settings, evenly(chosen.length));
  }
}

const waysOf = ({ ways }: Settings): number[] => WAYS.map((way) => ways[way]);

function byRequests(
  comparison: RatioEvidence,
  { canary, control }: Stratum,
  of: Count,
  design: number | undefined,
): void {
  if (design === undefined) return;
  const odds = canary.requests / control.requests;
  comparison.add({ canary: of(canary), control: of(control), odds, design });
}

const sumOf = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);

const noTotals = (): Totals => ({ canary: sumCounts([]), control: sumCounts([]) });

const grown = ({ canary, control }: Totals, { strata }: Interval): Totals => ({
  canary: sumCounts([canary, ...strata.map((stratum) => stratum.canary)]),
  control: sumCounts([control, ...strata.map((stratum) => stratum.control)]),
});

const grownSlices = (a: Slices, b: Slices): Slices => ({
  requests: added(a.requests, b.requests),
  errors: added(a.errors, b.errors),
  refusals: added(a.refusals, b.refusals),
  slower: Array.from({ length: Math.max(a.slower.length, b.slower.length) }, (_, i) =>
    added(a.slower[i] ?? [], b.slower[i] ?? []),
  ),
});
