/** Compares a changed text with the one before, byte for byte, but for the values that were to change. */
import assert from 'node:assert/strict';
import type { Layout, Value } from './layouts.ts';

/** What is to stand in a slot; `undefined`: anything. */
export type Replacements = ReadonlyMap<string, string | undefined>;

const quoted = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** A value as it is to stand in its slot: in the quotes that are there, and else in none or JSON's. */
export function inSlot({ text, slots }: Layout, path: string, value: Value): string | undefined {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') return undefined;
  const before = text[(slots.get(path)?.start ?? 0) - 1] ?? '';
  return `"'`.includes(before) || /^[a-z][a-z0-9-]*$/.test(value) ? value : JSON.stringify(value);
}

/** The pieces of the old text around the slots that are to change, with what is to stand between them. */
function pieces({ text, slots }: Layout, replacements: Replacements): (string | undefined)[] {
  const inOrder = [...replacements]
    .map(([path, by]) => {
      const slot = slots.get(path);
      assert.ok(slot !== undefined, `no slot ${path}`);
      return { ...slot, by };
    })
    .toSorted((a, b) => a.start - b.start);
  let from = 0;
  const result = inOrder.flatMap(({ start, end, by }) => {
    const before = text.slice(from, start);
    from = end;
    return [before, by];
  });
  return [...result, text.slice(from)];
}

/** Throws unless the texts are equal outside of the slots, and the slots hold what they are to hold. */
export function assertReplaced(layout: Layout, replacements: Replacements, result: string): void {
  const pattern = pieces(layout, replacements)
    .map((piece) => (piece === undefined ? '[\\s\\S]*?' : quoted(piece)))
    .join('');
  if (!new RegExp(`^${pattern}$`).test(result)) {
    const exact = pieces(layout, replacements).map((piece) => piece ?? '…');
    assert.equal(result, exact.join(''));
    assert.fail('a byte outside of the values changed');
  }
}

/** The same, and one piece of text more somewhere; gives that piece. */
export function assertInserted(layout: Layout, replacements: Replacements, result: string): string {
  const meant = pieces(layout, replacements).join('');
  let same = 0;
  while (same < meant.length && meant[same] === result[same]) same++;
  const tail = meant.length - same;
  const end = result.length - tail;
  assert.ok(end > same, 'nothing was inserted');
  assert.equal(result.slice(end), meant.slice(same), 'a byte outside of the insertion changed');
  return result.slice(same, end);
}
