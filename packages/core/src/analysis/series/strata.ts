/** What one replica did between two of its scrapes. */
import type { ArmCounts, Slices, Stratum } from '../counts.ts';
import type { CustomCounts } from '../custom.ts';
import type { ArmName, Series } from './samples.ts';
import type { Target } from './target.ts';

export interface Piece {
  readonly from: number;
  readonly to: number;
  readonly isRestart: boolean;
  readonly stratum: Stratum;
  readonly slices: Slices;
}

/** Between two scrapes that follow each other. */
export function pieceOf(
  target: Target,
  from: number,
  to: number,
  boundaries: readonly number[],
): Piece {
  const isRestart = target.isRestart(from, to);
  const growth = (series: Series) => target.growth(series, from, to, isRestart);
  const counts = (arm: ArmName) => armCounts(target, arm, boundaries, growth);
  const share = shareOf(target, from, to);
  return {
    ...{ from, to, isRestart },
    stratum: {
      ...{ canary: counts('canary'), control: counts('control'), share },
      custom: customOf(target, growth),
    },
    slices: slicesOf(target, growth),
  };
}

type Growth = (series: Series) => number;

/** `undefined`: this replica counts none of the plan's metrics. */
function customOf({ series }: Target, growth: Growth): CustomCounts[] | undefined {
  const counted = series.flatMap(({ kind }, i) => (kind.of === 'custom' ? [{ kind, i }] : []));
  if (counted.length === 0) return undefined;
  const count = 1 + counted.reduce((most, { kind }) => Math.max(most, kind.metric), 0);
  const made = Array.from({ length: count }, () => ({
    canary: { events: 0, total: 0 },
    control: { events: 0, total: 0 },
  }));
  for (const { kind, i } of counted) {
    const arm = made[kind.metric]?.[kind.arm];
    const one = series[i];
    if (arm !== undefined && one !== undefined) arm[kind.part] += growth(one);
  }
  return made;
}

function armCounts(
  target: Target,
  arm: ArmName,
  boundaries: readonly number[],
  growth: Growth,
): ArmCounts {
  const within = boundaries.map(() => 0);
  const sums = { requests: 0, errors: 0, refusals: 0, affected: 0, timed: 0 };
  for (const series of target.series) {
    const { kind } = series;
    if (!('arm' in kind) || kind.arm !== arm) continue;
    const grown = growth(series);
    if (kind.of === 'requests') sums.requests += grown;
    if (kind.of === 'requests' && kind.isRefusal) sums.refusals += grown;
    if (kind.of === 'errors') sums.errors += grown;
    if (kind.of === 'affected') sums.affected += grown;
    if (kind.of !== 'within') continue;
    if (kind.boundary === Number.POSITIVE_INFINITY) sums.timed += grown;
    const at = boundaries.indexOf(kind.boundary);
    if (at >= 0) within[at] = (within[at] ?? 0) + grown;
  }
  return { ...sums, slower: within.map((count) => Math.max(0, sums.timed - count)) };
}

function slicesOf(target: Target, growth: Growth): Slices {
  const [requests, errors]: [number[], number[]] = [[], []];
  for (const series of target.series) {
    const { kind } = series;
    const into =
      kind.of === 'slice-requests' ? requests : kind.of === 'slice-errors' ? errors : undefined;
    if (into === undefined || !('slice' in kind)) continue;
    while (into.length <= kind.slice) into.push(0);
    into[kind.slice] = (into[kind.slice] ?? 0) + growth(series);
  }
  return { requests, errors, refusals: [], slower: [] };
}

/** The canary's share at both ends; `undefined` where it changed. */
export function shareOf(target: Target, from: number, to: number): number | undefined {
  const series = target.series.find(({ kind }) => kind.of === 'share');
  if (series === undefined) return undefined;
  const [before, after] = [target.value(series, from), target.value(series, to)];
  return before === after ? after : undefined;
}
