/** What the books of a service's processes say together. Pods of one version see only that version's errors. */

/** What makes errors the same. */
export interface Fingerprint {
  readonly type: string;
  /** Normalised. */
  readonly message: string;
  readonly route: string | undefined;
  readonly frame: string | undefined;
}

/** A kind of error, and how often each variant had it. */
export interface KindOfError extends Fingerprint {
  readonly counts: Readonly<Record<string, number>>;
  /** The first one, as it was written, cut to 500 characters. */
  readonly sample: string;
  readonly traceId: string | undefined;
  /** Milliseconds since the epoch. */
  readonly firstSeen: number;
}

/** What there was in the window: of requests and of errors, by variant. */
export interface ErrorReport {
  readonly requests: Readonly<Record<string, number>>;
  readonly errors: readonly KindOfError[];
  /** Errors and variants that there was no room for. */
  readonly dropped: number;
}

/** An error of a version that stable has not had in the window. */
export interface NewError extends Omit<KindOfError, 'counts'> {
  readonly variant: string;
  /** How often in the window. */
  readonly count: number;
  /**
   * `new`: were stable as bad, at least three were to be expected among its requests, and there was none (a chance of 5 %
   * at most). `unsure`: stable had too few requests to tell.
   */
  readonly verdict: 'new' | 'unsure';
}

/** None where three are expected has a chance of e⁻³ = 5 %: the rule of three. */
const EXPECTED = 3;

type Counts = Readonly<Record<string, number>>;

function sum(all: readonly Counts[]): Counts {
  const total = new Map<string, number>();
  for (const [variant, count] of all.flatMap((counts) => Object.entries(counts)))
    total.set(variant, (total.get(variant) ?? 0) + count);
  return Object.fromEntries(total);
}

const keyOf = ({ type, message, route, frame }: Fingerprint): string =>
  JSON.stringify([type, message, route, frame]);

/** Of each kind the sample that was seen first. */
export function mergeErrorReports(reports: readonly ErrorReport[]): ErrorReport {
  const kinds = Map.groupBy(
    reports.flatMap(({ errors }) => errors),
    keyOf,
  );
  const errors = [...kinds.values()].map((same): KindOfError => {
    const first = same.reduce((a, b) => (b.firstSeen < a.firstSeen ? b : a));
    return { ...first, counts: sum(same.map(({ counts }) => counts)) };
  });
  return {
    requests: sum(reports.map(({ requests }) => requests)),
    errors,
    dropped: reports.reduce((total, { dropped }) => total + dropped, 0),
  };
}

/** What other variants have had and `stable` has not: the surest first, then the most frequent. */
export function newErrorsIn({ requests, errors }: ErrorReport, stable: string): NewError[] {
  const ofStable = requests[stable] ?? 0;
  const found = errors
    .filter(({ counts }) => (counts[stable] ?? 0) === 0)
    .flatMap(({ counts, ...about }) =>
      Object.entries(counts).map(([variant, count]): NewError => {
        // A request that is not over yet has an error and does not count yet.
        const expected = (count * ofStable) / Math.max(count, requests[variant] ?? 0);
        return { ...about, variant, count, verdict: expected >= EXPECTED ? 'new' : 'unsure' };
      }),
    )
    .filter(({ count }) => count > 0);
  const rank = ({ verdict }: NewError) => (verdict === 'new' ? 0 : 1);
  return found.sort((a, b) => rank(a) - rank(b) || b.count - a.count);
}
