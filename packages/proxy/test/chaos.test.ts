/**
 * Clients that leave and services that die at every stage, all at once and on connections that are kept: nobody gets what
 * is somebody else's, nothing that was cut off looks whole, and nothing is left behind.
 */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import {
  CutOff,
  type Message,
  Reader,
  readBody,
  readHead,
  requestFraming,
  responseFraming,
  valuesIn,
} from './differential/wire.ts';
import { edgeFor, listen, planText, TextSource, until } from './helpers.ts';

const SERVICE = [
  'answers',
  'answers',
  'answers',
  'answers in chunks',
  'answers and closes',
  'answers and then closes without a word',
  'answers before the body',
  'adds bytes behind its answer',
  'closes at once',
  'resets at once',
  'closes within the head',
  'resets within the body',
  'closes within the chunks',
] as const;
type Service = (typeof SERVICE)[number];

const CLIENT = [
  'waits',
  'waits',
  'waits',
  'leaves within the head',
  'leaves within the body',
  'leaves at once',
  'resets at once',
  'leaves when the answer begins',
  'ends its side and waits',
] as const;
type Client = (typeof CLIENT)[number];

interface Exchange {
  readonly service: Service;
  readonly client: Client;
  readonly method: 'GET' | 'POST' | 'HEAD';
  readonly size: number;
  readonly chunked: boolean;
}

const exchange: fc.Arbitrary<Exchange> = fc.record({
  service: fc.constantFrom(...SERVICE),
  client: fc.constantFrom(...CLIENT),
  method: fc.constantFrom('GET', 'POST', 'POST', 'HEAD'),
  size: fc.constantFrom(0, 1, 100, 70_000),
  chunked: fc.boolean(),
});

/** A body that says whose it is, all over. */
const bodyOf = (id: string, size: number): string =>
  `${id} `.repeat(Math.ceil(size / (id.length + 1))).slice(0, size);

const CRLF = '\r\n';
const length = (body: string) => `Content-Length: ${body.length}${CRLF}`;
const inChunks = (body: string): string => {
  const chunk = body === '' ? '' : `${body.length.toString(16)}${CRLF}${body}${CRLF}`;
  return `${chunk}0${CRLF}${CRLF}`;
};

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

interface Fates {
  readonly url: string;
  /** Bodies that came whole and are not the request's own. */
  readonly mixed: string[];
  readonly open: Set<Socket>;
}

async function serviceFor(t: Test): Promise<Fates> {
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

function textOf(
  { method, size, chunked, service }: Exchange,
  id: string,
): readonly [string, string] {
  const body = method === 'POST' ? bodyOf(id, size) : '';
  const framing =
    method !== 'POST' ? '' : chunked ? `Transfer-Encoding: chunked${CRLF}` : length(body);
  const head = `${method} /${id} HTTP/1.1${CRLF}Host: shop${CRLF}X-Id: ${id}${CRLF}X-Service: ${service}${CRLF}${framing}${CRLF}`;
  return [head, method === 'POST' && chunked ? inChunks(body) : body];
}

/** What is wrong with an answer that came, in words. */
function fault(id: string, { service, method }: Exchange, message: Message): string | undefined {
  const [status = ''] = /\d{3}/.exec(message.start) ?? [];
  if (status === '502' || status === '503')
    // A connection may end in the moment in which it is taken; what isn't idempotent is not sent twice.
    return service.startsWith('answers') && method !== 'POST'
      ? `${status} for ${method}, and it ${service}`
      : undefined;
  if (status !== '200') return `${status} for ${service}`;
  if (valuesIn(message, 'x-id').join() !== id)
    return `${id} got the answer to ${valuesIn(message, 'x-id')}`;
  const wanted = method === 'HEAD' ? '' : bodyOf(id, 30_000);
  if (!wanted.startsWith(message.body)) return `${id} got ${message.body.slice(0, 20)}`;
  const isCut = service.includes('within');
  if (message.whole && message.body !== wanted) return `${id}: cut off, and looks whole`;
  return !message.whole && !isCut ? `${id}: cut off though it ${service}` : undefined;
}

/** One client's exchanges, one after another, over one connection as long as it lasts. */
async function drive(
  port: number,
  name: string,
  exchanges: readonly Exchange[],
): Promise<string[]> {
  const faults: string[] = [];
  let socket: Socket | undefined;
  let reader: Reader | undefined;
  for (const [i, exchange] of exchanges.entries()) {
    if (socket === undefined || reader === undefined || socket.destroyed) {
      socket = connect({ port, host: '127.0.0.1', noDelay: true }).on('error', () => {});
      await once(socket, 'connect');
      reader = new Reader(socket);
    }
    const id = `${name}-${i}`;
    const isKept = await meet(socket, reader, exchange, id, faults);
    if (isKept) continue;
    socket.destroy();
    socket = undefined;
  }
  socket?.destroy();
  return faults;
}

/** Sends what this client sends; whether it stays to hear an answer. */
async function say(socket: Socket, exchange: Exchange, id: string): Promise<boolean> {
  const { client } = exchange;
  const [head, body] = textOf(exchange, id);
  if (client === 'leaves within the head' || client === 'leaves within the body') {
    const all = head + body;
    const place = client === 'leaves within the head' ? 30 : head.length + body.length / 2;
    socket.write(all.slice(0, place), 'latin1');
    await tick();
    return false;
  }
  socket.write(head + body, 'latin1');
  if (client === 'resets at once') socket.resetAndDestroy();
  if (client === 'ends its side and waits') socket.end();
  return client !== 'leaves at once' && client !== 'resets at once';
}

/** Whether the connection may carry another exchange. */
async function meet(
  socket: Socket,
  reader: Reader,
  exchange: Exchange,
  id: string,
  faults: string[],
): Promise<boolean> {
  const { client, method, service } = exchange;
  if (!(await say(socket, exchange, id))) return false;
  try {
    if (!(await reader.more())) {
      // Who ends its side before the answer counts as gone, as with nginx and Envoy.
      if (client !== 'ends its side and waits') faults.push(`${id}: no answer, and it ${service}`);
      return false;
    }
    if (client === 'leaves when the answer begins') return false;
    const given = await readHead(reader);
    const message = await readBody(reader, given, responseFraming(given, method));
    const found = fault(id, exchange, message);
    if (found !== undefined) faults.push(found);
    const closes = valuesIn(message, 'connection').join().toLowerCase().includes('close');
    return message.whole && !closes && client === 'waits';
  } catch (error) {
    if (!(error instanceof CutOff)) throw error;
    if (!service.includes('within')) faults.push(`${id}: a head cut off, and it ${service}`);
    return false;
  }
}

const tick = () => new Promise((resolve) => setImmediate(resolve));

t.test(
  'at every stage clients leave and services die: nothing is mixed up, nothing is left',
  async (t) => {
    const { url, mixed, open } = await serviceFor(t);
    const plan = new TextSource(planText());
    const edge = await edgeFor(t, { upstream: url, plan });
    const all = fc.sample(fc.array(exchange, { minLength: 60, maxLength: 60 }), {
      numRuns: 24,
      seed: 5,
    });
    let isOver = false;
    const reload = async () => {
      for (let revision = 2; !isOver; revision += 1) {
        plan.text = planText({ revision });
        await edge.plan.load();
        await tick();
      }
    };
    const reloading = reload();
    const faults = await Promise.all(
      all.map((exchanges, i) => drive(edge.address.port, `c${i}`, exchanges)),
    );
    isOver = true;
    await reloading;
    t.strictSame(faults.flat(), []);
    t.strictSame(mixed, []);
    await until(() => edge.stats().inFlight === 0);
    t.equal(edge.stats().inFlight, 0, 'no request is left in flight');
    const { requests, versions } = edge.stats();
    t.equal(
      versions.reduce((sum, { requests }) => sum + requests, 0),
      requests,
      'each was recorded once',
    );
    const last = await drive(
      edge.address.port,
      'last',
      Array.from({ length: 20 }, () => ({
        service: 'answers',
        client: 'waits',
        method: 'POST',
        size: 100,
        chunked: true,
      })),
    );
    t.strictSame(last, [], 'and it serves as before');
    await edge.close();
    await until(() => open.size === 0);
    t.equal(open.size, 0, 'no connection to the service is left');
    t.comment(`${all.flat().length} exchanges, ${requests} of them forwarded`);
  },
);
