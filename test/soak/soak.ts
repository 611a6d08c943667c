/**
 * Three `tinct proxy` processes behind HAProxy under load, while the plan is rewritten and the processes are ended and
 * started again.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import {
  freePort,
  listens,
  type Owner,
  scratch,
  started,
} from '../../packages/proxy/test/parts.ts';
import { Load } from './load.ts';
import { InForce, planText } from './plans.ts';
import { Replica } from './replica.ts';

export interface SoakOptions {
  readonly reloads: number;
  readonly restarts: number;
  readonly clients: number;
  readonly progress?: (what: string) => void;
}

export interface SoakResult {
  readonly requests: number;
  readonly failed: readonly string[];
  readonly wrong: readonly string[];
  /** Under how many revisions somebody was served. */
  readonly revisions: number;
  readonly reloads: number;
  /** Exit statuses of the processes that were ended. */
  readonly statuses: readonly (number | null)[];
  readonly seconds: number;
  readonly abort: AbortResult;
}

/** In milliseconds from when the replicas were told. */
export interface AbortResult {
  /** Until all had confirmed. */
  readonly confirmed: number;
  /** Until the last request that somebody else than stable answered. */
  readonly last: number;
}

const REPLICAS = 3;
/** Longer than HAProxy takes to notice that one is not ready, on a busy machine too. */
const NOT_READY_MS = 1500;
const PAUSE_MS = 50;

/** A version that says who it is, and how it was chosen. */
async function service(owner: Owner, version: string): Promise<string> {
  const server = createServer((req, res) => {
    res.end(JSON.stringify({ version, decision: `${req.headers['x-tinct-decision']}` }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  owner.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const TOKEN = 'a-token-of-the-soak';

const configuration = (v1: string, v2: string): string => `
listen: { host: 127.0.0.1 }
upstream: ${v1}
direct: { my-service: { v1: "${v1}", v2: "${v2}" } }
plan: { file: plan.yaml }
trustedHops: [127.0.0.0/8]
shutdown: { notReady: ${NOT_READY_MS}ms, grace: 10s }
admin: { token: ${TOKEN} }
log: { level: error }
`;

/** A balancer that asks each edge whether it is ready, and tries no request twice. */
async function balancer(owner: Owner, replicas: readonly Replica[]): Promise<number> {
  const port = await freePort();
  const servers = replicas.map(
    (replica, i) =>
      `  server edge${i} 127.0.0.1:${replica.port} check port ${replica.adminPort} inter 100ms fall 2 rise 1`,
  );
  const file = join(scratch(owner, 'balancer'), 'haproxy.cfg');
  writeFileSync(
    file,
    `
global
  nbthread 1
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  retries 0
frontend in
  bind 127.0.0.1:${port}
  default_backend edges
backend edges
  balance roundrobin
  option httpchk GET /readyz
${servers.join('\n')}
`,
  );
  started(owner, 'haproxy', ['-f', file, '-db', '-q']);
  await listens({ port });
  return port;
}

/** Rewrites the plan as editors and `tinct plan set` do: another file is renamed over it. */
function writePlan(folder: string, revision: number): void {
  const file = join(folder, 'plan.yaml');
  writeFileSync(`${file}.new`, planText(revision));
  renameSync(`${file}.new`, file);
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await setTimeout(10);
}

/** Takes the release back at every replica at once, and goes on for a while. */
async function abort(replicas: readonly Replica[], load: Load): Promise<AbortResult> {
  const began = performance.now();
  load.isAborting = true;
  await Promise.all(replicas.map((replica) => replica.abort('my-service', TOKEN)));
  const ended = performance.now();
  load.confirmed = ended;
  const { requests } = load;
  await until(() => load.requests > requests + 200);
  return { confirmed: ended - began, last: Math.max(0, load.lastOther - began) };
}

/** Asks the replicas for their revisions until `isOver`. */
async function observe(replicas: readonly Replica[], inForce: InForce, isOver: () => boolean) {
  while (!isOver()) {
    const revisions = await Promise.all(replicas.map((replica) => replica.revision()));
    revisions.forEach((revision, i) => {
      if (revision !== undefined) inForce.seen(i, revision);
    });
    await setTimeout(10);
  }
}

export async function soak(owner: Owner, options: SoakOptions): Promise<SoakResult> {
  const { progress = () => {} } = options;
  const folder = scratch(owner, 'soak');
  const urls = [await service(owner, 'v1'), await service(owner, 'v2')] as const;
  writeFileSync(join(folder, 'proxy.yaml'), configuration(...urls));
  const inForce = new InForce(REPLICAS);
  writePlan(folder, inForce.next());
  const replicas: Replica[] = [];
  for (let i = 0; i < REPLICAS; i += 1) replicas.push(await Replica.in(owner, folder));
  await Promise.all(replicas.map((replica) => replica.start()));
  const port = await balancer(owner, replicas);
  await setTimeout(500);

  const began = performance.now();
  const load = new Load(port, inForce, options.clients);
  let isOver = false;
  const observed = observe(replicas, inForce, () => isOver);
  const statuses: (number | null)[] = [];
  let restarting = true;

  const restart = async () => {
    for (let i = 0; i < options.restarts; i += 1) {
      const replica = replicas[i % REPLICAS] as Replica;
      statuses.push(await replica.stop());
      await replica.start();
      // The balancer sends it requests again before the next one leaves.
      await setTimeout(500);
      progress(`restart ${i + 1}, revision ${inForce.latest}, ${load.requests} requests`);
    }
    restarting = false;
  };
  const reload = async () => {
    for (let i = 0; i < options.reloads; i += 1) {
      writePlan(folder, inForce.next());
      const { requests } = load;
      // Under each plan somebody asks, and each restart has its share of the plans.
      await until(() => load.requests > requests + options.clients);
      await setTimeout(PAUSE_MS);
      const share = () => ((statuses.length + 1) / options.restarts) * options.reloads;
      await until(() => !restarting || i + 1 < share());
    }
    await until(() => inForce.isSettled);
  };
  await Promise.all([restart(), reload()]);
  await until(() => inForce.isSettled);
  const aborted = await abort(replicas, load);
  await load.stop();
  isOver = true;
  await observed;
  const { requests, failed, wrong, revisions } = load;
  const seconds = (performance.now() - began) / 1000;
  const { reloads } = options;
  return {
    requests,
    failed,
    wrong,
    revisions: revisions.size,
    reloads,
    statuses,
    seconds,
    abort: aborted,
  };
}
