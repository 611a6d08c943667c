/** The numbers of a page, and by which templates they will be written. */
import {
  BUCKETS_AT,
  type Exemplar,
  type HistogramValue,
  type Labels,
  sizeOf,
  writeHistogram,
} from '@tinct/core';
import { familyOf, RELEASE_FAMILIES } from './families.ts';
import type { ReleaseNow } from './per-release.ts';
import type { Series } from './series.ts';
import type { Template, Templates } from './template.ts';

/** Of each metric and in it each release. */
export interface Numbers {
  readonly values: Float64Array;
  /** By the place of their number; most have none. */
  readonly exemplars: ReadonlyMap<number, Exemplar>;
  readonly templates: readonly Template[];
  /** Which number is the first; one more at the end. */
  readonly firsts: Uint32Array;
}

const SIZES = RELEASE_FAMILIES.map(({ metric }) => sizeOf(metric));

/** Some thousands of numbers; it grows. Nothing stays in it. */
let scratch = new Float64Array(1 << 14);

function room(count: number): void {
  if (count <= scratch.length) return;
  const larger = new Float64Array(2 * count);
  larger.set(scratch);
  scratch = larger;
}

/** Takes the numbers of a release's series, and sees whether they are those of a template. */
class Reader implements Series {
  readonly exemplars = new Map<number, Exemplar>();
  readonly #hasExemplars: boolean;
  #template: Template | undefined;
  #size = 1;
  #place = 0;
  #fits = true;
  at = 0;

  constructor(hasExemplars: boolean) {
    this.#hasExemplars = hasExemplars;
  }

  /** Whether the template is that of its series too. `isOwn`: it was; there may only be more of them. */
  read(metric: number, now: ReleaseNow, template: Template | undefined, isOwn: boolean): boolean {
    this.#template = isOwn ? undefined : template;
    this.#size = SIZES[metric] ?? 1;
    this.#place = 0;
    this.#fits = true;
    RELEASE_FAMILIES[metric]?.write(now, this);
    return this.#fits && this.#place === template?.series;
  }

  /** Takes what was there before. */
  copy({ values, exemplars }: Numbers, from: number, to: number): void {
    room(this.at + to - from);
    scratch.set(values.subarray(from, to), this.at);
    for (let i = from; exemplars.size > 0 && i < to; i += 1) {
      const exemplar = exemplars.get(i);
      if (exemplar !== undefined) this.exemplars.set(this.at + i - from, exemplar);
    }
    this.at += to - from;
  }

  number(labels: Labels, value: number): void {
    this.named(labels, '', '', value);
  }

  named(labels: Labels, label: string, name: string, value: number): void {
    this.#see(labels, label, name);
    room(this.at + 1);
    scratch[this.at] = value;
    this.at += 1;
  }

  histogram(labels: Labels, histogram: HistogramValue): void {
    this.#see(labels, '', '');
    room(this.at + this.#size);
    writeHistogram(scratch, this.at, this.#size, histogram);
    const { exemplars = [] } = histogram;
    for (let i = 0; this.#hasExemplars && i < exemplars.length; i += 1) {
      const exemplar = exemplars[i];
      if (exemplar !== undefined) this.exemplars.set(this.at + BUCKETS_AT + i, exemplar);
    }
    this.at += this.#size;
  }

  #see(labels: Labels, label: string, name: string): void {
    const template = this.#template;
    if (template !== undefined && this.#fits)
      this.#fits = template.has(this.#place, labels, label, name);
    this.#place += 1;
  }
}

/** What numbers are read for. */
export interface Reading {
  /** How many releases these are. */
  readonly releases: number;
  /** Those that were counted since, by their place; without numbers of before, all. */
  readonly renewed: ReadonlyMap<number, ReleaseNow>;
  readonly before: Numbers | undefined;
  readonly templates: Templates;
  readonly hasExemplars: boolean;
}

export function numbersOf({
  releases,
  renewed,
  before,
  templates,
  hasExemplars,
}: Reading): Numbers {
  const reader = new Reader(hasExemplars);
  const used: Template[] = [];
  const firsts = new Uint32Array(RELEASE_FAMILIES.length * releases + 1);
  for (let metric = 0; metric < RELEASE_FAMILIES.length; metric += 1)
    for (let release = 0; release < releases; release += 1) {
      const i = used.length;
      const now = renewed.get(release);
      const [from = 0, to = 0] = now === undefined ? (before?.firsts.subarray(i, i + 2) ?? []) : [];
      // Another release's of the same metric is the likeliest.
      const known = before?.templates[i] ?? (release === 0 ? undefined : used[i - 1]);
      if (now !== undefined)
        used.push(templateOf(reader, metric, now, known, before !== undefined, templates));
      else if (before !== undefined && known !== undefined) {
        reader.copy(before, from, to);
        used.push(known);
      }
      firsts[used.length] = reader.at;
    }
  const { at, exemplars } = reader;
  return { values: scratch.slice(0, at), exemplars, templates: used, firsts };
}

/** Reads the numbers; those who count meanwhile may add a series, and then they are read again. */
function templateOf(
  reader: Reader,
  metric: number,
  now: ReleaseNow,
  known: Template | undefined,
  isOwn: boolean,
  templates: Templates,
): Template {
  const { at } = reader;
  let template = known;
  while (!reader.read(metric, now, template, isOwn && template === known)) {
    template = templates.of(familyOf(metric, now));
    reader.at = at;
  }
  return template as Template;
}
