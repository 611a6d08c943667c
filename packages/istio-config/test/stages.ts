/** One test for each golden pair of a stage. */
import assert from 'node:assert/strict';
import { type Finding, formatFinding, type Plan, parsePlan } from '@tinct/core';
import t from 'tap';
import { goldensOf } from './goldens.ts';

/** `x.out.yaml` is what `make` makes of `x.in.yaml`. */
export function goldens(folder: string, make: (text: string) => string): void {
  const all = goldensOf(folder);
  assert.notEqual(all.length, 0, `no goldens in ${folder}`);
  for (const { name, text, equal } of all)
    t.test(`${folder}: ${name}`, async (t) => equal(t, 'out.yaml', make(text)));
}

/** A text as a plan without findings. */
export function planOf(text: string): Plan {
  const { plan, findings } = parsePlan(text);
  assert.deepEqual(findings, []);
  assert.ok(plan);
  return plan;
}

/** Findings as comment lines. */
export function findingComments(findings: readonly Finding[]): string {
  return findings.map((found) => `# ${formatFinding(found)}\n`).join('');
}
