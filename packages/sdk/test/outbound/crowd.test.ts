/** A thousand requests at a time, each with a color of its own, on few connections: none ever shows another's. */
import { EventEmitter, once } from 'node:events';
import { get, Agent as HttpAgent } from 'node:http';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { variant } from '@tinct/sdk';
import { tinct as nodeHttp } from '@tinct/sdk/http';
import t from 'tap';
import { Agent, getGlobalDispatcher, Pool, setGlobalDispatcher } from 'undici';
import { ADAPTERS } from '../conformance/adapters.ts';
import { type Heard, listen, serving } from './helpers.ts';

const REQUESTS = 1000;
const pool = new Agent({ connections: 4 });
const original = getGlobalDispatcher();
setGlobalDispatcher(pool);
const few = new HttpAgent({ keepAlive: true, maxSockets: 4 });
t.teardown(async () => {
  setGlobalDispatcher(original);
  few.destroy();
  await pool.destroy();
});

const shared = new EventEmitter({ captureRejections: false }).setMaxListeners(0);

async function byPool(url: string): Promise<string> {
  return (await fetch(url)).text();
}

async function byAgent(url: string): Promise<string> {
  const [response] = await once(get(url, { agent: few }), 'response');
  const body = await text(response);
  return body === variant('user') ? body : `${body}, but here it is ${variant('user')}`;
}

async function byStream(): Promise<string> {
  const pieces: string[] = [];
  const source = Readable.from(
    (async function* () {
      yield 'a';
      await delay(0);
      yield 'b';
    })(),
  );
  source.on('data', () => pieces.push(variant('user') ?? 'nothing'));
  await once(source, 'end');
  return [...new Set(pieces)].join();
}

/** Heard in the context of whoever emits: each listens for its own only. */
async function byEmitter(name: string): Promise<string> {
  const heard = once(shared, name);
  setTimeout(() => shared.emit(name, variant('user')), 0);
  return (await heard)[0];
}

/** Everything that this request's color is seen by: all of it has to be one. */
async function all(behind: string, name: string): Promise<string> {
  const seen = await Promise.all([
    byPool(behind),
    byAgent(behind),
    byStream(),
    byEmitter(name),
    delay(1).then(() => variant('user')),
    new Promise((resolve) => setImmediate(() => resolve(variant('user')))),
    new Promise((resolve) => process.nextTick(() => resolve(variant('user')))),
  ]);
  return [...new Set(seen)].join(' | ');
}

async function crowd(url: string, path = '/'): Promise<string[]> {
  const client = new Pool(url, { connections: 50 });
  const asked = Array.from({ length: REQUESTS }, async (_, i) => {
    const headers = { 'x-tinct-user': `u${i}` };
    const { body } = await client.request({ method: 'GET', path, headers });
    const found = await body.text();
    return found === `u${i}` ? [] : [`u${i}: ${found}`];
  });
  const wrong = (await Promise.all(asked)).flat();
  await client.destroy();
  return wrong;
}

const echo = (): Promise<Heard> =>
  listen((req, res) => res.end(`${req.headers['x-tinct-user'] ?? 'nothing'}`));

t.test('node:http, when the body has ended', async (t) => {
  const behind = await echo();
  const { tinct } = serving({ outbound: { http: true } });
  const url = `http://127.0.0.1:${behind.port}/`;
  const front = await listen(
    nodeHttp(tinct, (req, res) => {
      // What comes by the connection is heard in its own context, not in the request's: unless somebody sees to it.
      req.on('end', () => void all(url, `${variant('user')}`).then((seen) => res.end(seen)));
      req.resume();
    }),
  );
  t.teardown(async () => {
    await Promise.all([front.close(), behind.close()]);
    tinct.close();
  });
  t.strictSame(await crowd(`http://127.0.0.1:${front.port}`), []);
});

for (const { name, start } of ADAPTERS)
  t.test(name, async (t) => {
    const behind = await echo();
    const { tinct } = serving({ outbound: { http: true } });
    const route = () => all(`http://127.0.0.1:${behind.port}/`, `${variant('user')}`);
    const front = await start(tinct, { '/crowd': route });
    t.teardown(async () => {
      await Promise.all([front.close(), behind.close()]);
      tinct.close();
    });
    t.strictSame(await crowd(front.url, '/crowd'), []);
  });
