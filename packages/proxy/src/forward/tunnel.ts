/** A connection that has changed its protocol: bytes both ways until one side ends. */
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Tunnel } from '../exchange.ts';

const valuesOf = (pairs: readonly string[], name: string): string[] =>
  pairs.filter((_, i) => i % 2 === 1 && pairs[i - 1]?.toLowerCase() === name);

/** Whether a 101 says that it changes to what was asked for, and to nothing else (RFC 9110, 7.8). */
export function isSwitchTo(protocol: string, pairs: readonly string[]): boolean {
  const said = valuesOf(pairs, 'upgrade');
  return said.length === 1 && said[0]?.toLowerCase() === protocol;
}

/** A 1xx or 204 has no body, whatever length is said (RFC 9110, 8.6). */
export function withoutFraming(pairs: readonly string[]): string[] {
  return pairs.filter((_, i) => pairs[i - (i % 2)]?.toLowerCase() !== 'content-length');
}

/** Ends a stream when what was written to it has been read: its other side is gone. */
export function leave(stream: Duplex): void {
  if (stream.writableFinished) return void stream.destroy();
  stream.once('finish', () => stream.destroy());
  stream.end();
}

/** Tells the client that the protocol has changed, and connects both sides. `late`: what the upstream sent already. */
export function join(
  tunnel: Tunnel,
  headers: readonly string[],
  upstream: Socket,
  late: Buffer,
): void {
  const { stream, early } = tunnel;
  // Neither side outlives the other, however either ends.
  stream.on('error', () => upstream.destroy()).on('close', () => leave(upstream));
  upstream.on('error', () => tunnel.cut()).on('close', () => leave(stream));
  tunnel.open(headers);
  if (late.length > 0) stream.write(late);
  if (early.length > 0) upstream.write(early);
  // An end passes as an end: the other side may go on speaking.
  stream.pipe(upstream);
  upstream.pipe(stream);
}
