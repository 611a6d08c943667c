/** Who is asked for what there is to see of a release. */
import type { Seen } from './seen.ts';

export interface Source {
  /** What is known now. Throws a TinctError when nothing can be known; who of several is silent is in the answer. */
  look(): Promise<Seen>;
}

export interface SourceOptions {
  readonly release: string;
  /** Milliseconds that counts and rates are of. */
  readonly windowMs: number;
  readonly token: string | undefined;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}
