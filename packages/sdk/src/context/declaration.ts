/** Plans as a declaration for the compiler: what `tinct types` writes. */
import { compilePlan, type Plan } from '@tinct/core';

/** How each such text begins: who wrote the file, so that it may be written again. */
export const DECLARATION_MARK = '// Made by `tinct types`: change the plan and run it again.';

const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** With quotes where the language needs them, as formatters leave it. */
const keyOf = (name: string): string => (/^[a-z][a-z0-9]*$/.test(name) ? name : `'${name}'`);

/** Release → all variants that some plan routes, the stable one too. */
function variantsOf(plans: readonly Plan[]): Map<string, Set<string>> {
  const known = new Map<string, Set<string>>();
  for (const { name, variants, release } of plans.flatMap((plan) => compilePlan(plan).releases)) {
    const all = known.get(name) ?? new Set();
    known.set(name, new Set([...all, release.stable, ...variants]));
  }
  return known;
}

/**
 * The text of a `.d.ts` that tells the compiler the releases of plans and their variants. A release that several plans
 * have, for staging and production perhaps, gets the variants of all. Names only, sorted: percentages, rules, states and
 * revisions do not change a byte.
 */
export function declareReleases(plans: readonly Plan[]): string {
  const members = [...variantsOf(plans)]
    .sort(([a], [b]) => byName(a, b))
    .map(([name, variants]) => {
      const names = [...variants].sort(byName).map((variant) => `'${variant}'`);
      return `    ${keyOf(name)}: ${names.join(' | ')};\n`;
    });
  return `${DECLARATION_MARK}
export {};

declare module '@tinct/sdk' {
  interface Releases {
${members.join('')}  }
}
`;
}
