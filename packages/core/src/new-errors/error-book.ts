/** Errors by what they are, per version, over a window: which does the new version have that stable has not? */
import { normaliseMessage, topFrame } from './normalise.ts';
import type { ErrorReport, Fingerprint, KindOfError } from './report.ts';

/** An error as it was seen. */
export interface SeenError {
  /** Such as `TypeError`. */
  readonly type: string;
  readonly message: string;
  readonly stack?: string | undefined;
  /** The route's template, such as `/orders/:id`: never a path. */
  readonly route?: string | undefined;
  readonly traceId?: string | undefined;
}

export interface ErrorBookOptions {
  /** How far back is compared, in milliseconds. Default an hour. */
  readonly windowMs?: number | undefined;
  /** How many different errors are known at most; more are counted in `dropped`. Default 500. */
  readonly maxErrors?: number | undefined;
}

/** The window moves in so many steps. */
const SLICES = 6;
const MAX_SAMPLE = 500;
const MAX_VARIANTS = 32;

/** In memory of its own: what is cut out of a text keeps all of it, be it a megabyte. */
function apart<T extends string | undefined>(text: T): T {
  return text?.split('').join('') as T;
}

/** Counts of the last slices of time. */
class Recent {
  readonly #counts = new Array<number>(SLICES).fill(0);
  #slice = 0;

  add(slice: number): void {
    this.#moveTo(slice);
    const at = slice % SLICES;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
  }

  total(slice: number): number {
    this.#moveTo(slice);
    return this.#counts.reduce((sum, count) => sum + count, 0);
  }

  #moveTo(slice: number): void {
    const passed = Math.min(slice - this.#slice, SLICES);
    for (let i = 0; i < passed; i++) this.#counts[(slice - i) % SLICES] = 0;
    this.#slice = Math.max(slice, this.#slice);
  }
}

interface Entry extends Fingerprint {
  readonly sample: string;
  readonly traceId: string | undefined;
  readonly firstSeen: number;
  readonly byVariant: Map<string, Recent>;
}

/** One release's errors. Whoever keeps it hands in the time. */
export class ErrorBook {
  readonly #sliceMs: number;
  readonly #maxErrors: number;
  readonly #requests = new Map<string, Recent>();
  readonly #errors = new Map<string, Entry>();
  #dropped = 0;

  constructor({ windowMs = 3_600_000, maxErrors = 500 }: ErrorBookOptions = {}) {
    this.#sliceMs = windowMs / SLICES;
    this.#maxErrors = maxErrors;
  }

  /** Errors, and requests of variants, that there was no room for. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Each request of the release, failed or not. `now`: milliseconds since the epoch. */
  request(variant: string, now: number): void {
    this.#of(this.#requests, variant)?.add(this.#sliceOf(now));
  }

  /** An error of a request. Answers with what it is when no variant has had it in the window. */
  error(variant: string, seen: SeenError, now: number): Fingerprint | undefined {
    const entry = this.#entryOf(seen, now);
    if (entry === undefined) return undefined;
    const slice = this.#sliceOf(now);
    const isFirst = [...entry.byVariant.values()].every((recent) => recent.total(slice) === 0);
    this.#of(entry.byVariant, variant)?.add(slice);
    const { type, message, route, frame } = entry;
    return isFirst ? { type, message, route, frame } : undefined;
  }

  /** What there was in the window. */
  report(now: number): ErrorReport {
    const slice = this.#sliceOf(now);
    this.#forget(slice);
    const counts = (of: ReadonlyMap<string, Recent>) =>
      Object.fromEntries(
        [...of].map(([variant, recent]): [string, number] => [variant, recent.total(slice)]),
      );
    const errors = [...this.#errors.values()].map(
      ({ byVariant, ...about }): KindOfError => ({ ...about, counts: counts(byVariant) }),
    );
    return { requests: counts(this.#requests), errors, dropped: this.#dropped };
  }

  #sliceOf(now: number): number {
    return Math.floor(now / this.#sliceMs);
  }

  #of(map: Map<string, Recent>, variant: string): Recent | undefined {
    const known = map.get(variant);
    if (known !== undefined) return known;
    if (map.size >= MAX_VARIANTS) {
      this.#dropped += 1;
      return undefined;
    }
    const made = new Recent();
    map.set(variant, made);
    return made;
  }

  #entryOf(seen: SeenError, now: number): Entry | undefined {
    const print = errorFingerprint(seen);
    const key = Object.values(print).join('\n');
    const known = this.#errors.get(key);
    if (known !== undefined) return known;
    if (this.#errors.size >= this.#maxErrors) this.#forget(this.#sliceOf(now));
    if (this.#errors.size >= this.#maxErrors) {
      this.#dropped += 1;
      return undefined;
    }
    const { type, message, route, frame } = print;
    const made: Entry = {
      type: apart(type),
      message: apart(message),
      route: apart(route),
      frame: apart(frame),
      sample: apart(seen.message.slice(0, MAX_SAMPLE)),
      traceId: apart(seen.traceId),
      firstSeen: now,
      byVariant: new Map(),
    };
    this.#errors.set(key, made);
    return made;
  }

  /** What has not been seen for a window is forgotten; not what room is needed for: stable's errors would seem new. */
  #forget(slice: number): void {
    for (const [key, { byVariant }] of this.#errors)
      if ([...byVariant.values()].every((recent) => recent.total(slice) === 0))
        this.#errors.delete(key);
  }
}

const MAX_NAME = 100;

export function errorFingerprint({ type, message, stack, route }: SeenError): Fingerprint {
  return {
    type: type.slice(0, MAX_NAME),
    message: normaliseMessage(message),
    route: route?.slice(0, MAX_NAME),
    frame: stack === undefined ? undefined : topFrame(stack),
  };
}
