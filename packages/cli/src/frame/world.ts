/** All that the program touches, handed to it by `main.ts` or by a test. */
import type { Readable, Writable } from 'node:stream';

export interface World {
  /** The arguments after the program's name. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Aborted to interrupt; its reason is the name of the signal. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly cwd: string;
  /** Calls back at each SIGHUP, until what it returns is called. Default: there is none. */
  readonly onHangup?: OnHangup;
}

export type OnHangup = (listener: () => void) => () => void;
