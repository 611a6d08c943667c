/** Programs that a benchmark starts, what they cost, and their end. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { type Core, pinned } from './machine.ts';

export { freePort } from '../../test/free-port.ts';

/** Longer than a machine that does much else needs to load a program: who has ended is noticed at once. */
const START_MS = 180_000;

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

const numbersIn = (file: string): number[] => {
  try {
    return (readFileSync(file, 'utf8').match(/\d+/g) ?? []).map(Number);
  } catch {
    return [];
  }
};

const tasksOf = (pid: number): string[] => {
  try {
    return readdirSync(`/proc/${pid}/task`).map((task) => `/proc/${pid}/task/${task}`);
  } catch {
    return [];
  }
};

/** A process and all below it. */
function treeOf(pid: number): number[] {
  const children = tasksOf(pid).flatMap((task) => numbersIn(`${task}/children`));
  return [pid, ...children.flatMap(treeOf)];
}

/** Every program that a benchmark has started; `stopAll` leaves none behind. */
export class Processes {
  readonly #running = new Set<Program>();

  /** Resolves once something listens at the port. Rejects with what the program said if it ended before. */
  async start(command: readonly string[], port: number, core: Core): Promise<Program> {
    const program = new Program(pinned(command, core));
    this.#running.add(program);
    const giveUp = Date.now() + START_MS;
    while (!(await answers(port))) {
      const why = program.hasEnded
        ? 'ended'
        : Date.now() > giveUp && `is silent after ${START_MS / 1000} s`;
      if (why)
        throw new Error(
          `${command.join(' ')} ${why} before it listened at ${port}:\n${program.said}`,
        );
      await setTimeout(50);
    }
    return program;
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#running].map((program) => program.stop()));
    this.#running.clear();
  }
}

export class Program {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  said = '';

  constructor([file = '', ...args]: readonly string[]) {
    this.#child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#ended = once(this.#child, 'exit').catch(() => {});
    const hear = (chunk: Buffer) => {
      this.said = `${this.said}${chunk}`.slice(-4000);
    };
    this.#child.stdout?.on('data', hear);
    this.#child.stderr?.on('data', hear);
    this.#child.on('error', (error) => hear(Buffer.from(error.message)));
  }

  get hasEnded(): boolean {
    return this.#child.pid === undefined || this.#child.exitCode !== null;
  }

  /** Nanoseconds of processor time of all its threads and of the processes below it, until now. */
  get cpuNs(): number {
    return this.#pids
      .flatMap(tasksOf)
      .reduce((sum, task) => sum + (numbersIn(`${task}/schedstat`)[0] ?? 0), 0);
  }

  /** Bytes of memory that are its own: what it shares with others counts in part. */
  get memoryBytes(): number {
    const kib = (pid: number) => {
      const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
      return Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0);
    };
    return this.#pids.reduce((sum, pid) => sum + kib(pid) * 1024, 0);
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  async stop(): Promise<void> {
    if (this.hasEnded) return;
    this.#child.kill('SIGTERM');
    const timer = setTimeout(10_000).then(() => void this.#child.kill('SIGKILL'));
    await Promise.race([this.#ended, timer]);
  }

  get #pids(): number[] {
    return this.#child.pid === undefined ? [] : treeOf(this.#child.pid);
  }
}
