/** What a decision stands for to those who count: looked for once, since a plan gives the same few objects again and again. */
import type { Decision } from '@tinct/core';

/** Many more than a plan of a thousand releases gives. */
const MAX_MARKS = 65_536;

export class Marks<Mark> {
  readonly #make: (decision: Decision) => Mark;
  #known = new Map<Decision, Mark>();

  constructor(make: (decision: Decision) => Mark) {
    this.#make = make;
  }

  of(decision: Decision): Mark {
    const known = this.#known.get(decision);
    if (known !== undefined) return known;
    const made = this.#make(decision);
    // The plan's own are frozen; others, such as a carried one, are made for one request.
    if (!Object.isFrozen(decision)) return made;
    if (this.#known.size >= MAX_MARKS) this.clear();
    this.#known.set(decision, made);
    return made;
  }

  /** What was found is true no more. */
  clear(): void {
    this.#known = new Map();
  }
}
