/** Connections of HTTP/1.1 that ask for another protocol. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Tunnel } from '../exchange.ts';
import { Http1Response } from './http1-response.ts';

/** Whether a request asks for a WebSocket. Other offers are ignored, as HTTP allows. */
export function asksForWebSocket({ method, httpVersion, headers }: IncomingMessage): boolean {
  const { upgrade = '', connection = '' } = headers;
  const options = connection.toLowerCase().split(/[\t ]*,[\t ]*/);
  const isOne = upgrade.toLowerCase() === 'websocket' && options.includes('upgrade');
  return isOne && method === 'GET' && httpVersion === '1.1';
}

/** Node takes the connection away from its server; an answer that is no upgrade is written all the same. */
export function responseOn(socket: Socket, req: IncomingMessage): ServerResponse {
  const res = new Http1Response(req);
  res.shouldKeepAlive = false;
  res.assignSocket(socket);
  socket.on('error', () => {}).on('drain', () => res.emit('drain'));
  res.on('finish', () => void socket.end());
  return res;
}

function switching(pairs: readonly string[]): string {
  const lines = pairs.map((part, i) => (i % 2 === 0 ? `${part}: ` : `${part}\r\n`)).join('');
  const start = 'HTTP/1.1 101 Switching Protocols\r\n';
  return `${start}${lines}connection: upgrade\r\nupgrade: websocket\r\n\r\n`;
}

/** A connection whose client asks for a WebSocket. `early`: what came after its request. */
export function tunnelOn(socket: Socket, early: Buffer): Tunnel {
  return {
    protocol: 'websocket',
    stream: socket,
    early,
    // The client itself holds the answer against its key.
    agrees: () => true,
    open: (headers) => void socket.write(switching(headers), 'latin1'),
    cut: () => void socket.destroy(),
  };
}
