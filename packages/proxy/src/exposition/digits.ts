/** Numbers as they stand in a line, written into bytes: counts, which are nearly all of them, without a text in between. */

/** Counts below this take the short way. */
const LIMIT = 1e9;
const ZERO = 48;

export const isCount = (value: number): boolean =>
  value >= 0 && value < LIMIT && Math.trunc(value) === value;

/** How many digits a count has. */
export function widthOf(count: number): number {
  let width = 1;
  for (let limit = 10; count >= limit; limit *= 10) width += 1;
  return width;
}

/** The digits of a count that has so many. */
export function writeCount(bytes: Buffer, at: number, count: number, width: number): void {
  let rest = count;
  for (let i = at + width - 1; i >= at; i -= 1) {
    const next = Math.trunc(rest / 10);
    bytes[i] = ZERO + rest - 10 * next;
    rest = next;
  }
}
