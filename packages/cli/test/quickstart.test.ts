/** The quickstart and the demo, with their real edge and services. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
import { SEED_PLAN } from '../src/quickstart/seed.ts';
import { USUAL_PORT } from '../src/quickstart/stage.ts';
import { run } from '../src/run.ts';
import { Sink, tinct } from './world.ts';

const EXAMPLE = join(import.meta.dirname, '../../../examples/quickstart/plan.yaml');
const exec = promisify(execFile);

/** Waits for what will come, and fails loudly when it does not. */
async function until(what: string, holds: () => boolean): Promise<void> {
  for (let i = 0; i < 500; i++) {
    if (holds()) return;
    await setTimeout(10);
  }
  throw new Error(`waited in vain: ${what}`);
}

interface Running {
  readonly cwd: string;
  readonly out: Sink;
  /** The edge's address, as the welcome prints it. */
  readonly url: string;
  /** A line that the welcome says to try, run by a shell. */
  tryLine(pattern: RegExp): Promise<string>;
  end(): Promise<number>;
}

async function quickstart(t: Test, ...args: string[]): Promise<Running> {
  const cwd = t.testdir({ 'plan.yaml': SEED_PLAN });
  const out = new Sink(args.includes('--terminal'));
  const interruption = new AbortController();
  const status = run({
    argv: ['quickstart', ...args.filter((arg) => arg !== '--terminal')],
    env: {},
    stdin: Readable.from([]),
    stdout: out,
    stderr: out,
    signal: interruption.signal,
    now: Date.now,
    cwd,
  });
  const end = () => {
    interruption.abort('SIGINT');
    return status;
  };
  t.teardown(end);
  await until('the welcome and the first plan', () => out.text.includes('revision 1 is in force'));
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(out.text)?.[0] ?? '';
  const tryLine = async (pattern: RegExp) => {
    const line = out.text.split('\n').find((candidate) => pattern.test(candidate)) ?? 'false';
    return (await exec('sh', ['-c', line])).stdout.trim();
  };
  return { cwd, out, url, tryLine, end };
}

t.test('the demo tells its story, checks it, and ends with 0', async (t) => {
  const { status, stdout } = await tinct(['demo'], { now: Date.now });
  t.equal(status, 0, stdout);
  t.equal(stdout.match(/ ✓ /g)?.length, 9);
  t.notMatch(stdout, '✗');
  t.match(stdout, /set my-service --percent 5\n.*4\d of 1,000 users on v2/);
  t.match(stdout, 'everyone is back on v1');
});

t.test('the curl lines of the quickstart work as they are printed', async (t) => {
  const { tryLine, end } = await quickstart(t, '--plan', 'plan.yaml', '--port', '0');
  t.equal(await tryLine(/user-id: 123/), 'my-service v2 (x-tinct-my-service: v2)');
  t.equal(await tryLine(/user-id: 124.*everyone else/), 'my-service v1 (x-tinct-my-service: v1)');
  t.equal(await tryLine(/still v1/), 'my-service v1 (x-tinct-my-service: v1)');
  t.match(await tryLine(/seq 200 300/), /^101 my-service v1 /);
  t.equal(await end(), 0, 'Ctrl-C is its normal end');
});

t.test(
  'a change from another terminal is in force at once; a bad plan leaves the last good one',
  async (t) => {
    const { cwd, out, url } = await quickstart(t, '--plan', 'plan.yaml', '--port', '0');
    const ask = async (user: string) =>
      (await exec('curl', ['-s', '-H', `user-id: ${user}`, url])).stdout;
    const change = ['plan', 'set', 'my-service', '--percent', '100', '--plan', 'plan.yaml'];
    t.equal((await tinct(change, { cwd })).status, 0);
    await until('revision 2', () => out.text.includes('revision 2 is in force'));
    t.match(out.text, 'my-service: rule 1 (everyone): 0 % → v2, now 100 % → v2');
    t.match(await ask('124'), 'my-service v2');
    await exec(
      'sh',
      [
        '-c',
        'sed -e "s/percent: 100/percent: 101/" -e "s/revision: 2/revision: 3/" plan.yaml > new && mv new plan.yaml',
      ],
      { cwd },
    );
    await until('the refusal', () => out.text.includes('TINCT_PLAN_PERCENT_RANGE'));
    t.match(out.text, 'the plan is refused; revision 2 stays in force');
    t.match(await ask('124'), 'my-service v2');
  },
);

t.test('the usual port gives way when it is taken', async (t) => {
  const other = createServer();
  const listens = new Promise<void>((resolve) => {
    other.once('error', () => resolve()).listen(USUAL_PORT, '127.0.0.1', () => resolve());
  });
  await listens;
  t.teardown(() => other.close());
  const { url } = await quickstart(t, '--plan', 'plan.yaml');
  t.not(url, `http://127.0.0.1:${USUAL_PORT}`);
  t.match(url, /:\d+$/);
});

t.test('on a terminal the table stands below, drawn over itself', async (t) => {
  const { out, url } = await quickstart(t, '--terminal', '--plan', 'plan.yaml', '--port', '0');
  await exec('curl', ['-s', '-H', 'user-id: 123', url]);
  await until('the request in the table', () => /v2\s+1\s+0\s+[\d.]+ ms/.test(out.text));
  t.match(out.text, /version\s+requests\s+errors\s+p50\s+p95/);
  t.match(out.text, '\u001b[4A\u001b[0J');
});

t.test('without a plan one is written to a folder that goes with it', async (t) => {
  const { out, url, end } = await quickstart(t, '--port', '0');
  const file = / by (\S+plan\.yaml)/.exec(out.text)?.[1] ?? '';
  t.equal(readFileSync(file, 'utf8'), SEED_PLAN);
  t.match(url, 'http://127.0.0.1:');
  t.equal(await end(), 0);
  t.throws(() => readFileSync(file), { code: 'ENOENT' });
});

t.test('examples/quickstart holds the seed plan, and a line for editors', async (t) => {
  const [first, ...rest] = readFileSync(EXAMPLE, 'utf8').split('\n');
  t.match(first, 'yaml-language-server');
  t.equal(rest.join('\n'), SEED_PLAN);
});
