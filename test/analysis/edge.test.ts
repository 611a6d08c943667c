/**
 * The real edge under load, a real Prometheus that scrapes it, and `tinct check`: two versions of a service whose
 * bugs the test knows.
 */
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadConfig, startProxy } from '@tinct/proxy';
import t, { type Test } from 'tap';
import { Chance } from '../../bench/analysis/chance.ts';
import { check } from './checking.ts';
import { Prometheus, prometheusMissing } from './prometheus.ts';

// Real programs under load, on a machine that may have much else to do.
t.setTimeout(900_000);

const missing = prometheusMissing();
if (missing !== undefined && process.env['TINCT_REQUIRE_PARTS'] === '1') throw new Error(missing);
const skip = missing ?? false;

interface Version {
  /** The share of users' requests that fail. */
  readonly errors: number;
  /** Of staff. */
  readonly staffErrors?: number;
  readonly delayMs?: number;
}

/** Says which version it is, and fails as told. */
async function service(t: Test, name: string, seed: number, version: Version): Promise<string> {
  const chance = new Chance(seed, 1);
  const { errors, staffErrors = errors, delayMs = 0 } = version;
  const server = createServer((incoming, response) => {
    const isStaff = String(incoming.headers['user-id']).startsWith('staff');
    const status = chance.uniform() < (isStaff ? staffErrors : errors) ? 500 : 200;
    const answer = () => response.writeHead(status, { 'x-tinct-served': name }).end('ok');
    if (delayMs === 0) answer();
    else setTimeout(answer, delayMs * (0.5 + chance.uniform()));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const PLAN = `apiVersion: tinct.dev/v1
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

/** The edge, its load and its Prometheus; answers with where that is. `staff`: the share of requests that are theirs. */
async function stage(t: Test, v1: Version, v2: Version, staff = 0): Promise<string> {
  const [one, two] = [await service(t, 'v1', 1, v1), await service(t, 'v2', 2, v2)];
  const folder = t.testdir({ 'plan.yaml': PLAN });
  const text = `plan: { file: plan.yaml }
listen: { port: 0 }
admin: { port: 0 }
trustedHops: [127.0.0.1]
direct: { my-service: { v1: "${one}", v2: "${two}" } }
upstream: ${one}
`;
  const loaded = loadConfig({ file: { name: 'proxy.yaml', text }, env: {}, flags: {} });
  t.strictSame(loaded.findings, []);
  const folders = { config: folder, cwd: folder };
  const lines: string[] = [];
  const log = { write: (line: string) => void lines.push(line) };
  const proxy = await startProxy(loaded, { folders, log, env: {} });
  t.teardown(() => proxy.stop());
  t.match(lines.join(''), /a plan came into force/);
  const prometheus = await Prometheus.start([new URL(proxy.admin?.url ?? '').host], 2);
  t.teardown(() => prometheus.stop());
  t.teardown(load(proxy.address.url, staff));
  return prometheus.url;
}

/** Eight connections that ask one after the other, each time as another of 5,000 users. Ends when it is called. */
function load(url: string, staff: number): () => Promise<void> {
  const chance = new Chance(7, 7);
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  let isOver = false;
  const who = () =>
    chance.uniform() < staff
      ? `staff-${Math.floor(20 * chance.uniform())}`
      : `u${Math.floor(5000 * chance.uniform())}`;
  const ask = async (): Promise<void> => {
    while (!isOver) {
      await once(url, agent, who());
      // Room for everything else in this process, Prometheus' scrapes among it.
      await new Promise((done) => setTimeout(done, 10));
    }
  };
  const asking = Promise.all(Array.from({ length: 8 }, ask));
  return async () => {
    isOver = true;
    await asking;
    agent.destroy();
  };
}

function once(url: string, agent: Agent, user: string): Promise<void> {
  return new Promise((done) => {
    const asked = request(url, { agent, headers: { 'user-id': user } }, (response) => {
      response.resume().on('close', done);
    });
    asked.on('error', () => done()).end();
  });
}

const WAIT = ['--wait', '100s', '--every', '1s', '--minimum-units', '50'];

/** Here nobody is worse: 1.5 leaves no room for the one in a hundred whom 1.2 would convict by chance. */
const FAIR = [...WAIT, '--tolerance', '1.5'];

t.test('equal versions pass', { skip }, async (t) => {
  const url = await stage(t, { errors: 0.05 }, { errors: 0.05 });
  const { status, report } = await check(url, ...FAIR);
  t.equal(status, 0, report.reasons.join());
});

t.test('three times the errors fail', { skip }, async (t) => {
  const url = await stage(t, { errors: 0.05 }, { errors: 0.15 });
  const { status, report } = await check(url, ...WAIT);
  t.equal(status, 1, report.reasons.join());
  t.equal(report.reasons[0], 'errors-worse');
});

t.test('a slow version fails, by latency', { skip }, async (t) => {
  const url = await stage(t, { errors: 0.05, delayMs: 10 }, { errors: 0.05, delayMs: 40 });
  const { status, report } = await check(url, ...WAIT);
  t.equal(status, 1, report.reasons.join());
  t.equal(report.reasons[0], 'latency-worse');
});

t.test('attack: staff on the new version with bad luck convict nobody', { skip }, async (t) => {
  const url = await stage(t, { errors: 0.05 }, { errors: 0.05, staffErrors: 0.8 }, 0.1);
  const { status, report } = await check(url, ...FAIR);
  t.equal(status, 0, report.reasons.join());
});
