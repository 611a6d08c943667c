/**
 * The lines of some releases as bytes. From scrape to scrape only some of their numbers change: the text around them is
 * copied, and the numbers that changed are written in between. A block itself never changes: whoever sends it may take time.
 */
import { type Exemplar, exemplarText, numberText } from '@tinct/core';
import { isCount, widthOf, writeCount } from './digits.ts';
import type { Numbers } from './numbers.ts';
import type { Template } from './template.ts';

/** The lines of one metric after the other, each with one release after the other. */
export interface Block extends Numbers {
  readonly bytes: Buffer;
  /** How many releases these are. */
  readonly releases: number;
  /** Where each number begins. */
  readonly at: Uint32Array;
  /** How long each number is, its example included. */
  readonly lengths: Uint16Array;
}

/** Behind the lines of the number before this one. */
function startAt({ at, lengths }: Pick<Block, 'at' | 'lengths'>, number: number): number {
  // A line's break is behind its number.
  return number === 0 ? 0 : (at[number - 1] ?? 0) + (lengths[number - 1] ?? 0) + 1;
}

/** Where the lines of a metric begin. */
export const startOf = (block: Block, metric: number): number =>
  startAt(block, block.firsts[metric * block.releases] ?? 0);

const isKept = (template: Template, before: Block | undefined, i: number): before is Block =>
  before?.templates[i] === template;

/**
 * The lines of releases of these names: as `before`, of the same releases, had them where it had the same series, else
 * with 0 for every number.
 */
function blockOf(names: readonly Buffer[], { templates, firsts }: Numbers, before?: Block): Block {
  const nameOf = (i: number) => names[i % names.length] as Buffer;
  const lengthOf = (template: Template, i: number): number =>
    isKept(template, before, i)
      ? startAt(before, before.firsts[i + 1] ?? 0) - startAt(before, before.firsts[i] ?? 0)
      : template.lengthFor(nameOf(i));
  const ends: number[] = [];
  for (const [i, template] of templates.entries())
    ends.push((ends[i - 1] ?? 0) + lengthOf(template, i));
  const count = firsts[templates.length] ?? 0;
  const exemplars = new Map<number, Exemplar>();
  const block: Block = {
    ...{ bytes: Buffer.allocUnsafeSlow(ends.at(-1) ?? 0), templates, firsts, exemplars },
    ...{ releases: names.length, at: new Uint32Array(count) },
    ...{ lengths: new Uint16Array(count).fill(1), values: new Float64Array(count) },
  };
  for (const [i, template] of templates.entries()) {
    const from = ends[i - 1] ?? 0;
    if (isKept(template, before, i)) keep(before, block, i, from, exemplars);
    else {
      template.write(block.bytes, from, nameOf(i));
      template.place(block.at, firsts[i] ?? 0, from, nameOf(i).length);
    }
  }
  return block;
}

function keep(
  before: Block,
  block: Block,
  i: number,
  to: number,
  exemplars: Map<number, Exemplar>,
): void {
  const [first, end] = [before.firsts[i] ?? 0, before.firsts[i + 1] ?? 0];
  const place = block.firsts[i] ?? 0;
  const start = startAt(before, first);
  before.bytes.copy(block.bytes, to, start, startAt(before, end));
  for (let k = first; k < end; k += 1) {
    const next = place + k - first;
    block.at[next] = (before.at[k] ?? 0) + to - start;
    block.lengths[next] = before.lengths[k] ?? 0;
    block.values[next] = before.values[k] ?? 0;
    const exemplar = before.exemplars.size === 0 ? undefined : before.exemplars.get(k);
    if (exemplar !== undefined) exemplars.set(next, exemplar);
  }
}

/** What of a block will be another text. */
interface Changes {
  /** Which numbers, in their order. */
  readonly places: Uint32Array;
  readonly lengths: Uint16Array;
  /** Those that are no short counts. */
  readonly texts: ReadonlyMap<number, string>;
  /** By how many bytes the block grows. */
  readonly grown: number;
  /** Whether one is longer or shorter than before. */
  readonly moves: boolean;
}

const textOf = (value: number, exemplar: Exemplar | undefined): string =>
  exemplar === undefined ? numberText(value) : numberText(value) + exemplarText(exemplar);

const isOther = (one: Exemplar | undefined, other: Exemplar | undefined): boolean =>
  one?.time !== other?.time || one?.traceId !== other?.traceId;

/** Some thousands; it grows. Nothing stays in it. */
let scratch = new Uint32Array(1 << 14);

function placesFor(count: number): Uint32Array {
  if (count > scratch.length) scratch = new Uint32Array(2 * count);
  return scratch;
}

function changesOf(block: Block, { values, exemplars }: Numbers): Changes {
  const [places, lengths] = [placesFor(values.length), block.lengths.slice()];
  const texts = new Map<number, string>();
  const hasExamples = exemplars.size > 0 || block.exemplars.size > 0;
  let [count, grown, moves] = [0, 0, false];
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] as number;
    const exemplar = hasExamples ? exemplars.get(i) : undefined;
    const isSame = value === block.values[i];
    if (isSame && (!hasExamples || !isOther(exemplar, block.exemplars.get(i)))) continue;
    places[count] = i;
    count += 1;
    let length: number;
    if (exemplar === undefined && isCount(value)) length = widthOf(value);
    else {
      const text = textOf(value, exemplar);
      texts.set(i, text);
      length = text.length;
    }
    const before = lengths[i] as number;
    if (length === before) continue;
    lengths[i] = length;
    grown += length - before;
    moves = true;
  }
  return { places: places.subarray(0, count), lengths, texts, grown, moves };
}

/** The same text with room for other numbers. */
function movedBytes({ bytes, at, lengths: before }: Block, changes: Changes): Buffer {
  const { places, lengths, grown, moves } = changes;
  const into = Buffer.allocUnsafeSlow(bytes.length + grown);
  if (!moves) {
    bytes.copy(into);
    return into;
  }
  let [from, to] = [0, 0];
  for (const i of places) {
    const [was, is] = [before[i] as number, lengths[i] as number];
    if (was === is) continue;
    const start = at[i] as number;
    to += bytes.copy(into, to, from, start) + is;
    from = start + was;
  }
  bytes.copy(into, to, from);
  return into;
}

function movedPlaces({ at, lengths: before }: Block, { lengths, moves }: Changes): Uint32Array {
  if (!moves) return at;
  const moved = new Uint32Array(at.length);
  let shift = 0;
  for (let i = 0; i < at.length; i += 1) {
    moved[i] = (at[i] as number) + shift;
    shift += (lengths[i] as number) - (before[i] as number);
  }
  return moved;
}

/** With these numbers and examples in the place of those that the block has. */
function withNumbers(block: Block, numbers: Numbers): Block {
  const { values, exemplars } = numbers;
  const changes = changesOf(block, numbers);
  const { places, lengths, texts } = changes;
  if (places.length === 0) return block;
  const [bytes, at] = [movedBytes(block, changes), movedPlaces(block, changes)];
  for (const i of places) {
    const text = texts.size === 0 ? undefined : texts.get(i);
    const place = at[i] as number;
    if (text === undefined) writeCount(bytes, place, values[i] as number, lengths[i] as number);
    else bytes.write(text, place, 'latin1');
  }
  return { ...block, bytes, values, exemplars, at, lengths };
}

/** The lines of releases of these names; `before`: of the same releases. */
export function written(names: readonly string[], numbers: Numbers, before?: Block): Block {
  const isAlike = before?.templates.every((template, i) => template === numbers.templates[i]);
  if (before !== undefined && isAlike === true) return withNumbers(before, numbers);
  const blank = blockOf(
    names.map((name) => Buffer.from(name)),
    numbers,
    before,
  );
  return withNumbers(blank, numbers);
}
