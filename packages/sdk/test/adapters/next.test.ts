/** Next.js 16, built and started as its users do. Its routes are built before they run, so it has cases of its own. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import t from 'tap';
import { blocksOf } from '../../../../test/docs/markdown.ts';
import { COLORED, DECISION, leaks, listen, valuesOf } from '../outbound/helpers.ts';

const PACKAGE = join(import.meta.dirname, '../..');
const app = join(PACKAGE, '.cache/next-app');
const next = createRequire(import.meta.url).resolve('next/dist/bin/next');
const environment = { ...process.env, NEXT_TELEMETRY_DISABLED: '1', NODE_OPTIONS: '' };
const colored = Object.fromEntries(
  COLORED.flatMap((name, i, all) => (i % 2 === 0 ? [[name, all[i + 1] ?? '']] : [])),
);

t.setTimeout(300_000);
rmSync(app, { recursive: true, force: true });
cpSync(join(PACKAGE, 'test/next-app'), app, { recursive: true });
writeRoutesOfPage();
const built = spawnSync(process.execPath, [next, 'build'], {
  ...{ cwd: app, env: environment, encoding: 'utf8' },
});
t.equal(built.status, 0, built.stdout + built.stderr);

/** What docs/sdk/next.md shows, each as a route of its own; the service that it calls is the test's. */
function writeRoutesOfPage(): void {
  const page = readFileSync(join(PACKAGE, '../../docs/sdk/next.md'), 'utf8');
  const routes = blocksOf(page).filter(
    ({ language, text }) => language === 'ts' && text.includes('GET()'),
  );
  t.equal(routes.length, 4, 'route handlers on the page');
  for (const [i, { text }] of routes.entries()) {
    const folder = join(app, `app/shown${i}`);
    mkdirSync(folder, { recursive: true });
    const plain = text.replaceAll(/: string \| undefined/g, '');
    writeFileSync(
      join(folder, 'route.js'),
      plain.replace(`'http://reviews/'`, 'process.env.BEHIND'),
    );
  }
}

async function urlOf(child: ChildProcess): Promise<string> {
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  for await (const line of lines) {
    const [url] = /http:\/\/127\.0\.0\.1:[1-9]\d*/.exec(line) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error('Next ended before it listened');
}

async function start(env: Record<string, string>) {
  const args = [next, 'start', '-p', '0', '-H', '127.0.0.1'];
  const stdio = ['ignore', 'pipe', 'inherit'] as ['ignore', 'pipe', 'inherit'];
  const child = spawn(process.execPath, args, { cwd: app, env: { ...environment, ...env }, stdio });
  t.teardown(async () => {
    if (child.exitCode === null && child.kill()) await once(child, 'exit');
  });
  const url = await urlOf(child);
  child.stdout.resume();
  return {
    json: async (path: string, headers = {}) => {
      const response = await fetch(url + path, { headers });
      return {
        served: response.headers.get('x-tinct-served'),
        ...((await response.json()) as object),
      };
    },
    text: async (path: string, headers = {}) => (await fetch(url + path, { headers })).text(),
  };
}

const NOTHING = { name: 'nothing', reason: 'none', isIn: false };

t.test('behind a mesh', async (t) => {
  const behind = await listen((_req, res) => res.end('heard'));
  t.teardown(() => behind.close());
  const { json, text } = await start({
    ...{ TRUST: 'mesh', BEHIND: `http://127.0.0.1:${behind.port}/` },
  });
  const seen = { served: 'v2', name: 'v2', reason: 'SPLIT', isIn: true };
  t.strictSame(await json('/api', colored), seen, 'a route handler knows the decision');
  t.match(await text('/page', colored), /variant=v2/, 'a server component too');
  t.strictSame(await json('/api'), { served: 'v2', ...NOTHING });
  t.match(await text('/page'), /variant=stable/);

  t.equal(await text('/out', colored), 'heard');
  t.strictSame(valuesOf(behind.requests[0], 'x-tinct-decision'), [DECISION], 'fetch is colored');
  t.strictSame(valuesOf(behind.requests[0], 'x-tinct-seal'), [], 'and the seal stays here');

  const past = { ...colored, 'x-tinct-seal': 'guessed' };
  t.strictSame(
    await json('/free', past),
    { served: null, ...NOTHING },
    'attack: a client sends colors, and a seal, to a path that the proxy does not see',
  );
});

t.test('in front of clients: their colors change nothing', async (t) => {
  const behind = await listen((_req, res) => res.end('heard'));
  t.teardown(() => behind.close());
  const { json, text } = await start({
    ...{ TRUST: 'none', BEHIND: `http://127.0.0.1:${behind.port}/` },
  });
  t.strictSame(await json('/api', colored), { served: null, ...NOTHING });
  await text('/out', colored);
  t.strictSame(leaks(behind.requests[0]), []);
});

t.test(
  'a call that Next caches shows one version to all, unless the version is a part of it',
  async (t) => {
    const behind = await listen((req, res) => res.end(req.headers['x-tinct-my-service']));
    t.teardown(() => behind.close());
    const { text } = await start({
      ...{ TRUST: 'mesh', BEHIND: `http://127.0.0.1:${behind.port}/` },
    });
    const ask = async (path: string) => [
      await text(path, { 'x-tinct-my-service': 'v2' }),
      await text(path, { 'x-tinct-my-service': 'v1' }),
    ];
    t.strictSame(await ask('/cached'), ['v2', 'v2'], 'a limit, which docs/sdk/next.md tells');
    t.strictSame(await ask('/keyed'), ['v2', 'v1'], 'as that page says to write it');
  },
);

t.test('docs/sdk/next.md, followed', async (t) => {
  const behind = await listen((req, res) => res.end(req.headers['x-tinct-my-service'] ?? 'none'));
  t.teardown(() => behind.close());
  const { text } = await start({ TRUST: 'mesh', BEHIND: `http://127.0.0.1:${behind.port}/` });
  const ask = async (path: string) => [
    await text(path, { 'x-tinct-my-service': 'v2' }),
    await text(path),
  ];
  t.strictSame(await ask('/shown0'), ['v2\n', 'v1\n'], 'a route handler');
  t.strictSame(await ask('/shown1'), ['v2', 'none'], 'a call to another service');
  t.strictSame(await ask('/shown2'), ['v2', 'none'], 'a call that is cached by version');
  t.strictSame(await ask('/shown3'), ['Hello', 'Good day'], 'beside `use cache`');
});
