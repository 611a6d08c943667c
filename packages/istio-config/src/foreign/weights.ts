import { same } from './edits.ts';

type Rec = Readonly<Record<string, unknown>>;

/**
 * Adds the weights of destinations that differ in nothing else; a lonely one that was several needs none.
 * `unsaid` is what a weight that is not written counts.
 */
export function joined(destinations: readonly Rec[], unsaid: 0 | 1): Rec[] {
  const result: Rec[] = [];
  for (const one of destinations) {
    const { weight, ...rest } = one;
    const at = result.findIndex(({ weight: _, ...other }) => same(other, rest));
    const before = result[at];
    if (before === undefined) result.push(one);
    else result[at] = { ...before, weight: of(before['weight'], unsaid) + of(weight, unsaid) };
  }
  const [only, ...others] = result;
  if (only === undefined || others.length > 0 || destinations.length === 1) return result;
  const { weight, ...rest } = only;
  return weight === 0 ? [only] : [rest];
}

const of = (weight: unknown, unsaid: number): number => Number(weight ?? unsaid);
