import type { ListSource } from '../plan/plan.ts';

/**
 * What a list holds, as one text: the key under which loaded lists are handed to `compilePlan`.
 *
 * The digest alone is not enough: two cohorts may read two columns of one file. Where the file lies and
 * how many bad lines it may have change nothing in what it holds.
 */
export function listKey(source: Pick<ListSource, 'sha256' | 'format' | 'column'>): string {
  return JSON.stringify([source.sha256, source.format, source.column ?? null]);
}
