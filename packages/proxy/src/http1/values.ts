/** What may be written as a header's value by HTTP/1.1. */

const UNWRITABLE = /[^\t\x20-\x7e\x80-\xff]/;

/** Heads with more headers than this are looked at value by value. */
const MAX_PLACES = 64;

/**
 * Looks at the values of one kind of head before they are written: what could end a line early is not. Most values stood in
 * the same place before: to compare them costs less than to look at each letter.
 */
export class ValueCheck {
  /** By place: what stood there last and may be written. */
  readonly #seen: string[] = [];

  /** `place`: the value's own in its head, counted from 0. */
  isWritable(value: string, place: number): boolean {
    if (this.#seen[place] === value) return true;
    if (UNWRITABLE.test(value)) return false;
    // Places are filled in order: an array with holes would be slow to read.
    if (place < MAX_PLACES && place <= this.#seen.length) this.#seen[place] = value;
    return true;
  }
}
