/** Which release a request counts for: only the one whose own service answered. */
import { type Decision, parsePlan, SERIES } from '@tinct/core';
import t from 'tap';
import { edgeMetrics } from '../../src/exposition/families.ts';
import type { Edge } from '../../src/index.ts';
import { answeredBy, grpcStatusOf, reachedBy } from '../../src/record/answered.ts';
import { shapeOf } from '../../src/record/roster.ts';
import { curl, edgeFor, planText, TextSource, until, upstream } from '../helpers.ts';

const decisionsOf = (...releases: string[]): Decision[] =>
  releases.map((release) => {
    const made = { variant: 'v1', reason: 'SPLIT', rule: 0, revision: 1, epoch: 1 } as const;
    return { ...made, release, arm: 'control', detail: undefined };
  });

const TWO = `
  cart:
    stable: v1
    services: { cart: { host: cart, exposed: false, subsets: { v1: { version: v1 }, v9: { version: v9 } } } }
    rules: [{ percent: 5, variant: v9 }]
`;

const { plan } = parsePlan(planText({ more: TWO }));
const shapes = Object.values(plan?.releases ?? {}).map(shapeOf);
const shapeNamed = (release: string) => shapes.find(({ name }) => name === release);

function reached(marks: string[], direct?: string): string[] {
  const answered = answeredBy(200, marks);
  const all = ['my-service', 'cart'];
  return all.filter(reachedBy(decisionsOf(...all), { direct, answered }, shapeNamed));
}

t.test('a URL of the release, a route’s word and a service’s word reach', async (t) => {
  t.strictSame(reached([]), []);
  t.strictSame(reached([], 'cart'), ['cart']);
  t.strictSame(reached(['X-Tinct-Routed', 'cart=v9']), ['cart']);
  t.strictSame(reached(['x-tinct-routed', 'cart=v9, my-service=v1']), ['my-service', 'cart']);
  t.strictSame(reached(['x-tinct-served', 'v1']), ['my-service'], 'no gateway leads to the other');
  t.strictSame(reached(['x-tinct-served', 'v9', 'x-tinct-routed', 'cart=v9']), ['cart']);
});

t.test('a service’s word is of nobody where two of them could have spoken', async (t) => {
  const open = (release: string) => {
    const shape = shapeNamed(release);
    return shape && { ...shape, exposed: true };
  };
  const answered = answeredBy(200, ['x-tinct-served', 'v1']);
  const all = decisionsOf('my-service', 'cart');
  t.notOk(all.some(({ release }) => reachedBy(all, { answered }, open)(release)));
});

t.test('what an answer’s head says', async (t) => {
  t.match(answeredBy(304, []), { cached: true, stream: false });
  t.match(answeredBy(200, ['Age', '0']), { cached: false });
  t.match(answeredBy(200, ['age', '12']), { cached: true });
  t.match(answeredBy(200, ['Content-Type', 'text/event-stream; x']), { stream: true });
  t.match(answeredBy(200, ['grpc-status', '14']), { grpcStatus: 14 });
  t.equal(grpcStatusOf(['a', 'grpc-status', 'Grpc-Status', '2']), 2);
  t.equal(grpcStatusOf([]), undefined);
});

/** Series of a metric: labels that matter → value, without zeros. */
function counted(edge: Edge, name: keyof typeof SERIES, ...labels: string[]) {
  const families = edgeMetrics({ ...edge, isReady: () => true });
  const points = families.find(({ metric }) => metric === SERIES[name])?.points ?? [];
  const all = points.flatMap((point) => {
    const value =
      'value' in point
        ? point.value
        : [...Array.from(point.histogram.counts)].reduce((a, b) => a + b);
    return value === 0
      ? []
      : [[labels.map((label) => point.labels[label]).join(' '), value] as const];
  });
  return Object.fromEntries(all);
}

const percentPlan = (more = '') =>
  new TextSource(
    planText({ rules: '{ users: ["staff"], variant: v2 }, { percent: 50, variant: v2 }', more }),
  );

t.test('requests that never asked the service count for no release’s service', async (t) => {
  const url = await upstream(t, (req, res) => {
    const isService = req.url === '/service';
    res.writeHead(isService ? 500 : 200, isService ? { 'x-tinct-served': 'v1' } : {}).end();
  });
  const edge = await edgeFor(t, { upstream: url, plan: percentPlan() });
  for (const path of ['', 'page', 'service'])
    await curl('-H', 'user-id: staff', `${edge.address.url}/${path}`);
  await until(() => edge.stats().requests === 3);
  t.strictSame(counted(edge, 'requests', 'variant', 'arm', 'reach', 'class'), {
    'v2 other unknown 2xx': 2,
    'v2 other service 5xx': 1,
  });
  t.strictSame(counted(edge, 'errors', 'variant', 'reach', 'cause'), { 'v2 service status': 1 });
  t.strictSame(counted(edge, 'assignments', 'variant', 'served'), {
    'v2 unknown': 2,
    'v2 mismatch': 1,
  });
});

t.test('arms, units and errors are counted to the unit', async (t) => {
  const failing = (version: string) =>
    upstream(t, (req, res) => {
      const fails = version === 'v2' && `${req.headers['user-id']}`.endsWith('0');
      res.writeHead(fails ? 503 : 200, { 'x-tinct-served': version }).end();
    });
  const [v1, v2] = [await failing('v1'), await failing('v2')];
  const edge = await edgeFor(t, {
    ...{ upstream: v1, direct: { 'my-service': { v1, v2 } }, plan: percentPlan() },
  });
  const users = Array.from({ length: 30 }, (_, i) => `user-${i}`);
  const asked = [...users, ...users, 'staff'];
  for (const user of asked) await curl('-H', `user-id: ${user}`, edge.address.url);
  await until(() => edge.stats().requests === asked.length);
  const [release] = edge.stats().releases;
  const [canary, control] = release?.units.arms ?? [];
  t.equal((canary?.units ?? 0) + (control?.units ?? 0), 30);
  t.strictSame([canary?.stepUnits, control?.stepUnits], [canary?.units, control?.units]);
  const errors = counted(edge, 'errors', 'arm');
  t.equal((errors['canary'] ?? 0) / 2, canary?.affected ?? 0, 'two errors each');
  t.equal(control?.affected, 0);
  const slices = counted(edge, 'sliceRequests', 'release');
  t.ok(Object.keys(slices).length > 0);
  t.strictSame(counted(edge, 'assignments', 'served'), { match: 2 * (canary?.units ?? 0) + 1 });
  t.match(counted(edge, 'exposed', 'variant'), {
    v1: control?.units,
    v2: (canary?.units ?? 0) + 1,
  });
});

t.test(
  'a service that cannot be reached is its release’s error; a refused request is nobody’s',
  async (t) => {
    const edge = await edgeFor(t, {
      upstream: 'http://127.0.0.1:1',
      direct: { 'my-service': { v1: 'http://127.0.0.1:1', v2: 'http://127.0.0.1:1' } },
      plan: percentPlan(),
    });
    await curl('-H', 'user-id: staff', edge.address.url);
    await curl('-X', 'TRACE', edge.address.url);
    await until(() => edge.stats().requests === 1 && edge.stats().refused === 1);
    t.strictSame(counted(edge, 'errors', 'variant', 'reach', 'cause'), {
      'v2 service upstream': 1,
    });
    t.strictSame(counted(edge, 'requests', 'variant', 'class'), { 'v2 5xx': 1 });
  },
);

t.test('event streams are outside of the durations; who gives up counts as slower', async (t) => {
  const url = await upstream(t, (req, res) => {
    if (req.url === '/hang') return;
    res.writeHead(200, { 'content-type': 'text/event-stream' }).end();
  });
  const edge = await edgeFor(t, { upstream: url, direct: { 'my-service': { v1: url, v2: url } } });
  await curl(`${edge.address.url}/events`);
  await curl('--max-time', '0.3', `${edge.address.url}/hang`);
  await until(() => edge.stats().requests === 2);
  t.strictSame(counted(edge, 'streams', 'variant'), { v1: 1 });
  t.strictSame(counted(edge, 'duration', 'variant'), { v1: 1 });
  const given = edge.stats().releases[0]?.cells.find(({ cell }) => cell.variant === 'v1');
  const { counts, sum } = given?.counts.service.durations ?? { counts: [], sum: 0 };
  const at = Array.from(counts).indexOf(1);
  t.ok(sum > 0);
  t.ok((SERIES.duration.bounds?.[at - 1] ?? 0) >= sum, 'slower than it had become');
});
