/** One of the two output streams: what may be styled on it, and how writing to it fails. */
import type { Writable } from 'node:stream';
import { styleText } from 'node:util';

type Paint = (text: string) => string;

export interface Style {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly red: Paint;
  readonly green: Paint;
  readonly yellow: Paint;
  readonly cyan: Paint;
}

const NAMES = ['bold', 'dim', 'red', 'green', 'yellow', 'cyan'] as const;

/** A style that does something, or one that does nothing. */
export function styleOf(colored: boolean): Style {
  const paint = (name: (typeof NAMES)[number]): Paint =>
    colored ? (text) => styleText(name, text, { validateStream: false }) : (text) => text;
  return Object.fromEntries(NAMES.map((name) => [name, paint(name)])) as unknown as Style;
}

/** Whether a stream gets colors: FORCE_COLOR over NO_COLOR, as Node has it, and else on terminals. */
export function isColored(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  const { FORCE_COLOR: force, NO_COLOR: no, TERM: term } = env;
  if (force !== undefined && force !== '') return force !== '0' && force !== 'false';
  if (no !== undefined && no !== '') return false;
  return stream.isTTY === true && term !== 'dumb';
}

/** Whoever read the output went away. */
export class ReaderGone extends Error {}

const GONE: ReadonlySet<string | undefined> = new Set([
  'EPIPE',
  'ECONNRESET',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_WRITE_AFTER_END',
]);

export interface Printer {
  readonly style: Style;
  readonly isTerminal: boolean;
  /** How many lines a terminal shows; endless elsewhere. */
  readonly rows: () => number;
  /** Calls back when the terminal changes its size, until what it returns is called. */
  onResize(listener: () => void): () => void;
  /** Resolves once the stream has taken the text; rejects with {@link ReaderGone}. */
  write(text: string): Promise<void>;
}

type Stream = Writable & { readonly isTTY?: boolean; readonly rows?: number };

export function printerOf(stream: Stream, style: Style): Printer {
  // Without a listener an EPIPE would end the process with a stack trace.
  if (stream.listenerCount('error') === 0) stream.on('error', () => {});
  return {
    style,
    isTerminal: stream.isTTY === true,
    rows: () => stream.rows || Number.POSITIVE_INFINITY,
    onResize(listener) {
      stream.on('resize', listener);
      return () => void stream.off('resize', listener);
    },
    write(text) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      stream.write(text, (error) => {
        if (!error) resolve();
        else reject(GONE.has((error as NodeJS.ErrnoException).code) ? new ReaderGone() : error);
      });
      return promise;
    },
  };
}
