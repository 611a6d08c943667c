/** `tinct check --source istio` reads a real Prometheus that scrapes what Istio's gateways expose: versions, requests, no users. */
import t, { type Test } from 'tap';
import { Analyser } from './analyser.ts';
import { check } from './checking.ts';
import { HOST, type MeshTraffic, SimulatedGateway } from './gateway.ts';
import { Prometheus, withoutPrometheus } from './prometheus.ts';

t.setTimeout(900_000);

// They wait for scrapes more than they work.
t.jobs = 4;

const skip = withoutPrometheus();

const TRAFFIC: MeshTraffic = { requests: 12_000, share: 0.2, errors: 0.005, ratio: 1, slower: 1 };

const PLAN = `apiVersion: tinct.dev/v1
kind: Plan
metadata: { name: shop, revision: 1 }
identity: [{ unit: user, header: user-id }]
releases:
  my-service:
    stable: v1
    services:
      my-service:
        host: ${HOST}
        subsets: { v1: { version: v1 }, v1-baseline: { version: v1-baseline }, v2: { version: v2 } }
    rules:
      - split:
          - { variant: v2, percent: 20, ranges: [[0, 20000]] }
          - { variant: v1-baseline, percent: 20, ranges: [[50000, 70000]] }
`;

/** The options of both commands, at a Prometheus that scrapes two gateways. */
async function stage(t: Test, traffic: Partial<MeshTraffic>, seed: number) {
  const since = new Date().toISOString();
  const gateways = [seed, seed + 1].map(
    (each) => new SimulatedGateway({ ...TRAFFIC, ...traffic }, each),
  );
  t.teardown(() => {
    for (const gateway of gateways) gateway.close();
  });
  const prometheus = await Prometheus.start(
    await Promise.all(gateways.map((each) => each.listen())),
  );
  t.teardown(() => prometheus.stop());
  const plan = `${t.testdir({ 'plan.yaml': PLAN })}/plan.yaml`;
  const more = ['--source', 'istio', '--plan', plan, '--since', since];
  return { url: prometheus.url, more };
}

const WAIT = ['--wait', '90s', '--every', '1s'];

async function checked(t: Test, traffic: Partial<MeshTraffic>, seed: number, ...more: string[]) {
  const { url, more: source } = await stage(t, traffic, seed);
  return check(url, ...source, ...WAIT, ...more);
}

t.test(
  'equal versions pass, by requests alone, and it is said',
  { skip, buffered: true },
  async (t) => {
    const { status, report } = await checked(t, {}, 11);
    t.equal(status, 0, report.reasons.join());
    t.match(report, { settings: { level: 'requests', assumedDesign: 5 } });
  },
);

t.test(
  'three times the errors fail, and an analyser says the same',
  { skip, buffered: true },
  async (t) => {
    const { url, more } = await stage(t, { ratio: 3 }, 21);
    const { status, report } = await check(url, ...more, ...WAIT);
    t.equal(status, 1, report.reasons.join());
    t.equal(report.reasons[0], 'errors-worse');
    const analyser = await Analyser.start(t, url, ...more);
    const served = await analyser.report(({ verdict }) => verdict === 'fail');
    t.equal(served.reasons[0], 'errors-worse');
    t.match(served, { settings: { level: 'requests' } });
  },
);

t.test(
  'with a baseline: worse than that, though no worse than stable',
  { skip, buffered: true },
  async (t) => {
    const traffic = { errors: 0.015, baseline: { share: 0.2, ratio: 1 / 3 } };
    const { status, report } = await checked(t, traffic, 41, '--baseline', 'v1-baseline');
    t.equal(status, 1, report.reasons.join());
    t.match(report, { reasons: ['errors-worse'], settings: { baseline: 'v1-baseline' } });
    t.ok(report.arms.control.errors / report.arms.control.requests < 0.01, 'stable is not in it');
  },
);

t.test('a slow version fails, by latency', { skip, buffered: true }, async (t) => {
  const { status, report } = await checked(t, { slower: 1.5 }, 31);
  t.equal(status, 1, report.reasons.join());
  t.equal(report.reasons[0], 'latency-worse');
});
