/** The lines of all releases, kept from scrape to scrape: a page is written anew where something of its releases was counted. */
import { type ExpositionFormat, type MetricDefinition, pointsText } from '@tinct/core';
import type { ReleaseReader } from '../record/recorder.ts';
import { type Block, written } from './block.ts';
import { edgeFamilies, type MetricsSource } from './families.ts';
import { numbersOf } from './numbers.ts';
import { nowOf, type ReleaseNow, type ReleaseTold, toldBy } from './per-release.ts';
import { Templates } from './template.ts';
import { Turns } from './turns.ts';

/** How many releases share a page: with more, one that was counted has more to be copied; with fewer, there is more to send. */
const PAGE = 16;

/** A release, and what its lines are written from. */
interface Entry {
  readonly reader: ReleaseReader;
  readonly told: ReleaseTold | undefined;
  readonly sampled: number;
}

interface Page {
  readonly entries: readonly Entry[];
  readonly block: Block;
}

/** One collection. */
export interface Collected {
  readonly format: ExpositionFormat;
  readonly blocks: readonly Block[];
  /** Lines of metrics that no release has. */
  readonly texts: ReadonlyMap<MetricDefinition, string>;
}

const isTold = (one: ReleaseTold | undefined, other: ReleaseTold | undefined): boolean =>
  one?.compiled === other?.compiled && one?.since === other?.since && one?.plan === other?.plan;

/** Whether names and labels are the same. */
const isAlike = (one: Entry, other: Entry | undefined): boolean =>
  one.reader.shape === other?.reader.shape && isTold(one.told, other.told);

/** Whether the numbers are the same too. */
const isSame = (one: Entry, other: Entry): boolean =>
  one.reader.generation === other.reader.generation &&
  one.told?.lastAbort === other.told?.lastAbort &&
  one.sampled === other.sampled;

const read = ({ reader, told }: Entry): ReleaseNow => nowOf(reader.shape.name, reader.read(), told);

export class Pages {
  readonly #format: ExpositionFormat;
  readonly #templates: Templates;
  #pages: readonly Page[] = [];

  constructor(format: ExpositionFormat) {
    this.#format = format;
    this.#templates = new Templates(format);
  }

  async collect(source: MetricsSource): Promise<Collected> {
    const measured = source.measured();
    const { releases, sampled } = measured;
    const told = toldBy(source.plan.status(), measured);
    const others = edgeFamilies(source, measured);
    const entries = releases.map((reader) => {
      return { reader, told: told.get(reader.shape.name), sampled };
    });
    this.#pages = await this.#renewed(entries);
    const texts = others.map(
      (family) => [family.metric, pointsText(family, this.#format)] as const,
    );
    return {
      format: this.#format,
      blocks: this.#pages.map(({ block }) => block),
      texts: new Map(texts),
    };
  }

  async #renewed(entries: readonly Entry[]): Promise<Page[]> {
    const turns = new Turns();
    const pages: Page[] = [];
    for (let from = 0; from < entries.length; from += PAGE) {
      pages.push(
        await this.#page(entries.slice(from, from + PAGE), this.#pages[from / PAGE], turns),
      );
      if (turns.isOver) await turns.next();
    }
    return pages;
  }

  async #page(entries: readonly Entry[], before: Page | undefined, turns: Turns): Promise<Page> {
    const known = before?.entries ?? [];
    const isKnown =
      entries.length === known.length && entries.every((entry, i) => isAlike(entry, known[i]));
    const renewed = new Map<number, ReleaseNow>();
    for (const [i, entry] of entries.entries()) {
      const last = known[i];
      if (isKnown && last !== undefined && isSame(entry, last)) continue;
      renewed.set(i, read(entry));
      if (turns.isOver) await turns.next();
    }
    const block = isKnown ? before?.block : undefined;
    if (block !== undefined && renewed.size === 0) return { entries, block };
    const names = entries.map(({ reader }) => reader.shape.name);
    const numbers = numbersOf({
      ...{ releases: names.length, renewed, before: block },
      ...{ templates: this.#templates, hasExemplars: this.#format === 'openmetrics' },
    });
    return { entries, block: written(names, numbers, block) };
  }
}
