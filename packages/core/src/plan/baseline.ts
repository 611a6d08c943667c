/** The variant that an analysis takes for control: stable's code, deployed as freshly as the canary, and as large. */
import { formatPercent } from '../percent.ts';
import { comparisonIndex } from './comparison-rule.ts';
import type { Release, Rule } from './plan.ts';

/** What says whether a variant can be a baseline; of a plan as it is written or as it is resolved. */
export interface BaselineContext {
  readonly stable: string | undefined;
  readonly winner: string | undefined;
  /** What the compared percentage gives to each variant that it names, in thousandths of a percent. */
  readonly shares: ReadonlyMap<string, number>;
}

/** Why it cannot be one; `undefined`: it can. */
export function baselineTrouble(
  baseline: string,
  { stable, winner, shares }: BaselineContext,
): string | undefined {
  if (baseline === stable) return `\`${baseline}\` is stable itself`;
  if (baseline === winner) return `\`${baseline}\` is the winner`;
  const others = [...shares.keys()].filter((name) => name !== stable && name !== baseline);
  if (shares.has(baseline) && others.length === 0)
    return `\`${baseline}\` is the only variant with a percentage: it is the canary`;
  return undefined;
}

/** What it and the canary get where that is not the same: in words. `undefined`: as it should be. */
export function unlikeShares(baseline: string, context: BaselineContext): string | undefined {
  const [own, canary] = sharesOf(baseline, context);
  if (own === canary) return undefined;
  return `\`${baseline}\` gets ${formatPercent(own)} %, and the canary ${formatPercent(canary)} %`;
}

/** The canary's part of the units that are compared, 0 to 1. */
export function canaryPart(baseline: string, context: BaselineContext): number {
  const [own, canary] = sharesOf(baseline, context);
  return own + canary === 0 ? 0.5 : canary / (own + canary);
}

function sharesOf(
  baseline: string,
  { stable, shares }: BaselineContext,
): readonly [own: number, canary: number] {
  const canary = [...shares].filter(([name]) => name !== stable && name !== baseline);
  return [shares.get(baseline) ?? 0, canary.reduce((sum, [, share]) => sum + share, 0)];
}

export function baselineContext({ stable, winner, rules }: Release): BaselineContext {
  const isShare = ({ outcome }: Rule) => outcome.kind !== 'everyone';
  const outcome = rules[comparisonIndex(rules, isShare)]?.outcome;
  const parts =
    outcome === undefined || outcome.kind === 'everyone'
      ? []
      : outcome.kind === 'split'
        ? outcome.parts
        : [outcome];
  return {
    ...{ stable, winner },
    shares: new Map(parts.map(({ variant, thousandths }) => [variant, thousandths])),
  };
}
