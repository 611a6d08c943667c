/** A look-up in a list beside what no look-up can do without: two random reads of arrays of that size. */
import type { FingerprintList } from '@tinct/core';
import type { Turn } from './contestant.ts';

/** Looks ids up, and counts how many are in the list. */
export function lookups(list: FingerprintList, ids: readonly string[]): Turn {
  return (from, count) => {
    let found = 0;
    for (let i = from; i < from + count; i++) {
      if (list.has(ids[i % ids.length] as string)) found++;
    }
    return found;
  };
}

/**
 * Reads one of the index's words at random, then one of the list's at a place that depends on it: like a
 * look-up, the second read cannot begin before the first has ended. Multiplication by a constant scatters the places.
 */
export function twoReads({ data: { index, words } }: FingerprintList): Turn {
  return (from, count) => {
    let sum = 0;
    for (let i = from; i < from + count; i++) {
      const scattered = Math.imul(i, 0x9e3779b1) >>> 0;
      const first = index[scattered % index.length] as number;
      const second = Math.imul(scattered ^ first, 0x85ebca6b) >>> 0;
      sum += (words[second % words.length] as number) & 1;
    }
    return sum;
  };
}
