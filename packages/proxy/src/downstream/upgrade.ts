/** Connections of HTTP/1.1 that ask for another protocol. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
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
