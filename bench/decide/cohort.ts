/** A list of millions of ids: what it holds in memory, and what a look-up costs beside two random reads. */
import type { FingerprintList } from '@tinct/core';
import { collect } from './heap.ts';
import { interleaved, type Rounds, type Timing } from './measure.ts';
import { lookups, twoReads } from './reads.ts';
import { cohortTurn, listOf } from './tinct.ts';
import { userId, visitors } from './users.ts';

export interface CohortResult {
  readonly size: number;
  /** What the arrays hold. */
  readonly bytes: number;
  /** How much the process grew. */
  readonly rssBytes: number;
  readonly buildMs: number;
  readonly lookup: Timing;
  readonly twoReads: Timing;
  /** A whole decision that asks for the cohort. */
  readonly decision: Timing;
}

/** Enough different visitors that neither the list nor they fit the processor's caches. */
const VISITORS = 1_000_000;

function* ids(size: number): Generator<string> {
  for (let i = 0; i < size; i++) yield userId(i);
}

function rss(): number {
  collect();
  return process.memoryUsage.rss();
}

const bytesOf = ({ data: { words, index } }: FingerprintList) =>
  words.byteLength + index.byteLength;

export function largeCohort(size: number, rounds: Rounds): CohortResult {
  const asking = visitors(Math.min(VISITORS, size), size);
  const before = rss();
  const start = performance.now();
  const list = listOf(ids(size));
  const buildMs = performance.now() - start;
  const rssBytes = rss() - before;
  const turns = new Map([
    ['lookup', lookups(list, asking)],
    ['reads', twoReads(list)],
    ['decision', cohortTurn(asking, list)],
  ]);
  const timings = interleaved(turns, rounds);
  return {
    size,
    bytes: bytesOf(list),
    rssBytes,
    buildMs,
    lookup: timings.get('lookup') as Timing,
    twoReads: timings.get('reads') as Timing,
    decision: timings.get('decision') as Timing,
  };
}
