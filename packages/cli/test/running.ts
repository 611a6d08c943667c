/** Runs `tinct` through run(), for commands that go on until a signal. */
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import type { Test } from 'tap';
import { run } from '../src/run.ts';

export const EXAMPLE = join(import.meta.dirname, '../../../examples/proxy');
export const read = (name: string) => readFileSync(join(EXAMPLE, name), 'utf8');

export class Collected extends Writable {
  text = '';

  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text += chunk;
    done();
  }
}

export interface Started {
  readonly out: Collected;
  readonly err: Collected;
  readonly status: Promise<number>;
  readonly stop: (signal: string) => void;
  hangup(): void;
}

export function start(
  t: Test,
  cwd: string,
  argv: string[],
  env: Readonly<Record<string, string>> = {},
  now: () => number = Date.now,
): Started {
  const [out, err] = [new Collected(), new Collected()];
  const interruption = new AbortController();
  const hangups = new Set<() => void>();
  const status = run({
    argv,
    env,
    stdin: Readable.from([]),
    stdout: out,
    stderr: err,
    signal: interruption.signal,
    now,
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

export async function until(what: string, holds: () => boolean): Promise<void> {
  for (let i = 0; i < 6000 && !holds(); i++) await new Promise((next) => setTimeout(next, 5));
  if (!holds()) throw new Error(`waited in vain: ${what}`);
}

export const lines = ({ out }: Started): Record<string, unknown>[] =>
  out.text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

/** Where the admin server listens, once the edge does too. */
export async function adminOf(started: Started): Promise<string> {
  await urlOf(started);
  return `${lines(started).find((line) => line['message'] === 'the admin server listens')?.['url.full']}`;
}

export async function urlOf(started: Started, name = 'the edge'): Promise<string> {
  const message = `${name} listens`;
  await until(message, () => started.out.text.includes(message));
  return `${lines(started).find((line) => line['message'] === message)?.['url.full']}`;
}

export const service = (t: Test, version: string): Promise<string> =>
  serviceBy(t, (_, res) => void res.end(version));

export async function serviceBy(t: Test, listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The example's folder, with services that answer. */
export async function example(t: Test): Promise<string> {
  const [v1, v2] = [await service(t, 'v1'), await service(t, 'v2')];
  const config = read('proxy.yaml')
    .replaceAll('http://127.0.0.1:8081', v1)
    .replaceAll('http://127.0.0.1:8082', v2);
  return t.testdir({ config: { 'proxy.yaml': config, 'plan.yaml': read('plan.yaml') } });
}

export const ask = async (url: string, user: string) =>
  (await fetch(url, { headers: { 'user-id': user, connection: 'close' } })).text();
