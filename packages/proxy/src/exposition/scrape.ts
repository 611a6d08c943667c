/**
 * What `/metrics` answers. The lines of each release are kept and written anew only where something was counted since;
 * both that and the sending are done in short turns, so that requests go on meanwhile.
 */
import { Readable } from 'node:stream';
import {
  CONTENT_TYPES,
  EXPOSITION_END,
  type ExpositionFormat,
  formatFor,
  headText,
  type MetricDefinition,
} from '@tinct/core';
import { startOf } from './block.ts';
import { METRICS, type MetricsSource, RELEASE_FAMILIES } from './families.ts';
import { type Collected, Pages } from './pages.ts';
import { Turns } from './turns.ts';

/** How much is sent in one piece. */
const PIECE_BYTES = 64 * 1024;
/** What is worth no copying. */
const LONG_BYTES = 16 * 1024;

const PLACES = new Map(RELEASE_FAMILIES.map(({ metric }, i) => [metric, i]));

/** Some bytes of a buffer. */
interface Span {
  readonly bytes: Buffer;
  readonly from: number;
  readonly to: number;
}

const spanOf = (text: string): Span => {
  const bytes = Buffer.from(text);
  return { bytes, from: 0, to: bytes.length };
};

function* linesOf(metric: MetricDefinition, { blocks, texts }: Collected): Generator<Span> {
  const place = PLACES.get(metric);
  if (place !== undefined)
    for (const block of blocks) {
      const [from, to] = [startOf(block, place), startOf(block, place + 1)];
      if (to > from) yield { bytes: block.bytes, from, to };
    }
  const text = texts.get(metric) ?? '';
  if (text !== '') yield spanOf(text);
}

/** One metric after the other; one without lines is left out. */
function* spansOf(collected: Collected): Generator<Span> {
  const { format } = collected;
  for (const metric of METRICS) {
    let isHeaded = false;
    for (const span of linesOf(metric, collected)) {
      if (!isHeaded) yield spanOf(headText(metric, format));
      isHeaded = true;
      yield span;
    }
  }
  yield spanOf(EXPOSITION_END[format]);
}

/** Long spans as they are, short ones together. */
async function* piecesOf(spans: Iterable<Span>): AsyncGenerator<Buffer> {
  const turns = new Turns();
  let [piece, length] = [Buffer.allocUnsafeSlow(PIECE_BYTES), 0];
  for (const { bytes, from, to } of spans) {
    const isLong = to - from >= LONG_BYTES;
    if (length > 0 && (isLong || length + to - from > PIECE_BYTES)) {
      yield piece.subarray(0, length);
      [piece, length] = [Buffer.allocUnsafeSlow(PIECE_BYTES), 0];
    }
    if (isLong) yield bytes.subarray(from, to);
    else length += bytes.copy(piece, length, from, to);
    if (turns.isOver) await turns.next();
  }
  yield piece.subarray(0, length);
}

/** What a scraper gets. */
export interface Scraped {
  readonly type: string;
  readonly body: Readable;
}

export class Exposition {
  readonly #source: MetricsSource;
  readonly #pages: Readonly<Record<ExpositionFormat, Pages>> = {
    prometheus: new Pages('prometheus'),
    openmetrics: new Pages('openmetrics'),
  };
  /** One collection at a time: two would only be in each other's way. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(source: MetricsSource) {
    this.#source = source;
  }

  /** In the format that the scraper asks for. Rejects where something cannot be collected: then nothing was sent yet. */
  async scrape(accept?: string): Promise<Scraped> {
    const format = formatFor(accept);
    // Whoever never asks for OpenMetrics doesn't pay for what only that can say.
    if (format === 'openmetrics') this.#source.wantExamples();
    const collect = () => this.#pages[format].collect(this.#source);
    const collecting = this.#last.then(collect);
    this.#last = collecting.catch(() => {});
    const spans = spansOf(await collecting);
    return { type: CONTENT_TYPES[format], body: Readable.from(piecesOf(spans), OPTIONS) };
  }
}

const OPTIONS = { objectMode: false, highWaterMark: PIECE_BYTES };
