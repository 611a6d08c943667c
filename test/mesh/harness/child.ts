/** Processes that end with the one that started them, however that ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** A program that runs until it is stopped; what it says is in its log. */
export class Child {
  readonly name: string;
  readonly log: string;
  readonly #process: ChildProcess;
  readonly #exit: Promise<unknown>;

  constructor(name: string, log: string, started: ChildProcess) {
    this.name = name;
    this.log = log;
    this.#process = started;
    this.#exit = once(started, 'exit').catch(() => undefined);
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  get runs(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  get said(): string {
    return readFileSync(this.log, 'utf8');
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** Ends it and waits until it is gone; at once, unless another signal is named. */
  async stop(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (this.runs) this.signal(signal);
    await this.#exit;
  }

  /** @throws Error with the end of its log, once it does not run any more. */
  mustRun(): void {
    if (this.runs) return;
    const { exitCode, signalCode } = this.#process;
    const end = this.said.trim().split('\n').slice(-10).join('\n');
    throw new Error(`${this.name} ended with ${exitCode ?? signalCode}:\n${end}`);
  }
}

export class Children {
  readonly #folder: string;
  readonly #all = new Set<Child>();

  /** @param folder where their logs go. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  get all(): readonly Child[] {
    return [...this.#all];
  }

  start(
    name: string,
    command: string,
    args: readonly string[],
    { env = {}, cwd }: StartOptions = {},
  ): Child {
    const log = join(this.#folder, `${name}.log`);
    const output = openSync(log, 'a');
    // The kernel ends it when this process is gone, by whatever: no signal handler survives a SIGKILL.
    const started = spawn('setpriv', ['--pdeathsig', 'KILL', '--', command, ...args], {
      cwd: cwd ?? this.#folder,
      env: { ...process.env, ...env },
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    started.on('error', () => {});
    const child = new Child(name, log, started);
    this.#all.add(child);
    return child;
  }

  /** For handlers that cannot wait. */
  kill(): void {
    for (const child of this.#all) if (child.runs) child.signal('SIGKILL');
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#all].reverse().map((child) => child.stop()));
  }
}

/** Only a machine with far more to do than it can takes so long: whoever waits in vain is told late, but rightly. */
const PATIENCE_MS = 180_000;

export interface Waiting {
  /** Waiting ends with an error when one of these ends. */
  readonly alive?: readonly Child[];
  /** Default {@link PATIENCE_MS}. */
  readonly timeoutMs?: number;
}

/**
 * Looks again and again until there is an answer that is neither undefined nor false; a look that throws is no answer.
 * @throws Error that names what was waited for, and the last reason.
 */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  { alive = [], timeoutMs = PATIENCE_MS }: Waiting = {},
): Promise<Exclude<T, undefined | false>> {
  const deadline = performance.now() + timeoutMs;
  let last: unknown;
  while (performance.now() < deadline) {
    for (const child of alive) child.mustRun();
    try {
      const answer = await look();
      if (answer !== undefined && answer !== false) return answer as Exclude<T, undefined | false>;
    } catch (error) {
      last = error;
    }
    await sleep(10);
  }
  throw new Error(`waited in vain: ${what}`, { cause: last });
}
