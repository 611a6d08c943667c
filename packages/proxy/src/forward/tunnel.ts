/** A connection that has changed its protocol: bytes both ways until one side ends. */
import type { Socket } from 'node:net';
import type { Tunnel } from '../exchange.ts';

function head(pairs: readonly string[], protocol: string): string {
  const lines = pairs.map((part, i) => (i % 2 === 0 ? `${part}: ` : `${part}\r\n`)).join('');
  const start = 'HTTP/1.1 101 Switching Protocols\r\n';
  return `${start}${lines}connection: upgrade\r\nupgrade: ${protocol}\r\n\r\n`;
}

/** Neither side outlives the other, however either ends. */
function bind(one: Socket, other: Socket): void {
  const end = () => void other.destroy();
  one.on('error', end).on('close', end);
}

/** Tells the client that the protocol has changed, and connects both sides. `early`: what the upstream sent already. */
export function join(
  { socket, early, protocol }: Tunnel,
  headers: readonly string[],
  upstream: Socket,
  late: Buffer,
): void {
  bind(socket, upstream);
  bind(upstream, socket);
  socket.write(head(headers, protocol), 'latin1');
  if (late.length > 0) socket.write(late);
  if (early.length > 0) upstream.write(early);
  // An end passes as an end: the other side may go on speaking.
  socket.pipe(upstream);
  upstream.pipe(socket);
}
