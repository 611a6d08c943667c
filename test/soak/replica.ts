/** A `tinct proxy` process that is ended and started again at the same address. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { freePort, type Owner } from '../../packages/proxy/test/parts.ts';

const MAIN = join(import.meta.dirname, '../../packages/cli/src/main.ts');

export class Replica {
  readonly port: number;
  readonly adminPort: number;
  readonly #folder: string;
  #process: ChildProcess | undefined;

  private constructor(folder: string, port: number, adminPort: number) {
    this.#folder = folder;
    this.port = port;
    this.adminPort = adminPort;
  }

  /** In a folder with its configuration, `proxy.yaml`. */
  static async in(owner: Owner, folder: string): Promise<Replica> {
    const replica = new Replica(folder, await freePort(), await freePort());
    owner.teardown(() => replica.#kill());
    return replica;
  }

  async start(): Promise<void> {
    const ports = ['--listen-port', `${this.port}`, '--admin-port', `${this.adminPort}`];
    this.#process = spawn(process.execPath, [MAIN, 'proxy', '-c', 'proxy.yaml', ...ports], {
      cwd: this.#folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    while ((await this.revision()) === undefined) {
      if (this.#process.exitCode !== null) throw new Error('the edge did not start');
      await setTimeout(20);
    }
  }

  /** Drains and ends; its exit status. */
  async stop(): Promise<number | null> {
    const ending = this.#process;
    if (ending === undefined) return null;
    const ended = once(ending, 'exit') as Promise<[number | null]>;
    ending.kill('SIGTERM');
    const [status] = await ended;
    return status;
  }

  /** Of its plan, if it is ready and has one. */
  async revision(): Promise<number | undefined> {
    try {
      const answer = await fetch(`http://127.0.0.1:${this.adminPort}/readyz`);
      const { plan } = (await answer.json()) as { plan: { revision: number } | null };
      return answer.ok ? plan?.revision : undefined;
    } catch {
      return undefined;
    }
  }

  /** Takes a release back; rejects where that is not confirmed. */
  async abort(release: string, token: string): Promise<void> {
    const url = `http://127.0.0.1:${this.adminPort}/abort/${release}`;
    const headers = { authorization: `Bearer ${token}` };
    const { status } = await fetch(url, { method: 'POST', headers });
    if (status !== 200) throw new Error(`an abort was answered with ${status}`);
  }

  async #kill(): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
}
