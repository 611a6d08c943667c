/** Connections of HTTP/1.1 that ask for another protocol. */
import type { Socket } from 'node:net';
import type { Tunnel } from '../exchange.ts';
import { hasOption } from '../http1/fields.ts';
import type { RequestLines } from './request-head.ts';

/** Whether a request asks for a WebSocket. Other offers are ignored, as HTTP allows. */
export function asksForWebSocket({ method, httpVersion, said }: RequestLines): boolean {
  const isOne =
    said.upgrade?.toLowerCase() === 'websocket' && hasOption(said.connection, 'upgrade');
  return isOne && method === 'GET' && httpVersion === '1.1';
}

function switching(pairs: readonly string[]): string {
  const lines = pairs.map((part, i) => (i % 2 === 0 ? `${part}: ` : `${part}\r\n`)).join('');
  const start = 'HTTP/1.1 101 Switching Protocols\r\n';
  return `${start}${lines}connection: upgrade\r\nupgrade: websocket\r\n\r\n`;
}

/** A connection whose client asks for a WebSocket. `early`: what came after its request. `onOpen`: nobody else reads it any more. */
export function tunnelOn(socket: Socket, early: Buffer, onOpen: () => void): Tunnel {
  return {
    protocol: 'websocket',
    stream: socket,
    early,
    // The client itself holds the answer against its key.
    agrees: () => true,
    open(headers) {
      onOpen();
      socket.write(switching(headers), 'latin1');
    },
    cut: () => void socket.destroy(),
  };
}
