/** Runs the program in memory, in a project of its own. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import t, { type Test } from 'tap';
import { run } from '../src/run.ts';

export const NOW = Date.parse('2026-03-01T12:00:00Z');

export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Around {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | Readable;
  readonly signal?: AbortSignal;
  readonly now?: () => number;
  /** Whether both outputs are terminals. */
  readonly terminal?: boolean;
  readonly stdout?: Writable;
}

/** Keeps what is written to it. */
export class Sink extends Writable {
  readonly isTTY: boolean;
  text = '';

  constructor(isTTY = false) {
    super({ decodeStrings: false });
    this.isTTY = isTTY;
  }

  override _write(chunk: string, _: string, done: () => void): void {
    this.text += chunk;
    done();
  }
}

/** The program in memory. */
export async function tinct(argv: readonly string[], around: Around = {}): Promise<Outcome> {
  const { stdin = '', signal = new AbortController().signal, terminal = false } = around;
  const [stdout, stderr] = [new Sink(terminal), new Sink(terminal)];
  const status = await run({
    argv,
    env: around.env ?? {},
    stdin: typeof stdin === 'string' ? Readable.from([Buffer.from(stdin)]) : stdin,
    stdout: around.stdout ?? stdout,
    stderr,
    signal,
    now: around.now ?? (() => NOW),
    cwd: around.cwd ?? '/nonexistent',
  });
  return { status, stdout: stdout.text, stderr: stderr.text };
}

const FIXTURE = join(import.meta.dirname, 'fixture');

export interface Project {
  readonly dir: string;
  /** The program in the project's folder. */
  readonly tinct: (argv: readonly string[], around?: Around) => Promise<Outcome>;
  readonly read: (file: string) => string;
  readonly write: (file: string, text: string) => void;
  readonly git: (...args: string[]) => string;
}

/** A copy of the fixture in a folder that goes away with the test. */
export function project(): Project {
  const dir = mkdtempSync(join(tmpdir(), 'tinct-cli-'));
  t.teardown(() => rmSync(dir, { recursive: true, force: true }));
  cpSync(FIXTURE, dir, { recursive: true });
  const env = {
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_SYSTEM: '/dev/null',
    PATH: process.env['PATH'] ?? '',
  };
  const who = ['-c', 'user.name=t', '-c', 'user.email=t@shop.example'];
  return {
    dir,
    tinct: (argv, around = {}) => tinct(argv, { cwd: dir, env, ...around }),
    read: (file) => readFileSync(join(dir, file), 'utf8'),
    write: (file, text) => writeFileSync(join(dir, file), text),
    git: (...args) => execFileSync('git', [...who, ...args], { cwd: dir, env, encoding: 'utf8' }),
  };
}

/** Two commits: old.yaml's text as plan.yaml, then plan.yaml's. */
export function repository(): Project {
  const made = project();
  const plan = made.read('plan.yaml');
  made.git('init', '--quiet');
  made.write('plan.yaml', made.read('old.yaml'));
  made.git('add', 'plan.yaml');
  made.git('commit', '--quiet', '--message', 'old');
  made.write('plan.yaml', plan);
  made.git('commit', '--quiet', '--all', '--message', 'new');
  return made;
}

/** Compares with a file of `golden/`; `tap --snapshot` writes it. */
export function golden(t: Test, name: string, text: string): void {
  const file = join(import.meta.dirname, 'golden', `${name}.out.txt`);
  if (process.env['TAP_SNAPSHOT'] === '1') writeFileSync(file, text);
  t.equal(text, readFileSync(file, 'utf8'), name);
}
