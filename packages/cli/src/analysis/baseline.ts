/** A baseline instead of control: which of an edge's series counts for whom, by variant. */
import {
  baselineContext,
  baselineTrouble,
  canaryPart,
  ERRORS,
  type MeasuredSeries,
  type Release,
  type SeriesKind,
  TinctError,
  unlikeShares,
} from '@tinct/core/watching';
import { nearest } from '../frame/names.ts';
import type { RawSeries } from './prometheus.ts';

export interface Baseline {
  readonly variant: string;
  /** The canary's part of its own and the baseline's units, 0 to 1. */
  readonly part: number;
}

/** Throws a TinctError where the release has no such baseline; a wrong one in a plan is refused with the plan. */
export function baselineOf(release: Release, variant: string): Baseline {
  const known = [...new Set(release.services.flatMap(({ subsets }) => Object.keys(subsets)))];
  if (!known.includes(variant)) {
    const near = nearest(variant, known);
    const hint = near === undefined ? `it has ${known.join(', ')}` : `did you mean \`${near}\`?`;
    throw wrong(`\`${release.name}\` has no variant \`${variant}\``, hint);
  }
  const context = baselineContext(release);
  const trouble = baselineTrouble(variant, context);
  if (trouble !== undefined) throw wrong(trouble, ERRORS.TINCT_PLAN_BASELINE.mend);
  return { variant, part: canaryPart(variant, context) };
}

const wrong = (why: string, hint: string): TinctError =>
  new TinctError('TINCT_CLI_ARGUMENTS', `--baseline: ${why}`, { hint });

/** What is to be said of its size, though it can be compared. */
export function baselineWarning(release: Release, { variant }: Baseline): TinctError | undefined {
  const unlike = unlikeShares(variant, baselineContext(release));
  return unlike === undefined ? undefined : new TinctError('TINCT_PLAN_BASELINE_SHARE', unlike);
}

/** What a series counts where there is a baseline, and by what its values are to be multiplied. */
export interface Part {
  readonly kind: SeriesKind;
  readonly times: number;
}

/**
 * Of arm `canary`, what the baseline's pods did is control's. Of control itself three things stay: the slices and its affected units, which
 * say how requests of one unit go together, and its assigned units, by which the arms are held against the allocation. Edges
 * do not count units by variant, so those of arm `canary` are split as the plan allocates them.
 */
export function partsOf(
  kind: SeriesKind,
  labels: RawSeries['labels'],
  { variant, part }: Baseline,
): readonly Part[] {
  if (!('arm' in kind) || kind.of === 'assigned' || kind.of === 'custom')
    return [{ kind, times: 1 }];
  if (kind.of === 'affected') return kind.arm === 'control' ? [{ kind, times: 1 }] : [];
  if (kind.arm === 'control') return [];
  if (kind.of === 'units')
    return [
      { kind, times: part },
      { kind: { ...kind, arm: 'control' }, times: 1 - part },
    ];
  return [{ kind: labels['variant'] === variant ? { ...kind, arm: 'control' } : kind, times: 1 }];
}

/** One of an edge's series, for whom it counts. `baseline`: `undefined` where control is compared. */
export function countedFor(
  { labels, samples }: RawSeries,
  { kind, target }: Pick<MeasuredSeries, 'kind' | 'target'>,
  baseline: Baseline | undefined,
): MeasuredSeries[] {
  const parts = baseline === undefined ? [{ kind, times: 1 }] : partsOf(kind, labels, baseline);
  return parts.map((part) => ({
    ...{ kind: part.kind, target },
    samples: samples.map(([at, value]) => ({ at, value: part.times * value })),
  }));
}
