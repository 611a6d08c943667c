/** A service that answers, or dies, as each request says. */
import { createServer, type Socket } from 'node:net';
import type { Test } from 'tap';
import {
  CutOff,
  Reader,
  readBody,
  readHead,
  requestFraming,
  valuesIn,
} from '../differential/wire.ts';
import { listen } from '../helpers.ts';
import { bodyOf, CRLF, inChunks, length, type Service } from './exchange.ts';

interface Said {
  /** Up to the empty line, without framing. */
  readonly head: string;
  readonly byLength: string;
  readonly inChunks: string;
  readonly withLength: string;
}

function said(id: string, isHead: boolean): Said {
  const body = bodyOf(id, 30_000);
  const head = `HTTP/1.1 200 OK${CRLF}X-Id: ${id}${CRLF}`;
  const withLength = `${length(body)}${CRLF}${isHead ? '' : body}`;
  const chunks = `Transfer-Encoding: chunked${CRLF}${CRLF}${isHead ? '' : inChunks(body)}`;
  return { head, withLength, byLength: head + withLength, inChunks: head + chunks };
}

const FORGED = `HTTP/1.1 200 OK${CRLF}X-Id: forged${CRLF}${length('forged')}${CRLF}forged`;

/** What a service writes, and whether it goes on, closes or resets then. */
const BEHAVIOUR: Readonly<
  Record<Service, (given: Said) => readonly [text: string, then: 'goes on' | 'closes' | 'resets']>
> = {
  answers: ({ byLength }) => [byLength, 'goes on'],
  'answers before the body': ({ byLength }) => [byLength, 'goes on'],
  'answers in chunks': (given) => [given.inChunks, 'goes on'],
  'answers and closes': ({ head, withLength }) => [
    `${head}Connection: close${CRLF}${withLength}`,
    'closes',
  ],
  'answers and then closes without a word': ({ byLength }) => [byLength, 'closes'],
  'adds bytes behind its answer': ({ byLength }) => [byLength + FORGED, 'goes on'],
  'closes at once': () => ['', 'closes'],
  'resets at once': () => ['', 'resets'],
  'closes within the head': ({ head }) => [head, 'closes'],
  'resets within the body': ({ byLength }) => [byLength.slice(0, 9000), 'resets'],
  'closes within the chunks': (given) => [given.inChunks.slice(0, 9000), 'closes'],
};

/** Answers; false when the connection is over. */
function answer(socket: Socket, how: Service, id: string, isHead: boolean): boolean {
  const [text, then] = BEHAVIOUR[how](said(id, isHead));
  socket.write(text, 'latin1');
  if (then === 'closes') socket.end();
  if (then === 'resets') setImmediate(() => socket.resetAndDestroy());
  return then === 'goes on';
}

export interface Fates {
  readonly url: string;
  /** Bodies that came whole and are not the request's own. */
  readonly mixed: string[];
  readonly open: Set<Socket>;
}

export async function serviceFor(t: Test): Promise<Fates> {
  const mixed: string[] = [];
  const open = new Set<Socket>();
  async function talk(socket: Socket): Promise<void> {
    const reader = new Reader(socket);
    while (await reader.more()) {
      const head = await readHead(reader);
      const [id = ''] = valuesIn(head, 'x-id');
      const how = valuesIn(head, 'x-service')[0] as Service;
      const isHead = head.start.startsWith('HEAD');
      if (how === 'answers before the body') answer(socket, how, id, isHead);
      const { body, whole } = await readBody(reader, head, requestFraming(head));
      if (whole && body !== bodyOf(id, body.length)) mixed.push(`${id} got ${body.slice(0, 20)}`);
      if (!whole) return void socket.destroy();
      if (how !== 'answers before the body' && !answer(socket, how, id, isHead)) return;
    }
    socket.end();
  }
  const server = createServer({ noDelay: true }, (socket) => {
    open.add(socket);
    socket.on('error', () => {}).on('close', () => open.delete(socket));
    talk(socket).catch((error) => {
      socket.destroy();
      if (!(error instanceof CutOff)) throw error;
    });
  });
  return { url: await listen(t, server), mixed, open };
}
