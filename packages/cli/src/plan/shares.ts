/** What share of a population the rules give to each variant, exactly: in buckets, nothing is drawn. */
import { BUCKETS, type CompiledRelease, type Outcome, type Release, type Rule } from '@tinct/core';

/** Variant → how many of the {@link BUCKETS} it has, among units for whom exactly the given rules' conditions hold. */
export function shares(
  { aborted, release }: CompiledRelease,
  holds: readonly boolean[],
): ReadonlyMap<string, number> {
  const { stable, state, winner, rules } = release;
  if (aborted) return new Map([[stable, BUCKETS]]);
  if (state === 'completed') return new Map([[winner ?? stable, BUCKETS]]);
  const asked = rules.filter((_, i) => holds[i]);
  return addUp(asked, release);
}

function addUp(asked: readonly Rule[], { stable }: Release): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const cuts = edges(asked);
  cuts.slice(0, -1).forEach((from, i) => {
    const width = (cuts[i + 1] ?? BUCKETS) - from;
    const variant = firstThatGives(asked, from) ?? stable;
    found.set(variant, (found.get(variant) ?? 0) + width);
  });
  return found;
}

function firstThatGives(rules: readonly Rule[], bucket: number): string | undefined {
  for (const { outcome } of rules) {
    const variant = given(outcome, bucket);
    if (variant !== undefined) return variant;
  }
  return undefined;
}

function given(outcome: Outcome, bucket: number): string | undefined {
  if (outcome.kind === 'everyone') return outcome.variant;
  if (outcome.kind === 'percent') return bucket < outcome.thousandths ? outcome.variant : undefined;
  const part = outcome.parts.find(({ ranges }) =>
    ranges.some(([from, to]) => bucket >= from && bucket < to),
  );
  return part?.variant;
}

/** Every bucket at which a rule may change its mind. */
function edges(rules: readonly Rule[]): number[] {
  const cuts = rules.flatMap(({ outcome }): number[] => {
    if (outcome.kind === 'everyone') return [];
    if (outcome.kind === 'percent') return [outcome.thousandths];
    return outcome.parts.flatMap(({ ranges }) => ranges.flat());
  });
  return [...new Set([0, ...cuts, BUCKETS])].toSorted((a, b) => a - b);
}
