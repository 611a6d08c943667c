/** Memory: what decisions leave behind, and what they allocate on the way. */
import { PerformanceObserver } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Turn } from './contestant.ts';

setFlagsFromString('--expose-gc');
export const collect: () => void = runInNewContext('gc');

/** Bytes in use on the heap, after everything that can go has gone. */
function settled(): number {
  for (let i = 0; i < 3; i++) collect();
  return process.memoryUsage().heapUsed;
}

/** Bytes of heap that each decision keeps for good. */
export function retained(turn: Turn, decisions: number): number {
  turn(0, Math.min(decisions, 20_000));
  const before = settled();
  turn(0, decisions);
  return Math.max(0, settled() - before) / decisions;
}

/** The most that is allocated between two collections; small enough that none comes in between. */
const WINDOW = 512 * 1024;

/**
 * Bytes that each decision allocates: how much the heap grows while nothing is collected.
 * `undefined` where no window without a collection was found.
 */
export async function allocated(turn: Turn): Promise<number | undefined> {
  let collections = 0;
  const observer = new PerformanceObserver((list) => {
    collections += list.getEntries().length;
  });
  observer.observe({ entryTypes: ['gc'] });
  turn(0, 2_000);
  const found = await window(turn, () => collections);
  observer.disconnect();
  return found;
}

/** Doubles the number of decisions until they fill a window. */
async function window(turn: Turn, collections: () => number): Promise<number | undefined> {
  let best: number | undefined;
  for (let count = 256; count <= 1 << 20; count *= 2) {
    settled();
    await tick();
    const before = collections();
    const used = process.memoryUsage().heapUsed;
    turn(0, count);
    const grown = process.memoryUsage().heapUsed - used;
    await tick();
    if (collections() !== before) return best;
    best = Math.max(0, grown) / count;
    if (grown > WINDOW) return best;
  }
  return best;
}

/** Lets the observer hear of collections. */
function tick(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 2));
}
