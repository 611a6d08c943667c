/**
 * The lines of a metric, for all releases whose series have the same labels but for the release's name: they are put
 * together once, and then the names are written in between. Every number is 0 in them.
 */
import {
  type ExpositionFormat,
  type Labels,
  type MetricDefinition,
  type MetricFamily,
  startsOf,
} from '@tinct/core';

/** In the place of a name: no label has it. */
const NAME = '\0';
/** So many are kept for each metric: releases of one plan are much alike. */
const KEPT = 32;

/** The lines for names of one length. */
interface Form {
  readonly bytes: Buffer;
  /** Where the names are. */
  readonly names: Uint32Array;
}

export class Template {
  readonly #series: readonly Labels[];
  readonly #labels: readonly string[];
  /** What stands around the names, one character for each byte. */
  readonly #parts: readonly string[];
  /** By the names' length, of which there are a few. */
  readonly #forms = new Map<number, Form>();
  /** Where each number is, were names empty; and how many names stand before it. */
  readonly #at: number[] = [];
  readonly #names: number[] = [];

  constructor({ metric, points }: MetricFamily, format: ExpositionFormat) {
    this.#series = points.map(({ labels }) => labels);
    this.#labels = metric.labels.filter((label) => label !== 'release');
    const lines: string[] = [];
    let [at, names] = [0, 0];
    for (const { labels } of points)
      for (const start of startsOf(metric, { ...labels, release: NAME }, format)) {
        const line = Buffer.from(start).toString('latin1');
        const inLine = line.split(NAME).length - 1;
        at += line.length - inLine;
        names += inLine;
        this.#at.push(at);
        this.#names.push(names);
        at += '0\n'.length;
        lines.push(line, '0\n');
      }
    this.#parts = lines.join('').split(NAME);
  }

  /** How many series there are. */
  get series(): number {
    return this.#series.length;
  }

  /** How many numbers these have. */
  get size(): number {
    return this.#at.length;
  }

  /** Whether this is the series at a place, but for its release: with these labels, and one more. */
  has(place: number, labels: Labels, more = '', name = ''): boolean {
    const own = this.#series[place];
    if (own === undefined) return false;
    for (const label of this.#labels)
      if (own[label] !== (label === more ? name : labels[label])) return false;
    return true;
  }

  lengthFor(name: Buffer): number {
    return this.#form(name.length).bytes.length;
  }

  /** Writes the lines of the release of this name. */
  write(into: Buffer, from: number, name: Buffer): void {
    const { bytes, names } = this.#form(name.length);
    bytes.copy(into, from);
    for (const at of names)
      for (let i = 0; i < name.length; i += 1) into[from + at + i] = name[i] as number;
  }

  /** Where the numbers of these lines are, from the number `first` on. */
  place(into: Uint32Array, first: number, from: number, nameLength: number): void {
    for (let i = 0; i < this.#at.length; i += 1)
      into[first + i] = from + (this.#at[i] ?? 0) + (this.#names[i] ?? 0) * nameLength;
  }

  #form(nameLength: number): Form {
    const known = this.#forms.get(nameLength);
    if (known !== undefined) return known;
    const bytes = Buffer.from(this.#parts.join(' '.repeat(nameLength)), 'latin1');
    const names = new Uint32Array(this.#parts.length - 1);
    let at = 0;
    for (let i = 0; i < names.length; i += 1) {
      at += this.#parts[i]?.length ?? 0;
      names[i] = at;
      at += nameLength;
    }
    const made = { bytes, names };
    this.#forms.set(nameLength, made);
    return made;
  }
}

export class Templates {
  readonly #format: ExpositionFormat;
  readonly #known = new Map<MetricDefinition, Template[]>();

  constructor(format: ExpositionFormat) {
    this.#format = format;
  }

  of(family: MetricFamily): Template {
    const { metric, points } = family;
    const known = this.#known.get(metric) ?? [];
    this.#known.set(metric, known);
    const found = known.find(
      (template) =>
        template.series === points.length &&
        points.every(({ labels }, place) => template.has(place, labels)),
    );
    if (found !== undefined) return found;
    const made = new Template(family, this.#format);
    known.unshift(made);
    known.splice(KEPT);
    return made;
  }
}
