/** Next.js 16, built and started as its users do. Its routes are built before they run, so it has cases of its own. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import t from 'tap';
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
const built = spawnSync(process.execPath, [next, 'build'], {
  ...{ cwd: app, env: environment, encoding: 'utf8' },
});
t.equal(built.status, 0, built.stdout + built.stderr);

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
