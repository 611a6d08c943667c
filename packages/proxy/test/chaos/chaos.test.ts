/**
 * Clients that leave and services that die at every stage, all at once and on connections that are kept: nobody gets what
 * is somebody else's, nothing that was cut off looks whole, and nothing is left behind.
 */
import fc from 'fast-check';
import t, { type Test } from 'tap';
import type { Edge } from '../../src/index.ts';
import { edgeFor, planText, TextSource, until } from '../helpers.ts';
import { type Exchange, exchange } from './exchange.ts';
import { drive } from './http1-client.ts';
import { driveStreams } from './http2-client.ts';
import { serviceFor } from './service.ts';

type Drive = (edge: Edge, name: string, exchanges: readonly Exchange[]) => Promise<string[]>;

const PROTOCOLS: readonly (readonly [name: string, drive: Drive])[] = [
  ['HTTP/1.1', ({ address }, name, exchanges) => drive(address.port, name, exchanges)],
  ['HTTP/2', ({ address }, name, exchanges) => driveStreams(address.url, name, exchanges)],
];

const GOOD: Exchange = {
  service: 'answers',
  client: 'waits',
  method: 'GET',
  size: 100,
  chunked: true,
};

/** Plans come into force all the while; the way to end that. */
function reloading({ plan }: Edge, source: TextSource): () => Promise<void> {
  let isOver = false;
  const reload = async () => {
    for (let revision = 2; !isOver; revision += 1) {
      source.text = planText({ revision });
      await plan.load();
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const reloaded = reload();
  return () => {
    isOver = true;
    return reloaded;
  };
}

async function live(t: Test, drive: Drive): Promise<void> {
  const { url, mixed, open } = await serviceFor(t);
  const source = new TextSource(planText());
  const edge = await edgeFor(t, { upstream: url, plan: source });
  const lists = fc.array(exchange, { minLength: 60, maxLength: 60 });
  const all = fc.sample(lists, { numRuns: 24, seed: 5 });
  const stop = reloading(edge, source);
  const faults = await Promise.all(all.map((exchanges, i) => drive(edge, `c${i}`, exchanges)));
  await stop();
  t.strictSame(faults.flat(), []);
  t.strictSame(mixed, []);
  await until(() => edge.stats().inFlight === 0);
  const { requests, versions } = edge.stats();
  const recorded = versions.reduce((sum, version) => sum + version.requests, 0);
  t.equal(recorded, requests, 'each was recorded once');
  const good = Array.from({ length: 20 }, () => GOOD);
  t.strictSame(await drive(edge, 'last', good), [], 'and it serves as before');
  await edge.close();
  await until(() => open.size === 0);
  t.comment(`${all.flat().length} exchanges, ${requests} of them forwarded`);
}

for (const [name, drive] of PROTOCOLS)
  t.test(`${name}: whoever leaves or dies, nothing is mixed up and nothing is left`, (t) =>
    live(t, drive),
  );
