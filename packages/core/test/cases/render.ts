/** Vectors as text: JSON with what belongs together on one line, so that a change is a line in a diff. */
import { bucketVectors } from './buckets.ts';
import { decideVectors } from './decisions.ts';

/** Values down to `depth` get lines of their own; what is deeper stays on one. */
function lines(value: unknown, depth: number, indent = ''): string {
  if (depth === 0 || typeof value !== 'object' || value === null) return JSON.stringify(value);
  const deeper = `${indent}  `;
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const members = Object.entries(value).map(([key, inner]) => {
    const name = Array.isArray(value) ? '' : `${JSON.stringify(key)}: `;
    return `${deeper}${name}${lines(inner, depth - 1, deeper)}`;
  });
  return members.length === 0 ? open + close : `${open}\n${members.join(',\n')}\n${indent}${close}`;
}

/** A plan: its releases and cohorts one to a line. */
function planLines(plan: Readonly<Record<string, unknown>>): string {
  const parts = Object.entries(plan).map(([key, value]) => {
    const depth = key === 'releases' || key === 'cohorts' ? 1 : 0;
    return `      ${JSON.stringify(key)}: ${lines(value, depth, '      ')}`;
  });
  return `{\n${parts.join(',\n')}\n    }`;
}

export function renderBuckets(): string {
  return `${lines(bucketVectors(), 2)}\n`;
}

export function renderDecisions(): string {
  const { lists, plans, cases } = decideVectors();
  const planTexts = Object.entries(plans).map(
    ([name, plan]) => `    ${JSON.stringify(name)}: ${planLines(plan)}`,
  );
  return [
    '{',
    `  "lists": ${lines(lists, 1, '  ')},`,
    `  "plans": {\n${planTexts.join(',\n')}\n  },`,
    `  "cases": ${lines(cases, 1, '  ')}`,
    '}\n',
  ].join('\n');
}

/** File name in `packages/core/testdata` → what it holds. */
export const VECTORS: Readonly<Record<string, () => string>> = {
  'bucket.json': renderBuckets,
  'decide.json': renderDecisions,
};
