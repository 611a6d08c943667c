/** Weights as the shares of a rule. */
import { BUCKETS, formatPercent, type RuleDocument, type SplitDocument } from '@tinct/core';

export interface Weighted {
  readonly variant: string;
  /** Absent: all of it. */
  readonly weight: number | undefined;
}

/** Buckets of each variant, the stable one last; they add up to all buckets. */
function sharesOf(destinations: readonly Weighted[], stable: string): Map<string, number> {
  const only = destinations.length === 1;
  const weights = new Map<string, number>();
  for (const { variant, weight = only ? 1 : 0 } of destinations)
    weights.set(variant, (weights.get(variant) ?? 0) + weight);
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  const order = [...weights].sort(([a], [b]) => Number(a === stable) - Number(b === stable));
  let [seen, given] = [0, 0];
  return new Map(
    order.map(([variant, weight]) => {
      seen += weight;
      const upTo = total === 0 ? 0 : Math.round((seen / total) * BUCKETS);
      const share = upTo - given;
      given = upTo;
      return [variant, share];
    }),
  );
}

/** The variant with the greatest weight, the first of several. */
export function heaviest(destinations: readonly Weighted[]): string | undefined {
  const [first] = [...destinations].sort((a, b) => (b.weight ?? 100) - (a.weight ?? 100));
  return first?.variant;
}

type Outcome = Pick<RuleDocument, 'percent' | 'split' | 'variant'>;

/** What a rule gives: one variant, a share of one variant beside stable, or a split. */
export function outcomeOf(destinations: readonly Weighted[], stable: string): Outcome {
  const shares = sharesOf(destinations, stable);
  const others = [...shares].filter(([variant]) => variant !== stable);
  const [other, ...more] = others;
  if (other === undefined) return { variant: stable };
  const [variant, share] = other;
  if (more.length > 0) return { split: splitOf(shares) };
  return share === BUCKETS ? { variant } : { percent: Number(formatPercent(share)), variant };
}

function splitOf(shares: ReadonlyMap<string, number>): SplitDocument[] {
  let from = 0;
  return [...shares]
    .filter(([, share]) => share > 0)
    .map(([variant, share]) => {
      const range: [number, number] = [from, from + share];
      from += share;
      return { variant, percent: Number(formatPercent(share)), ranges: [range] };
    });
}
