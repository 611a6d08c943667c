/** How an analysis went, in few enough points for a small file. */
/** More than this are thinned. */
const MOST = 240;

export interface HistoryState<P> {
  /** One of so many points is kept. */
  readonly every: number;
  /** Points so far, kept or not. */
  readonly count: number;
  readonly points: readonly P[];
}

/** Which points are kept hangs on their number alone, not on when they come. */
export function remembered<P>(
  points: readonly P[],
  before: HistoryState<P> = { every: 1, count: 0, points: [] },
): HistoryState<P> {
  let { every, count } = before;
  let kept = [...before.points];
  for (const point of points) {
    if (count % every === 0) kept.push(point);
    count += 1;
    if (kept.length <= MOST) continue;
    kept = kept.filter((_, i) => i % 2 === 0);
    every *= 2;
  }
  return { every, count, points: kept };
}
