import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { parse } from 'yaml';
import { type Change, changePlan } from '../src/plan/change.ts';
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

/** The ends of the lines, each kind once. */
const lineEnds = (text: string) => [...new Set(text.match(/\r\n|\r|\n/g))];

function check(layout: Layout, of: ChangeCase, before: Tree): void {
  assert.deepEqual(parsed(layout.text), before, 'the layout is not what was to be written');
  const { text } = changePlan(layout.text, of.change, { now: NOW });
  assert.deepEqual(parsed(text), planAfter(before, of.sets));
  assertUntouched(layout, of, text);
  if (layout.text.includes('\n')) assert.deepEqual(lineEnds(text), lineEnds(layout.text));
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
      { numRuns: 25 },
    );
  });
}

const FOLDER = join(import.meta.dirname, '../testdata/changes');
const release = 'my-service';
const digest = (text: string) => new Map([[text, '0123456789abcdef'.repeat(4)]]);

/** `sketch.abort.out.yaml` is what `abort` makes of `sketch.in.yaml`. */
const NAMED: Readonly<Record<string, Change>> = {
  raise: { kind: 'percent', release, thousandths: 10_000 },
  lower: { kind: 'percent', release, thousandths: 1_500 },
  keep: { kind: 'percent', release, thousandths: 1_500, keepMemory: true },
  staff: { kind: 'percent', release, thousandths: 75_000, rule: 2 },
  pause: { kind: 'pause', release },
  abort: { kind: 'abort', release },
  complete: { kind: 'complete', release, winner: 'v2' },
  grow: { kind: 'percent', release, thousandths: 20_000, variant: 'v2' },
  shrink: { kind: 'percent', release, thousandths: 500, variant: 'v2' },
  join: { kind: 'percent', release, thousandths: 4_000, variant: 'v3' },
  beta: { kind: 'lock', digests: digest('beta') },
  'beta-users': { kind: 'lock', digests: digest('beta-users') },
};

const GOLDENS: Readonly<Record<string, readonly string[]>> = {
  sketch: ['raise', 'lower', 'keep', 'staff', 'pause', 'abort', 'complete', 'beta-users'],
  crlf: ['raise', 'lower', 'pause', 'complete', 'beta-users'],
  bare: ['raise', 'pause', 'abort', 'complete'],
  split: ['grow', 'shrink', 'join', 'abort'],
  'json-line': ['beta'],
  'json-tabs': ['raise', 'pause', 'complete', 'beta'],
};

const pairs = Object.entries(GOLDENS).flatMap(([name, changes]) =>
  changes.map((change) => ({ name, change, file: `${name}.${change}.out.yaml` })),
);

/** The goldens are rewritten by `node packages/core/test/change-bytes.test.ts --update`, and by nothing else. */
const update = process.argv.includes('--update');

for (const { name, change, file } of pairs) {
  t.test(`golden ${file}`, async (t) => {
    const text = readFileSync(join(FOLDER, `${name}.in.yaml`), 'utf8');
    const result = changePlan(text, NAMED[change] as Change, { now: NOW }).text;
    if (update) writeFileSync(join(FOLDER, file), result);
    t.equal(result, readFileSync(join(FOLDER, file), 'utf8'));
  });
}

t.test('no golden lies there that no test reads', async (t) => {
  const lying = readdirSync(FOLDER).filter((file) => file.endsWith('.out.yaml'));
  t.strictSame(lying.sort(), pairs.map(({ file }) => file).sort());
});
