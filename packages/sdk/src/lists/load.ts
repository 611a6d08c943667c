import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import {
  type Finding,
  type FingerprintBuilder,
  type FingerprintList,
  type ListSource,
  MAX_LIST_IDS,
} from '@tinct/core';
import { eachChunk, type OpenList } from './file.ts';
import { badLineFindings, digestFinding, failed, stopFinding } from './findings.ts';
import { type BadLines, IdCollector } from './ids.ts';
import { openNear } from './location.ts';

export interface LoadListOptions {
  /** What the list's path is relative to: the plan's directory. */
  readonly baseDir: string;
  /** Gives the bytes; by default those of the file. */
  readonly open?: OpenList | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The most ids, duplicates included; 100 million by default. */
  readonly maxIds?: number | undefined;
}

export interface LoadedList {
  readonly list: FingerprintList;
  readonly lines: number;
  /** Ids that stood in the list before. */
  readonly duplicates: number;
  /** At most as many as the source allows. */
  readonly badLines: BadLines;
}

/**
 * Streams a list into fingerprints and checks its digest on the way.
 *
 * Rejects with a `TinctError` whose findings hold all that is wrong with the list, or with the signal's reason.
 */
export async function loadList(source: ListSource, options: LoadListOptions): Promise<LoadedList> {
  const { open = openNear(options.baseDir), signal, maxIds = MAX_LIST_IDS } = options;
  const ids = new IdCollector(source, maxIds);
  const hash = createHash('sha256');
  const reading = new Reading(source, ids);
  await eachChunk(source.path, open, signal, (chunk) => {
    hash.update(chunk);
    reading.do(() => ids.push(chunk));
  });
  reading.do(() => ids.end());
  const findings = [...wrongDigest(source, hash.digest('hex')), ...reading.findings()];
  const [first, ...others] = findings;
  if (first !== undefined) throw failed([first, ...others]);
  const list = await built(ids.builder, signal);
  const { lines, badLines } = ids;
  return { list, lines, badLines, duplicates: ids.builder.size - list.size };
}

/** Looks for ids until something makes that pointless; the digest is taken of all bytes even so. */
class Reading {
  readonly #source: ListSource;
  readonly #ids: IdCollector;
  #stopped: Finding | undefined;

  constructor(source: ListSource, ids: IdCollector) {
    this.#source = source;
    this.#ids = ids;
  }

  do(work: () => void): void {
    if (this.#stopped !== undefined) return;
    try {
      work();
    } catch (error) {
      this.#stopped = stopFinding(this.#source, error);
      if (this.#stopped === undefined) throw error;
    }
  }

  findings(): Finding[] {
    return this.#stopped === undefined
      ? badLineFindings(this.#source, this.#ids.badLines)
      : [this.#stopped];
  }
}

function wrongDigest(source: ListSource, digest: string): Finding[] {
  return digest === source.sha256 ? [] : [digestFinding(source, digest)];
}

/** The list, with pauses: sorting tens of millions of ids at once would hold up every request. */
async function built(
  builder: FingerprintBuilder,
  signal: AbortSignal | undefined,
): Promise<FingerprintList> {
  const steps = builder.buildInSteps();
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await setImmediate();
    signal?.throwIfAborted();
  }
}
