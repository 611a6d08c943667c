/** What the table says of one mistake. */

export type Level = 'error' | 'warning';

export interface ErrorEntry {
  readonly level: Level;
  /** What is wrong, in a few words. */
  readonly title: string;
  /** Why it is a mistake. */
  readonly cause: string;
  /** How to mend it. */
  readonly mend: string;
}

export const error = (title: string, cause: string, mend: string): ErrorEntry => ({
  level: 'error',
  title,
  cause,
  mend,
});

export const warning = (title: string, cause: string, mend: string): ErrorEntry => ({
  level: 'warning',
  title,
  cause,
  mend,
});
