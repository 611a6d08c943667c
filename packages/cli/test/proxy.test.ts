/** `tinct proxy` through run(): the configuration, the edge that it starts, and how it ends. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import t, { type Test } from 'tap';
import { run } from '../src/run.ts';

const EXAMPLE = join(import.meta.dirname, '../../../examples/proxy');
const read = (name: string) => readFileSync(join(EXAMPLE, name), 'utf8');

class Collected extends Writable {
  text = '';

  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text += chunk;
    done();
  }
}

interface Started {
  readonly out: Collected;
  readonly err: Collected;
  readonly status: Promise<number>;
  readonly stop: (signal: string) => void;
  hangup(): void;
}

function start(t: Test, cwd: string, argv: string[], env = {}): Started {
  const [out, err] = [new Collected(), new Collected()];
  const interruption = new AbortController();
  const hangups = new Set<() => void>();
  const status = run({
    argv: ['proxy', ...argv],
    env,
    stdin: Readable.from([]),
    stdout: out,
    stderr: err,
    signal: interruption.signal,
    now: Date.now,
    cwd,
    onHangup(listener) {
      hangups.add(listener);
      return () => void hangups.delete(listener);
    },
  });
  const stop = (signal: string) => interruption.abort(signal);
  t.teardown(() => {
    stop('SIGTERM');
    return status;
  });
  return { out, err, status, stop, hangup: () => hangups.forEach((listener) => void listener()) };
}

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let i = 0; i < 2000 && !holds(); i++) await new Promise((next) => setTimeout(next, 5));
  if (!holds()) throw new Error(`waited in vain: ${what}`);
}

const lines = ({ out }: Started): Record<string, unknown>[] =>
  out.text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

async function urlOf(started: Started): Promise<string> {
  await until('the edge listens', () => started.out.text.includes('the edge listens'));
  return `${lines(started).find((line) => line['message'] === 'the edge listens')?.['url.full']}`;
}

async function service(t: Test, version: string): Promise<string> {
  const server = createServer((_, res) => res.end(version));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The example's folder, with services that answer. */
async function example(t: Test): Promise<string> {
  const [v1, v2] = [await service(t, 'v1'), await service(t, 'v2')];
  const config = read('proxy.yaml')
    .replaceAll('http://127.0.0.1:8081', v1)
    .replaceAll('http://127.0.0.1:8082', v2);
  return t.testdir({ config: { 'proxy.yaml': config, 'plan.yaml': read('plan.yaml') } });
}

const ask = async (url: string, user: string) =>
  (await fetch(url, { headers: { 'user-id': user, connection: 'close' } })).text();

t.test('the example routes by its plan, and SIGTERM ends it with 0', async (t) => {
  const cwd = await example(t);
  const config = ['--config', 'config/proxy.yaml', '--listen-port', '0', '--admin-port', '0'];
  const started = start(t, cwd, config);
  const url = await urlOf(started);
  t.equal(await ask(url, '123'), 'v2');
  t.equal(await ask(url, '7'), 'v1');
  started.stop('SIGTERM');
  t.equal(await started.status, 0);
  t.equal(started.err.text, '');
  t.ok(lines(started).every((line) => line['ecs.version'] !== undefined && line['log.level']));
});

t.test('SIGHUP reads the plan again', async (t) => {
  const cwd = await example(t);
  const config = ['-c', 'config/proxy.yaml', '--listen-port', '0', '--admin-port', '0'];
  const started = start(t, cwd, config);
  await urlOf(started);
  started.hangup();
  await until('the reload', () => started.out.text.includes('the plan is read again'));
  started.stop('SIGINT');
  t.equal(await started.status, 0);
});

t.test('a proxy without any plan says so, and everyone gets the upstream', async (t) => {
  const cwd = t.testdir({});
  const upstream = await service(t, 'stable');
  const flags = ['--upstream', upstream, '--plan-file', 'none.yaml', '--listen-port', '0'];
  const started = start(t, cwd, [...flags, '--admin-port', '0']);
  t.equal(await ask(await urlOf(started), '123'), 'stable');
  const said = lines(started).map((line) => line['message']);
  t.match(said.join('\n'), /there is no plan: nothing is decided/);
  started.stop('SIGTERM');
  t.equal(await started.status, 0);
});

t.test('--print-config prints the whole, and starts nothing', async (t) => {
  const cwd = t.testdir({ 'proxy.yaml': read('proxy.yaml') });
  const started = start(t, cwd, ['--print-config', '--log-level', 'debug'], {
    TINCT_CONFIG: 'proxy.yaml',
    TINCT_LISTEN_PORT: '81',
  });
  t.equal(await started.status, 0);
  t.match(started.out.text, /port: 81 +# TINCT_LISTEN_PORT\n/);
  t.match(started.out.text, /level: debug +# --log-level\n/);
  t.match(started.out.text, /connect: "2s" +# proxy.yaml:\d+:\d+\n/);
});

t.test('what is wrong is said at once with its place, and nothing starts', async (t) => {
  const cwd = t.testdir({});
  writeFileSync(join(cwd, 'proxy.yaml'), 'upstream: here\nplan: { fiel: plan.yaml }\n');
  const started = start(t, cwd, ['--config', 'proxy.yaml']);
  t.equal(await started.status, 1);
  t.equal(started.out.text, '');
  t.match(started.err.text, /proxy.yaml:1:11 error TINCT_CONFIG_VALUE/);
  t.match(started.err.text, /proxy.yaml:2:9 error TINCT_CONFIG_KEY_UNKNOWN/);
  t.match(started.err.text, /did you mean `file`\?/);
  const missing = start(t, cwd, ['--config', 'nothing.yaml']);
  t.equal(await missing.status, 4);
  t.match(missing.err.text, /TINCT_CONFIG_UNREADABLE/);
});

t.test('a taken port is a mistake with a code', async (t) => {
  const cwd = await example(t);
  const taken = new URL(await service(t, 'other')).port;
  const started = start(t, cwd, ['-c', 'config/proxy.yaml', '--listen-port', taken]);
  t.equal(await started.status, 1);
  t.match(started.err.text, /TINCT_EDGE_ADDRESS .*EADDRINUSE/);
});
