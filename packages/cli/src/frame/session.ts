/** One run of the program, as its commands see it. */
import type { Readable } from 'node:stream';
import { isColored, type Printer, printerOf, styleOf } from './printer.ts';
import type { OnHangup, World } from './world.ts';

export interface Session {
  readonly stdin: Readable;
  /** Results. */
  readonly out: Printer;
  /** Messages. */
  readonly err: Printer;
  readonly env: World['env'];
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly cwd: string;
  readonly onHangup: OnHangup;
}

type Stream = World['stdout'] & { readonly isTTY?: boolean };

export function sessionOf(world: World): Session {
  const { argv, env, stdin, stdout, stderr, signal, now, cwd } = world;
  const { onHangup = () => () => {} } = world;
  const plain = argv.includes('--no-color');
  const printer = (stream: Stream): Printer =>
    printerOf(stream, styleOf(!plain && isColored(stream, env)));
  const [out, err] = [printer(stdout), printer(stderr)];
  return { env, stdin, signal, now, cwd, onHangup, out, err };
}
