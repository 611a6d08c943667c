/** Two versions of a service whose bugs are known, the real edge in front of them as a program, load, and a real Prometheus. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Chance } from '../../bench/analysis/chance.ts';
import { freePort } from '../../packages/proxy/test/parts.ts';
import { Prometheus } from './prometheus.ts';

export const CLI = join(import.meta.dirname, '../../packages/cli/src/main.ts');

export interface Version {
  /** The share of users' requests that fail. */
  readonly errors: number;
  /** Of staff. */
  readonly staffErrors?: number;
  readonly delayMs?: number;
}

export interface StageOptions {
  readonly v1: Version;
  readonly v2: Version;
  /** The share of requests that are staff's; they have v2 by name. */
  readonly staff?: number;
  readonly seed?: number;
  /** Processes of the edge. */
  readonly workers?: number;
}

export interface Stage {
  readonly prometheus: Prometheus;
  readonly edge: EdgeProgram;
  /** Ends all of it. */
  end(): Promise<void>;
}

const plan = `apiVersion: tinct.dev/v1
kind: Plan
metadata: { name: shop, revision: 1 }
identity: [{ unit: user, header: user-id }]
cohorts:
  staff: { users: [${Array.from({ length: 20 }, (_, i) => `staff-${i}`).join(', ')}] }
releases:
  my-service:
    stable: v1
    services: { my-service: { host: my-service, subsets: { v1: { version: v1 }, v2: { version: v2 } } } }
    rules:
      - { cohort: staff, variant: v2 }
      - { percent: 20, variant: v2 }
`;

/** What was begun ends in turn, the last first, also where beginning fails. */
export async function setStage(options: StageOptions): Promise<Stage> {
  const ends: (() => Promise<void> | void)[] = [];
  const end = async () => {
    for (const each of ends.splice(0).reverse()) await each();
  };
  try {
    const { seed = 1, workers = 1 } = options;
    const urls: string[] = [];
    for (const [i, name] of (['v1', 'v2'] as const).entries()) {
      const made = await service(name, 2 * seed + i, options[name]);
      ends.push(made.end);
      urls.push(made.url);
    }
    const edge = await EdgeProgram.start(urls, workers);
    ends.push(() => edge.end());
    const prometheus = await Prometheus.start([edge.admin], 2);
    ends.push(() => prometheus.stop());
    ends.push(load(edge.url, options.staff ?? 0, seed));
    return { prometheus, edge, end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** Says which version it is, and fails as told. */
async function service(name: string, seed: number, version: Version) {
  const chance = new Chance(seed, 1);
  const { errors, staffErrors = errors, delayMs = 0 } = version;
  const server = createServer((incoming, response) => {
    const isStaff = String(incoming.headers['user-id']).startsWith('staff');
    const status = chance.uniform() < (isStaff ? staffErrors : errors) ? 500 : 200;
    const answer = () => response.writeHead(status, { 'x-tinct-served': name }).end('ok');
    if (delayMs === 0) answer();
    else setTimeout(answer, delayMs * (0.5 + chance.uniform()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const end = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, end };
}

interface Place {
  readonly dir: string;
  readonly port: number;
  readonly admin: number;
}

async function configured([one, two]: readonly string[], workers: number): Promise<Place> {
  const dir = mkdtempSync(join(tmpdir(), 'tinct-edge-'));
  const [port, admin] = [await freePort(), await freePort()];
  writeFileSync(join(dir, 'plan.yaml'), plan);
  const config = `plan: { file: plan.yaml }
workers: ${workers}
listen: { port: ${port} }
admin: { port: ${admin} }
trustedHops: [127.0.0.1]
direct: { my-service: { v1: "${one}", v2: "${two}" } }
upstream: ${one}
`;
  writeFileSync(join(dir, 'proxy.yaml'), config);
  return { dir, port, admin };
}

/** The edge as a program of its own, which may be killed and begins again at the same place. */
export class EdgeProgram {
  readonly url: string;
  readonly admin: string;
  readonly #dir: string;
  #child: ChildProcess;

  private constructor({ dir, port, admin }: Place) {
    this.#dir = dir;
    this.url = `http://127.0.0.1:${port}`;
    this.admin = `127.0.0.1:${admin}`;
    this.#child = this.#spawned();
  }

  /** Somebody else may take a port between its choice and its use: then others are chosen. */
  static async start(services: readonly string[], workers: number): Promise<EdgeProgram> {
    for (let left = 5; ; left -= 1) {
      const edge = new EdgeProgram(await configured(services, workers));
      try {
        await edge.#ready();
        return edge;
      } catch (error) {
        await edge.end();
        if (left === 0) throw error;
      }
    }
  }

  /** Another life at the same address. */
  async restart(): Promise<void> {
    for (let left = 5; ; left -= 1) {
      await this.#kill();
      this.#child = this.#spawned();
      try {
        await this.#ready();
        return;
      } catch (error) {
        if (left === 0) throw error;
      }
    }
  }

  /** One of its workers dies. */
  killWorker(): void {
    this.#child.kill('SIGUSR2');
  }

  /** What it says of itself. */
  async metrics(): Promise<string> {
    return (await fetch(`http://${this.admin}/metrics`)).text();
  }

  async end(): Promise<void> {
    await this.#kill();
    rmSync(this.#dir, { recursive: true, force: true });
  }

  #spawned(): ChildProcess {
    const { NODE_OPTIONS: _, ...env } = process.env;
    const killer = join(import.meta.dirname, 'worker-killer.ts');
    const argv = ['--import', killer, CLI, 'proxy', '--config', 'proxy.yaml'];
    return spawn(process.execPath, argv, { cwd: this.#dir, env, stdio: 'ignore' });
  }

  async #ready(): Promise<void> {
    const end = Date.now() + 120_000;
    while (Date.now() < end && this.#child.exitCode === null) {
      const answer = await fetch(`http://${this.admin}/readyz`).catch(() => undefined);
      await answer?.arrayBuffer();
      if (answer?.status === 200) return;
      await sleep(50);
    }
    throw new Error('the edge did not come up');
  }

  async #kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }
}

/** Eight connections that ask one after the other, each time as another of 5,000 users. Ends when it is called. */
function load(url: string, staff: number, seed: number): () => Promise<void> {
  const chance = new Chance(7, seed);
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  let isOver = false;
  const who = () =>
    chance.uniform() < staff
      ? `staff-${Math.floor(20 * chance.uniform())}`
      : `u${Math.floor(5000 * chance.uniform())}`;
  const ask = async (): Promise<void> => {
    while (!isOver) {
      await asked(url, agent, who());
      // Room for everything else in this process.
      await sleep(10);
    }
  };
  const asking = Promise.all(Array.from({ length: 8 }, ask));
  return async () => {
    isOver = true;
    await asking;
    agent.destroy();
  };
}

/** An edge that is not there answers nobody. */
function asked(url: string, agent: Agent, user: string): Promise<void> {
  return new Promise((done) => {
    const one = request(url, { agent, headers: { 'user-id': user } }, (response) => {
      response.resume().on('close', done);
    });
    one.on('error', () => done()).end();
  });
}
