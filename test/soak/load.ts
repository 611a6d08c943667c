/** Users who ask again and again through a balancer; every answer is checked. */
import { Agent, get } from 'node:http';
import { type InForce, versionOf } from './plans.ts';

/** What a service says of a request. */
export interface Told {
  readonly version: string;
  readonly decision: string;
}

const USERS = 500;

function ask(agent: Agent, port: number, user: string): Promise<Told> {
  const { promise, resolve, reject } = Promise.withResolvers<Told>();
  get({ agent, port, host: '127.0.0.1', headers: { host: 'shop', 'user-id': user } }, (res) => {
    let body = '';
    res
      .setEncoding('utf8')
      .on('data', (chunk) => {
        body += chunk;
      })
      .on('error', reject)
      .on('end', () => {
        if (res.statusCode === 200) resolve(JSON.parse(body));
        else reject(new Error(`${res.statusCode} ${body}`));
      });
  }).on('error', reject);
  return promise;
}

export class Load {
  requests = 0;
  /** What went wrong, in words. */
  readonly failed: string[] = [];
  readonly wrong: string[] = [];
  readonly revisions = new Set<number>();
  /** Whether the release is being taken back, when that was confirmed, and when another version answered last. */
  isAborting = false;
  confirmed = Number.POSITIVE_INFINITY;
  lastOther = 0;
  readonly #agent: Agent;
  readonly #inForce: InForce;
  readonly #running: Promise<void>[];
  #goesOn = true;

  constructor(port: number, inForce: InForce, clients: number) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: clients });
    this.#inForce = inForce;
    this.#running = Array.from({ length: clients }, (_, i) => this.#drive(port, i));
  }

  async stop(): Promise<void> {
    this.#goesOn = false;
    await Promise.all(this.#running);
    this.#agent.destroy();
  }

  async #drive(port: number, first: number): Promise<void> {
    for (let i = first; this.#goesOn; i += 7) {
      const user = `user-${i % USERS}`;
      const began = performance.now();
      await ask(this.#agent, port, user).then(
        (told) => this.#check(user, began, told),
        (error) => void this.failed.push(String(error)),
      );
      this.requests += 1;
    }
  }

  #check(user: string, began: number, { version, decision }: Told): void {
    const revision = Number(/rev=(\d+)/.exec(decision)?.[1]);
    this.revisions.add(revision);
    const isTimely = this.#inForce.covers(revision, began, performance.now());
    if (!isTimely) this.wrong.push(`revision ${revision} at ${this.#inForce.latest}`);
    if (version !== 'v1') this.lastOther = performance.now();
    if (this.isAborting && decision.includes('reason=DISABLED')) {
      if (version !== 'v1') this.wrong.push(`${user} got ${version} of an aborted release`);
    } else if (began > this.confirmed) this.wrong.push(`${user}: not aborted`);
    else if (version !== versionOf(revision, user))
      this.wrong.push(`${user} got ${version} by revision ${revision}`);
  }
}
