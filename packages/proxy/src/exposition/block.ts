/**
 * The lines of some releases as bytes. From scrape to scrape only some of their numbers change: the text around them is
 * copied, and the numbers that changed are written in between. A block itself never changes: whoever sends it may take time.
 */
import {
  addNumbers,
  type Exemplar,
  type ExpositionFormat,
  exemplarText,
  type LineNumbers,
  type MetricFamily,
  numberText,
  startsOf,
} from '@tinct/core';

/** One release's metrics: for every release the same ones in the same order. */
export type Families = readonly MetricFamily[];

/** The lines of one metric after the other, each with one release after the other. */
export interface Block {
  readonly bytes: Buffer;
  /** Where each metric's lines end. */
  readonly ends: Uint32Array;
  readonly layout: Layout;
}

/** What a block is written anew by. */
interface Layout {
  readonly format: ExpositionFormat;
  /** Of each release, how many points its metrics have: where that is another number, the text is another. */
  readonly points: readonly string[];
  /** For each metric and in it each release, which of the numbers is its first; one more at the end. */
  readonly firsts: Uint32Array;
  readonly values: Float64Array;
  readonly exemplars: ReadonlyMap<number, Exemplar>;
  /** Where each number begins. */
  readonly at: Uint32Array;
  /** How long each number is, its example included. */
  readonly lengths: Uint16Array;
}

const pointsIn = (families: Families): string => families.map(({ points }) => points.length).join();

const textOf = (value: number, exemplar: Exemplar | undefined): string =>
  exemplar === undefined ? numberText(value) : numberText(value) + exemplarText(exemplar);

function endsOf({ points, firsts, at, lengths }: Layout): Uint32Array {
  const ends = new Uint32Array((firsts.length - 1) / points.length);
  for (let metric = 0; metric < ends.length; metric += 1) {
    const count = firsts[(metric + 1) * points.length] ?? 0;
    // A line's break is behind its number.
    ends[metric] = count === 0 ? 0 : (at[count - 1] ?? 0) + (lengths[count - 1] ?? 0) + 1;
  }
  return ends;
}

/** Puts lines one behind the other. */
class Writer {
  readonly numbers: LineNumbers = { values: [], exemplars: new Map() };
  readonly #format: ExpositionFormat;
  readonly #parts: string[] = [];
  readonly #at: number[] = [];
  readonly #lengths: number[] = [];
  #length = 0;

  constructor(format: ExpositionFormat) {
    this.#format = format;
  }

  add({ metric, points }: MetricFamily): void {
    const { values, exemplars } = this.numbers;
    for (const point of points) {
      addNumbers(this.numbers, metric, point);
      for (const start of startsOf(metric, point.labels, this.#format)) {
        const i = this.#at.length;
        if (this.#format === 'prometheus') exemplars.delete(i);
        this.#line(start, textOf(values[i] ?? 0, exemplars.get(i)));
      }
    }
  }

  #line(start: string, number: string): void {
    this.#at.push(this.#length + Buffer.byteLength(start));
    this.#lengths.push(number.length);
    this.#length = (this.#at.at(-1) ?? 0) + number.length + 1;
    this.#parts.push(start, number, '\n');
  }

  block({ points, firsts }: Pick<Layout, 'points' | 'firsts'>): Block {
    const { values, exemplars } = this.numbers;
    const layout = {
      ...{ format: this.#format, points, firsts, exemplars },
      ...{ values: Float64Array.from(values), at: Uint32Array.from(this.#at) },
      lengths: Uint16Array.from(this.#lengths),
    };
    return { bytes: Buffer.from(this.#parts.join('')), ends: endsOf(layout), layout };
  }
}

/** Writes everything. */
export function blockOf(releases: readonly Families[], format: ExpositionFormat): Block {
  const writer = new Writer(format);
  const firsts: number[] = [];
  for (let metric = 0; metric < (releases[0]?.length ?? 0); metric += 1)
    for (const families of releases) {
      firsts.push(writer.numbers.values.length);
      const family = families[metric];
      if (family !== undefined) writer.add(family);
    }
  firsts.push(writer.numbers.values.length);
  return writer.block({ points: releases.map(pointsIn), firsts: Uint32Array.from(firsts) });
}

/** A number that is another than before. */
interface Change {
  readonly i: number;
  readonly value: number;
  readonly exemplar: Exemplar | undefined;
}

const isOther = (one: Exemplar | undefined, other: Exemplar | undefined): boolean =>
  one?.time !== other?.time || one?.traceId !== other?.traceId;

function* changesOf(layout: Layout, release: number, families: Families): Generator<Change> {
  const { format, points, firsts, values, exemplars } = layout;
  for (const [metric, family] of families.entries()) {
    if (family.points.length === 0) continue;
    const numbers: LineNumbers = { values: [], exemplars: new Map() };
    for (const point of family.points) addNumbers(numbers, family.metric, point);
    const first = firsts[metric * points.length + release] ?? 0;
    for (const [k, value] of numbers.values.entries()) {
      const exemplar = format === 'openmetrics' ? numbers.exemplars.get(k) : undefined;
      const i = first + k;
      if (value !== values[i] || isOther(exemplar, exemplars.get(i))) yield { i, value, exemplar };
    }
  }
}

/**
 * `block` with other numbers for some of its releases, by their place in it. `undefined`: one of them has other series
 * than before, and everything has to be written anew.
 */
export function blockWith(block: Block, renewed: ReadonlyMap<number, Families>): Block | undefined {
  const { layout } = block;
  const all = [...renewed];
  if (all.some(([release, families]) => pointsIn(families) !== layout.points[release]))
    return undefined;
  const changes = all.flatMap(([release, families]) => [...changesOf(layout, release, families)]);
  return changes.length === 0
    ? block
    : patched(
        block,
        changes.sort((a, b) => a.i - b.i),
      );
}

function patched({ bytes, layout }: Block, changes: readonly Change[]): Block {
  const [at, lengths, values] = [layout.at.slice(), layout.lengths.slice(), layout.values.slice()];
  const exemplars = new Map(layout.exemplars);
  const texts = changes.map(({ value, exemplar }) => textOf(value, exemplar));
  const grown = changes.reduce(
    (sum, { i }, k) => sum + (texts[k]?.length ?? 0) - (layout.lengths[i] ?? 0),
    0,
  );
  const into = Buffer.allocUnsafeSlow(bytes.length + grown);
  let [from, to] = [0, 0];
  changes.forEach(({ i, value, exemplar }, k) => {
    const text = texts[k] ?? '';
    to += bytes.copy(into, to, from, layout.at[i]);
    at[i] = to;
    lengths[i] = text.length;
    values[i] = value;
    if (exemplar !== undefined) exemplars.set(i, exemplar);
    else exemplars.delete(i);
    to += into.write(text, to, 'latin1');
    from = (layout.at[i] ?? 0) + (layout.lengths[i] ?? 0);
    const next = changes[k + 1]?.i ?? at.length;
    for (let j = i + 1; to !== from && j < next; j += 1) at[j] = (layout.at[j] ?? 0) + to - from;
  });
  bytes.copy(into, to, from);
  const next = { ...layout, values, exemplars, at, lengths };
  return { bytes: into, ends: endsOf(next), layout: next };
}
