/** A client that writes bytes and reads what comes back, over connections that it keeps. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { RequestCase } from './case.ts';
import { requestText } from './case.ts';
import {
  type Head,
  type Message,
  Reader,
  readBody,
  readHead,
  responseFraming,
  valuesIn,
} from './wire.ts';

export interface Answered {
  /** 1xx, before the answer. */
  readonly hints: readonly Head[];
  readonly answer: Message | undefined;
}

interface Connection {
  readonly socket: Socket;
  readonly reader: Reader;
}

const NOTHING: Answered = { hints: [], answer: undefined };

async function open(port: number): Promise<Connection> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  socket.on('error', () => {});
  const reader = new Reader(socket);
  await once(socket, 'connect');
  return { socket, reader };
}

/** Writes text in pieces, each in a packet of its own where the system lets it. */
async function write(socket: Socket, text: string, cuts: readonly number[]): Promise<void> {
  const places = cuts.map((share) => Math.floor(share * text.length)).sort((a, b) => a - b);
  let from = 0;
  for (const place of [...places, text.length]) {
    if (place > from) socket.write(text.slice(from, place), 'latin1');
    from = place;
    if (place < text.length) await new Promise((resolve) => setImmediate(resolve));
  }
}

const statusOf = ({ start }: Head): number => Number(start.split(' ')[1]);

/** Reads up to the answer; `onContinue` hears of `100 Continue`. */
async function readAnswer(
  reader: Reader,
  method: string,
  onContinue: () => void,
): Promise<Answered> {
  const hints: Head[] = [];
  if (!(await reader.more())) return NOTHING;
  let head = await readHead(reader);
  for (; statusOf(head) < 200; head = await readHead(reader)) {
    if (statusOf(head) === 100) onContinue();
    else hints.push(head);
  }
  return { hints, answer: await readBody(reader, head, responseFraming(head, method)) };
}

/** Whether the connection takes another request after this answer. */
function goesOn(request: RequestCase, { answer }: Answered): boolean {
  if (answer === undefined || !answer.whole || answer.framing === 'close') return false;
  const options = valuesIn(answer, 'connection').join(',').toLowerCase();
  const asked = request.fields.filter(([name]) => name === 'Connection').map(([, value]) => value);
  if (options.includes('close') || asked.join().includes('close')) return false;
  return request.version === '1.1' || options.includes('keep-alive');
}

async function send({ socket, reader }: Connection, request: RequestCase, id: number) {
  const [head, body] = requestText(request, id);
  if (!request.expects) {
    await write(socket, head + body, request.cuts);
    return readAnswer(reader, request.method, () => {});
  }
  await write(socket, head, request.cuts);
  return readAnswer(reader, request.method, () => socket.write(body, 'latin1'));
}

/** Sends requests one after another, over one connection as long as it lasts. */
export async function inTurn(
  port: number,
  requests: readonly (readonly [id: number, request: RequestCase])[],
): Promise<Answered[]> {
  const answers: Answered[] = [];
  let connection: Connection | undefined;
  for (const [id, request] of requests) {
    connection ??= await open(port);
    const answered = await send(connection, request, id);
    answers.push(answered);
    if (goesOn(request, answered)) continue;
    connection.socket.destroy();
    connection = undefined;
  }
  connection?.socket.destroy();
  return answers;
}

/** Sends all of them at once over one connection; those behind an answer that ended it are sent anew. */
export async function pipelined(
  port: number,
  requests: readonly (readonly [id: number, request: RequestCase])[],
): Promise<Answered[]> {
  const answers: Answered[] = [];
  while (answers.length < requests.length) {
    const left = requests.slice(answers.length);
    const { socket, reader } = await open(port);
    const text = left.map(([id, request]) => requestText(request, id).join('')).join('');
    await write(socket, text, left[0]?.[1].cuts ?? []);
    for (const [, request] of left) {
      const answered = await readAnswer(reader, request.method, () => {});
      answers.push(answered);
      if (!goesOn(request, answered)) break;
    }
    socket.destroy();
  }
  return answers;
}
