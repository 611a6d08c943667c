/** `tinct watch` against edges and a Prometheus that answer from a list. With real ones: test/observe. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import t, { type Test } from 'tap';
import { run } from '../../src/run.ts';
import { Sink, tinct } from '../world.ts';
import { exposition, type Round } from './exposition.ts';
import { sketchesFrom, sketchesText } from './sketches.ts';

/** An edge whose every scrape is a round later. */
async function edge(t: Test, round: Round = {}, token?: string) {
  let scrapes = 0;
  const server = createServer((req, res) => {
    if (token !== undefined && req.headers.authorization !== `Bearer ${token}`)
      return void res.writeHead(421).end();
    scrapes += 1;
    res.end(req.url === '/metrics' ? exposition(scrapes, round) : '');
  });
  const port = await listening(t, server);
  return { url: `http://127.0.0.1:${port}`, name: `127.0.0.1:${port}`, close: () => ended(server) };
}

async function listening(t: Test, server: Server): Promise<number> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.teardown(() => ended(server));
  return (server.address() as AddressInfo).port;
}

async function ended(server: Server): Promise<void> {
  server.closeAllConnections();
  if (server.listening) await new Promise((done) => server.close(done));
}

const QUICK = ['--every', '1s'];
/** What turns on a color, or bold. */
const COLOR = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g');

t.test('one picture of two edges, as JSON and as text', async (t) => {
  const [a, b] = [await edge(t, { failing: 8 }), await edge(t, { failing: 8 })];
  const line = ['watch', 'my-service', '--admin', a.url, '--admin', b.url, '--once', ...QUICK];
  const now = Date.now;
  const { status, stdout, stderr } = await tinct([...line, '--output', 'json'], { now });
  t.match({ status, stderr }, { status: 0, stderr: '' });
  const picture = JSON.parse(stdout);
  t.match(picture, { release: 'my-service', info: { stable: 'v1', owner: 'team-shop' } });
  t.match(picture.arms[0], { arm: 'canary', variant: 'v2', requests: 100, errors: 8 });
  t.match(picture.arms[1], { arm: 'control', requests: 2000, errors: 10 });
  t.strictSame(
    picture.edges.map(({ name }: { name: string }) => name).sort(),
    [a.name, b.name].sort(),
  );
  t.match(picture.at, /^\d{4}-.*Z$/);
  const text = await tinct(line, { now });
  t.match(text.stdout, /canary +v2 +[\d.]+ +8\.00 %/);
});

t.test('edges that disagree, or of which one is gone, are no fine picture', async (t) => {
  const now = Date.now;
  const [a, b] = [await edge(t), await edge(t, { revision: 11 })];
  const line = ['watch', 'my-service', '--admin', a.url, '--admin', b.url, '--once', ...QUICK];
  t.match(await tinct(line, { now }), { status: 1, stdout: /edges disagree on the revision/ });
  await b.close();
  const lost = await tinct(line, { now });
  t.match(lost, { status: 1 });
  t.match(lost.stdout, `! ${b.name}: nobody listens there`);
  await a.close();
  t.match(await tinct(line, { now }), { status: 3, stdout: /Nothing is known yet/ });
});

t.test('a release that nobody knows, and wrong usage', async (t) => {
  const a = await edge(t);
  const now = Date.now;
  const once = ['--once', ...QUICK];
  const other = await tinct(['watch', 'mine', '--admin', a.url, ...once], { now });
  t.match(other, { status: 3, stdout: /No edge knows a release `mine`/ });
  const usage = [
    ['watch', 'my-service'],
    ['watch', 'my-service', '--admin', a.url, '--prometheus', a.url],
    ['watch', 'my"service', '--prometheus', a.url],
  ];
  for (const argv of usage) t.match(await tinct(argv), { status: 2, stdout: '' }, argv.join(' '));
});

t.test('the token is for those who are asked', async (t) => {
  const token = 'a'.repeat(32);
  const a = await edge(t, {}, token);
  const line = ['watch', 'my-service', '--admin', a.url, '--once', ...QUICK];
  t.match(await tinct(line, { now: Date.now }), { status: 3, stdout: /HTTP 421/ });
  const env = { TINCT_ADMIN_TOKEN: token };
  t.match(await tinct(line, { now: Date.now, env }), { status: 0 });
});

/** An edge that shows its sketches to those with the token, and its metrics to all. */
async function sketching(t: Test, token: string, sketches: string): Promise<string> {
  let scrapes = 0;
  const server = createServer((req, res) => {
    if (req.url === '/metrics') {
      scrapes += 1;
      res.end(exposition(scrapes));
      return;
    }
    const isLetIn = req.headers.authorization === `Bearer ${token}`;
    const isAsked = req.url === '/sketches/my-service';
    res.writeHead(isLetIn && isAsked ? 200 : 401).end(isLetIn ? sketches : '');
  });
  return `http://127.0.0.1:${await listening(t, server)}`;
}

t.test('several edges: with their token, users of all of them together', async (t) => {
  const env = { TINCT_ADMIN_TOKEN: 'a'.repeat(32) };
  const start = (sketches: string) => sketching(t, env.TINCT_ADMIN_TOKEN, sketches);
  const all = [0, 500, 1000].map((first) => sketchesText(sketchesFrom(first)));
  const urls = await Promise.all(all.map(start));
  const line = (given: readonly string[]) => [
    ...['watch', 'my-service', '--once', ...QUICK],
    ...given.flatMap((url) => ['--admin', url]),
  ];
  const now = Date.now;
  const together = await tinct(line(urls), { now, env });
  t.match(together, { status: 0, stderr: '' });
  t.match(together.stdout, /of ~[12],\d{3} users in fact/);
  t.match(together.stdout, /users +of 3 edges together, each counted once: right to 1\.63 %/);
  const json = await tinct([...line(urls), '--output', 'json'], { now, env });
  t.match(JSON.parse(json.stdout), {
    together: { edges: 3 },
    exposure: { units: { least: 1000, most: 3000, estimate: Number } },
  });

  const bounds = /of 1,000–3,000 users in fact/;
  t.match(await tinct(line(urls), { now }), { status: 0, stdout: bounds }, 'without a token');
  const others = { TINCT_ADMIN_TOKEN: 'b'.repeat(32) };
  t.match(await tinct(line(urls), { now, env: others }), { stdout: bounds }, 'with another one');
  const short = JSON.stringify({ sketches: [{ ...sketchesFrom(0)[0], registers: 'AAAA' }] });
  for (const odd of ['no JSON', '{}', short]) {
    const mixed = [...urls.slice(1), await start(odd)];
    const shown = await tinct(line(mixed), { now, env });
    t.match(shown, { status: 0, stdout: bounds }, `one says ${odd.slice(0, 20)}`);
  }
});

interface Live {
  readonly sink: Sink & { rows?: number };
  readonly status: Promise<number>;
  readonly interrupt: () => void;
}

function live(t: Test, argv: readonly string[], isTerminal: boolean, env = {}): Live {
  const [sink, interruption] = [new Sink(isTerminal), new AbortController()];
  const status = run({
    argv,
    env,
    stdin: process.stdin,
    stdout: sink,
    stderr: new Writable({ write: (_chunk, _encoding, done) => done() }),
    signal: interruption.signal,
    now: Date.now,
    cwd: '/nonexistent',
  });
  const interrupt = () => interruption.abort('SIGINT');
  t.teardown(async () => {
    interrupt();
    await status;
  });
  return { sink, status, interrupt };
}

async function until(what: string, holds: () => boolean): Promise<void> {
  const end = performance.now() + 60_000;
  while (!holds() && performance.now() < end) await new Promise((next) => setTimeout(next, 10));
  if (!holds()) throw new Error(`waited in vain: ${what}`);
}

t.test('a line of JSON at each interval, until Ctrl-C; a lost edge does not end it', async (t) => {
  const a = await edge(t);
  const argv = ['watch', 'my-service', '--admin', a.url, '--output', 'json', ...QUICK];
  const { sink, status, interrupt } = live(t, argv, true);
  const lines = () => sink.text.split('\n').slice(0, -1);
  await until('two lines', () => lines().length >= 2);
  await a.close();
  await until('a lost edge', () => sink.text.includes('"lost":'));
  interrupt();
  t.equal(await status, 0);
  const pictures = lines().map((line) => JSON.parse(line));
  t.notOk(pictures[0].arms[0].rate, 'one scrape has no rate');
  t.ok(pictures[1].arms[0].rate > 0);
  t.match(pictures.at(-1), { silent: [{ who: a.name }], edges: [{ lost: { why: String } }] });
  t.ok(pictures.at(-1).arms.length > 0, 'the last values stay');
});

t.test('blocks where there is no terminal', async (t) => {
  const a = await edge(t);
  const { sink, status, interrupt } = live(
    t,
    ['watch', 'my-service', '--admin', a.url, ...QUICK],
    false,
  );
  await until('two blocks', () => sink.text.split('my-service  running').length > 2);
  interrupt();
  t.equal(await status, 0);
  t.notMatch(sink.text, '\u001b');
});

t.test(
  'in place on a terminal: it fits, it survives a resize, and it leaves the last picture',
  async (t) => {
    const a = await edge(t);
    const argv = ['watch', 'my-service', '--admin', a.url, '--every', '1h'];
    const { sink, status, interrupt } = live(t, argv, true, { NO_COLOR: '1' });
    sink.rows = 4;
    await until('a picture', () => sink.text.includes('\u001b[?7h'));
    const [, first = ''] = sink.text.split('\u001b[H');
    t.equal(first.split('\r\n').length, 4, 'no more lines than there are rows');
    t.equal(first, first.replaceAll(COLOR, ''), 'no colors');
    sink.rows = 40;
    sink.emit('resize');
    await until('another', () => sink.text.split('\u001b[H').length > 2);
    t.match(sink.text.split('\u001b[H')[2], 'Ctrl-C ends it.');
    interrupt();
    t.equal(await status, 0);
    const [, after = ''] = sink.text.split('\u001b[?1049l');
    t.match(after, /^my-service {2}running[\s\S]*alerts/, 'on the screen where it was called');
    t.equal(sink.listenerCount('resize'), 0);
  },
);

/** Answers as a Prometheus that holds two scrapes of one edge, until it is told to fail. */
async function prometheus(t: Test) {
  let fails = false;
  const server = createServer((req, res) => {
    if (fails) return void res.writeHead(503).end('<html>');
    const now = Date.now() / 1000;
    const [before, after] = [1, 2].map((rounds) => samplesOf(exposition(rounds)));
    const result = [...(after ?? [])].map(([key, { metric, value }]) => ({
      metric: { ...metric, instance: 'edge-0' },
      values: [
        [now - 15, before?.get(key)?.value ?? '0'],
        [now, value],
      ],
    }));
    const alerts = [
      {
        labels: { alertname: 'TinctCanaryErrors', release: 'my-service', severity: 'critical' },
        annotations: { summary: 'It fails.' },
        state: 'firing',
        activeAt: new Date().toISOString(),
      },
    ];
    const data = req.url === '/api/v1/alerts' ? { alerts } : { resultType: 'matrix', result };
    res.end(JSON.stringify({ status: 'success', data }));
  });
  const url = `http://127.0.0.1:${await listening(t, server)}`;
  const fail = () => {
    fails = true;
  };
  return { url, fail };
}

function samplesOf(text: string) {
  const lines = text.split('\n').flatMap((line) => {
    const [, name, pairs = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) return [];
    const labels = [...pairs.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, said]) => [key, said]);
    return [
      [`${name}{${pairs}}`, { metric: { __name__: name, ...Object.fromEntries(labels) }, value }],
    ] as const;
  });
  return new Map(lines);
}

t.test('Prometheus: its alerts, and what it said last when it is gone', async (t) => {
  const { url, fail } = await prometheus(t);
  const once = await tinct(['watch', 'my-service', '--prometheus', url, '--once'], {
    now: Date.now,
  });
  t.match(once, { status: 1, stdout: /firing TinctCanaryErrors.*It fails\./ });
  const argv = ['watch', 'my-service', '--prometheus', url, '--output', 'json', ...QUICK];
  const { sink, status, interrupt } = live(t, argv, false);
  await until('a picture', () => sink.text.includes('\n'));
  fail();
  await until('a stale one', () => sink.text.includes('"stale":'));
  interrupt();
  t.equal(await status, 0);
  const last = JSON.parse(sink.text.split('\n').at(-2) ?? '');
  t.match(last, { stale: { why: /HTTP 503, and no JSON/, since: Number } });
  t.match(last.arms[0], { arm: 'canary', requests: 50 });
  const gone = await tinct(['watch', 'my-service', '--prometheus', url, '--once'], {
    now: Date.now,
  });
  t.match(gone, { status: 3, stdout: /HTTP 503/ });
});

t.test('the picture in the documents is one', async (t) => {
  const page = readFileSync(join(import.meta.dirname, '../../../../docs/observe.md'), 'utf8');
  const shown = readFileSync(join(import.meta.dirname, '../golden/watch-healthy.out.txt'), 'utf8');
  for (const line of shown
    .split('\n')
    .filter((each) => /exposition|flips|served|exposure/.test(each)))
    t.match(page, line.trim());
});
