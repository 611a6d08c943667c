/** A plan by URL, against a real server that behaves in every way that servers do. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import t, { type Test } from 'tap';
import { PlanStore, UrlPlanSource, type UrlSourceOptions } from '../../src/index.ts';

type Answer = (req: IncomingMessage, res: ServerResponse) => unknown;

interface Site {
  readonly url: string;
  readonly asked: string[];
  answer: Answer;
  close(): Promise<unknown>;
}

async function site(t: Test, answer: Answer): Promise<Site> {
  const asked: string[] = [];
  const server = createServer((req, res) => {
    asked.push(`${req.url} ${req.headers['if-none-match'] ?? '-'}`);
    it.answer(req, res);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  t.teardown(close);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const it: Site = { url, asked, answer, close };
  return it;
}

/** A text with its ETag, as a file server gives it. */
const tagged =
  (text: string, etag = `"${createHash('sha256').update(text).digest('hex')}"`): Answer =>
  (req, res) => {
    if (req.headers['if-none-match'] === etag) return res.writeHead(304, { etag }).end();
    return res.writeHead(200, { etag }).end(text);
  };

const never = new AbortController().signal;
const read = (url: string, options: UrlSourceOptions = {}) =>
  new UrlPlanSource(url, options).read(never);

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}

const plan = (revision: number, more = '') => `apiVersion: tinct.dev/v1
kind: Plan
metadata: { name: shop, revision: ${revision} }
identity: [{ unit: user, header: user-id }]
${more}releases: {}
`;

t.test('a plan is read, and asked for again with its ETag', async (t) => {
  const { url, asked } = await site(t, tagged('größe: 1'));
  const source = new UrlPlanSource(`${url}/plans/shop.yaml`);
  t.strictSame(await source.read(never), {
    text: 'größe: 1',
    file: `${url}/plans/shop.yaml`,
    baseDir: `${url}/plans/`,
  });
  t.equal((await source.read(never)).text, 'größe: 1');
  t.match(asked, ['/plans/shop.yaml -', /^\/plans\/shop.yaml "[0-9a-f]{64}"$/]);
});

t.test('without an ETag the text is read each time; compressed ones are unpacked', async (t) => {
  const served = await site(t, (_, res) => res.end('a: 1'));
  const source = new UrlPlanSource(served.url);
  t.equal((await source.read(never)).text, 'a: 1');
  served.answer = (_, res) => {
    res.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('a: 2'));
  };
  t.equal((await source.read(never)).text, 'a: 2');
});

t.test('what is no plan is refused with its reason', async (t) => {
  const served = await site(t, (_, res) => res.writeHead(503).end());
  const rejects = (why: RegExp, code = 'TINCT_PLAN_UNREADABLE') =>
    t.rejects(read(served.url), { code, message: why });
  await rejects(/it answers 503/);
  served.answer = (_, res) => res.writeHead(204).end();
  await rejects(/it answers 204/);
  served.answer = (_, res) => res.writeHead(304).end();
  await rejects(/it answers 304/);
  served.answer = (_, res) => res.end(Buffer.from([0xff, 0x20]));
  await rejects(/it is not UTF-8/);
  served.answer = (req) => req.socket.destroy();
  await rejects(/UND_ERR_SOCKET|ECONNRESET|closed/);
  served.answer = (_, res) => {
    res.writeHead(200, { 'content-length': '99' }).write('a');
    setTimeout(() => res.destroy(), 5);
  };
  await rejects(/UND_ERR_SOCKET|ECONNRESET|closed|terminated/);
  await served.close();
  await rejects(/ECONNREFUSED/);
});

t.test('attack: a plan without end fills no memory, packed or not', async (t) => {
  let closed = false;
  const served = await site(t, (_, res) => {
    res.on('close', () => {
      closed = true;
    });
    const more = () => {
      while (!res.destroyed && res.write(Buffer.alloc(65_536, 'a')));
    };
    res.on('drain', more);
    more();
  });
  await t.rejects(read(served.url), { code: 'TINCT_PLAN_TOO_LARGE' });
  await until(() => closed);
  served.answer = (_, res) => {
    res.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(50_000_000)));
  };
  await t.rejects(read(served.url), { code: 'TINCT_PLAN_TOO_LARGE' });
});

t.test('attack: a server that drips, or says nothing, is given up', async (t) => {
  const served = await site(t, () => undefined);
  const slow = { code: 'TINCT_PLAN_UNREADABLE', message: /did not answer in time/ };
  await t.rejects(read(served.url, { timeoutMs: 50 }), slow);
  served.answer = (_, res) => {
    res.writeHead(200);
    const drip = setInterval(() => res.write('a'), 10);
    res.on('close', () => clearInterval(drip));
  };
  await t.rejects(read(served.url, { timeoutMs: 100 }), slow);
});

t.test('attack: a redirect does not lead to another plan', async (t) => {
  const other = await site(t, tagged(plan(99)));
  const served = await site(t, (_, res) => res.writeHead(302, { location: other.url }).end());
  await t.rejects(read(served.url), { message: /it answers 302/ });
  t.strictSame(other.asked, []);
});

t.test('attack: the secret in a URL is in no name and no message', async (t) => {
  let authorization: string | undefined;
  const { url } = await site(t, (req, res) => {
    ({ authorization } = req.headers);
    res.writeHead(500).end();
  });
  const secret = `${url.replace('//', '//user:hush@')}/p?token=hush`;
  const source = new UrlPlanSource(`${url}/p?token=hush`);
  t.equal(source.name, `${url}/p`);
  const messageOf = (reading: Promise<unknown>) => reading.then(String, String);
  t.match(await messageOf(source.read(never)), /it answers 500/);
  t.equal(authorization, undefined);
  for (const each of [source, new UrlPlanSource(secret)]) {
    t.equal(each.name, `${url}/p`);
    t.notMatch(await messageOf(each.read(never)), 'hush');
  }
  t.equal(authorization, `Basic ${btoa('user:hush')}`);
});

t.test('a change is seen, and an outage leaves the plan in force', async (t) => {
  const served = await site(t, tagged(plan(1)));
  const source = new UrlPlanSource(served.url, { everyMs: 5, random: () => 0.5 });
  const refused: string[] = [];
  const store = new PlanStore({
    source,
    retryMs: 5,
    onRefused: ([first]) => void refused.push(first?.message ?? ''),
  });
  t.teardown(() => store.close());
  await store.start();
  t.equal(store.current()?.revision, 1);
  served.answer = tagged(plan(2));
  await until(() => store.current()?.revision === 2);
  served.answer = (_, res) => res.writeHead(500).end();
  await until(() => store.status().refused !== undefined);
  t.match(refused, [/it answers 500/]);
  t.equal(store.current()?.revision, 2);
  served.answer = tagged(plan(2));
  await until(() => store.status().refused === undefined);
  served.answer = tagged(plan(3));
  await until(() => store.current()?.revision === 3);
  store.close();
  const { length } = served.asked;
  await new Promise((resolve) => setTimeout(resolve, 30));
  t.equal(served.asked.length, length, 'a closed store asks no more');
});

t.test('while it fails it is asked less often', async (t) => {
  const told: number[] = [];
  let at = performance.now();
  const waits: number[] = [];
  const served = await site(t, (_, res) => {
    waits.push(performance.now() - at);
    at = performance.now();
    res.writeHead(500).end();
  });
  const watch = new UrlPlanSource(served.url, { everyMs: 4, random: () => 0.5 }).watch(
    () => void told.push(waits.length),
  );
  t.teardown(() => watch.close());
  await until(() => waits.length === 6);
  t.strictSame(told, [1], 'the first failure is told, the others are not');
  t.ok((waits[5] ?? 0) > 60, `${waits[5]} ms after five failures: 16 times 4`);
});

t.test(
  'lists lie beside the plan, or at a URL of their own, and are held against their digest',
  async (t) => {
    const ids = 'id\n123\n';
    const digest = createHash('sha256').update(ids).digest('hex');
    const other = await site(t, (_, res) => res.end(ids));
    const cohorts = (sha256: string) =>
      `cohorts: { a: { list: lists/a.csv, sha256: "${sha256}", column: id }, b: { list: "${other.url}/b.csv", sha256: "${sha256}", column: id } }\n`;
    const served = await site(t, (req, res) =>
      res.end(req.url === '/p/plan.yaml' ? plan(1, cohorts(digest)) : ids),
    );
    const store = new PlanStore({ source: new UrlPlanSource(`${served.url}/p/plan.yaml`) });
    t.teardown(() => store.close());
    await store.start();
    t.equal(store.status().inForce?.lists.size, 1);
    t.match(served.asked, ['/p/plan.yaml -', '/p/lists/a.csv -']);
    t.strictSame(other.asked, ['/b.csv -']);
    served.answer = (req, res) =>
      res.end(req.url === '/p/plan.yaml' ? plan(2, cohorts('f'.repeat(64))) : ids);
    await store.load();
    t.match(store.status().refused?.findings, [{ code: 'TINCT_LIST_DIGEST' }]);
    t.equal(store.current()?.revision, 1);
  },
);

t.test('attack: a plan from a URL reads no file of this machine', async (t) => {
  for (const list of [
    'file:///etc/passwd',
    '/etc/passwd',
    '../../etc/passwd',
    'data:text/csv,id',
  ]) {
    const text = plan(
      1,
      `cohorts: { a: { list: "${list}", format: text, sha256: ${'f'.repeat(64)} } }\n`,
    );
    const served = await site(t, (req, res) =>
      req.url === '/plan.yaml' ? res.end(text) : res.writeHead(404).end(),
    );
    const store = new PlanStore({ source: new UrlPlanSource(`${served.url}/plan.yaml`) });
    t.teardown(() => store.close());
    const { refused } = await store.start();
    t.match(refused?.findings, [{ code: 'TINCT_LIST_UNREADABLE' }], list);
    t.match(refused?.findings[0]?.message, /it answers 404|no http or https URL/, list);
  }
});
