/** A service that writes down each request as its bytes say, and answers with bytes. */
import { createServer, type Socket } from 'node:net';
import type { Test } from 'tap';
import { listen } from '../helpers.ts';
import { CASE_HEADER, type Case, type ResponseCase, responseText } from './case.ts';
import {
  CutOff,
  type Head,
  type Message,
  Reader,
  readBody,
  readHead,
  requestFraming,
  valuesIn,
} from './wire.ts';

/** What a service may answer to HTTP/1.0, and to a proxy that knows no hints. */
function plainly(response: ResponseCase, hints: boolean, { start }: Head): ResponseCase {
  const { body } = response;
  const given = hints ? response : { ...response, hints: [] };
  if (!start.endsWith('1.0') || body.framing !== 'chunked') return given;
  return { ...given, body: { ...body, framing: 'close', trailers: [] } };
}

export interface Origin {
  readonly port: number;
  /** From now on an id stands for this exchange. */
  expect(id: number, exchange: Case): void;
  /** The request with this id, if it came; forgets it. */
  take(id: number): Message | undefined;
}

/** `hints`: whether it sends any 1xx of its own. */
export async function originFor(t: Test, hints = true): Promise<Origin> {
  const cases = new Map<number, Case>();
  const got = new Map<number, Message>();

  async function answer(socket: Socket, reader: Reader, head: Head): Promise<boolean> {
    if (valuesIn(head, 'expect').length > 0) socket.write('HTTP/1.1 100 Continue\r\n\r\n');
    const message = await readBody(reader, head, requestFraming(head));
    const id = Number(valuesIn(head, CASE_HEADER.toLowerCase())[0]);
    const exchange = cases.get(id);
    if (exchange === undefined) return false;
    got.set(id, message);
    const { request, response } = exchange;
    const given = plainly(response, hints && !head.start.endsWith('1.0'), head);
    const { text, ends } = responseText(given, request.method);
    socket.write(text, 'latin1');
    return !ends;
  }

  async function talk(socket: Socket): Promise<void> {
    const reader = new Reader(socket);
    while ((await reader.more()) && (await answer(socket, reader, await readHead(reader))));
    socket.end();
  }

  const server = createServer({ noDelay: true }, (socket) => {
    talk(socket).catch((error) => {
      socket.destroy();
      if (!(error instanceof CutOff)) throw error;
    });
  });
  const url = await listen(t, server);
  return {
    port: Number(new URL(url).port),
    expect: (id, exchange) => void cases.set(id, exchange),
    take(id) {
      const message = got.get(id);
      got.delete(id);
      cases.delete(id);
      return message;
    },
  };
}
