/** `tinct check --source istio` reads a real Prometheus that scrapes what Istio's gateways expose: versions, requests, no users. */
import t, { type Test } from 'tap';
import { check } from './checking.ts';
import type { Traffic } from './edges.ts';
import { HOST, SimulatedGateway } from './gateway.ts';
import { Prometheus, withoutPrometheus } from './prometheus.ts';

t.setTimeout(900_000);

const skip = withoutPrometheus();

const TRAFFIC: Traffic = { requests: 12_000, share: 0.2, errors: 0.005, ratio: 1, slower: 1 };

const PLAN = `apiVersion: tinct.dev/v1
kind: Plan
metadata: { name: shop, revision: 1 }
identity: [{ unit: user, header: user-id }]
releases:
  my-service:
    stable: v1
    services: { my-service: { host: ${HOST}, subsets: { v1: { version: v1 }, v2: { version: v2 } } } }
    rules:
      - { percent: 20, variant: v2 }
`;

async function checked(t: Test, traffic: Partial<Traffic>, seed: number, ...more: string[]) {
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
  const source = ['--source', 'istio', '--plan', plan, '--since', since];
  return check(prometheus.url, ...source, '--wait', '90s', '--every', '1s', ...more);
}

t.test('equal versions pass, by requests alone, and it is said', { skip }, async (t) => {
  const { status, report } = await checked(t, {}, 11, '--tolerance', '1.5');
  t.equal(status, 0, report.reasons.join());
  t.match(report, { settings: { level: 'requests', assumedDesign: 5 } });
});

t.test('three times the errors fail', { skip }, async (t) => {
  const { status, report } = await checked(t, { ratio: 3 }, 21);
  t.equal(status, 1, report.reasons.join());
  t.equal(report.reasons[0], 'errors-worse');
});

t.test('a slow version fails, by latency', { skip }, async (t) => {
  const { status, report } = await checked(t, { slower: 1.5 }, 31);
  t.equal(status, 1, report.reasons.join());
  t.equal(report.reasons[0], 'latency-worse');
});
