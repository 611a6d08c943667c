import type { Test } from 'tap';

/** A figure that is worth seeing where the tests run: a comment that `.ci/run` prints too. */
export const say = (t: Test, figure: string): void => t.comment(`mesh: ${figure}`);
