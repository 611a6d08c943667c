import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { parse } from 'yaml';
import { changePlan } from '../src/plan/change.ts';
import { CHANGES, type ChangeCase, NOW, planAfter, planBefore, type Tree } from './change-cases.ts';
import { choices, type Layout, type Value, Writer } from './layouts.ts';
import { assertInserted, assertReplaced, inSlot } from './untouched.ts';

const parsed = (text: string): unknown => parse(text);

/** Keys in any order: where a new key lands depends on which one is first. */
function shuffled(value: Value, pick: (count: number) => number): Value {
  if (Array.isArray(value)) return value.map((inner) => shuffled(inner, pick));
  if (typeof value !== 'object') return value;
  const entries = Object.entries(value).map(([key, inner]) => ({ key, inner, at: pick(1_000) }));
  const ordered = entries.toSorted((a, b) => a.at - b.at);
  return Object.fromEntries(ordered.map(({ key, inner }) => [key, shuffled(inner, pick)]));
}

/** What the change leaves must differ in the values named, in one insertion at most, and in nothing else. */
function assertUntouched(layout: Layout, { sets }: ChangeCase, result: string): void {
  const all = Object.entries({ ...sets, 'metadata.revision': 10 });
  const replaced = all.filter(([path]) => layout.slots.has(path));
  const replacements = new Map(
    replaced.map(([path, value]) => [path, inSlot(layout, path, value)]),
  );
  if (replaced.length === all.length) assertReplaced(layout, replacements, result);
  else assertInserted(layout, replacements, result);
}

function check(layout: Layout, of: ChangeCase, before: Tree): void {
  assert.deepEqual(parsed(layout.text), before, 'the layout is not what was to be written');
  const { text } = changePlan(layout.text, of.change, { now: NOW });
  assert.deepEqual(parsed(text), planAfter(before, of.sets));
  assertUntouched(layout, of, text);
  const strange = /\r(?!\n)|(?<!\r)\n/;
  if (/\r\n/.test(layout.text)) assert.doesNotMatch(text, strange, 'a line ends differently');
  else assert.ok(!text.includes('\r'), 'a line ends differently');
}

for (const of of CHANGES) {
  t.test(`${of.name}: no byte changes but the value, in any manner of writing`, async () => {
    fc.assert(
      fc.property(fc.noShrink(fc.integer()), fc.boolean(), (seed, json) => {
        const pick = choices(seed);
        const before = shuffled(planBefore(of), pick) as Tree;
        const writer = new Writer(pick);
        check(json ? writer.json(before) : writer.yaml(before), of, before);
      }),
      { numRuns: 30 },
    );
  });
}
