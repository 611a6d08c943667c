/**
 * A look-up in a list beside what no look-up can do without: two random reads of arrays of that size.
 *
 * Requests come one at a time, so each look-up (and each pair of reads) begins after the one before has
 * answered: where it looks depends on that answer, by way of zeros that the compiler cannot know.
 */
import type { FingerprintList } from '@tinct/core';
import type { Turn } from './contestant.ts';

const ZEROS = new Int32Array(2);

/** Looks ids up, and counts how many are in the list. */
export function lookups(list: FingerprintList, ids: readonly string[]): Turn {
  return (from, count) => {
    let found = 0;
    let at = from;
    for (let i = 0; i < count; i++) {
      const answer = Number(list.has(ids[at % ids.length] as string));
      found += answer;
      at += 1 + (ZEROS[answer] as number);
    }
    return found;
  };
}

/**
 * Reads one of the index's words at random, then one of the list's at a place that depends on it.
 * Multiplication by a constant scatters the places.
 */
export function twoReads({ data: { index, words } }: FingerprintList): Turn {
  return (from, count) => {
    let sum = 0;
    let at = from;
    for (let i = 0; i < count; i++) {
      const scattered = Math.imul(at, 0x9e3779b1) >>> 0;
      const first = index[scattered % index.length] as number;
      const second = Math.imul(scattered ^ first, 0x85ebca6b) >>> 0;
      const bit = (words[second % words.length] as number) & 1;
      sum += bit;
      at += 1 + (ZEROS[bit] as number);
    }
    return sum;
  };
}
