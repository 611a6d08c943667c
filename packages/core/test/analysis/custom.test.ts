/** Metrics of the plan: compared as the rest is, in the direction that is worse; not measured is not a pass. */
import t from 'tap';
import {
  ANALYSIS_DEFAULTS,
  Analysis,
  analyse,
  type CustomMetric,
  judge,
  type MeasuredSeries,
  parsePlan,
  type Stratum,
} from '../../src/index.ts';
import { binomialWeights, interval, stratum } from './counts.ts';

const ORDERS: CustomMetric = { name: 'orders', unit: 'orders', worse: 'fewer', perUnit: 1 };
const settings = (...custom: CustomMetric[]) => ({
  ...ANALYSIS_DEFAULTS,
  weights: { errors: 1, latency: 0, refusals: 0 },
  custom,
});

const equal = stratum(
  { requests: 100, errors: 1, affected: 1 },
  { requests: 1900, errors: 19, affected: 19 },
);
const counted = (canary: number, control: number): Stratum => ({
  ...equal,
  custom: [{ canary: { events: canary, total: 100 }, control: { events: control, total: 1900 } }],
});

function after(minutes: number, each: Stratum, ...custom: CustomMetric[]): Analysis {
  const analysis = new Analysis(settings(...custom), 0);
  for (let i = 1; i <= minutes; i += 1) {
    const units = { canary: 10 * i, control: 190 * i };
    const assigned = [{ share: 0.05, ...units, design: 1 }];
    analysis.advance(interval(60 * i, [each], Array(32).fill(1), { units, assigned }));
  }
  return analysis;
}

t.test('half of the orders: fail, in words of its own', async (t) => {
  t.strictSame(judge(after(60, counted(5, 190), ORDERS), []), {
    verdict: 'fail',
    reasons: ['custom-worse'],
  });
  t.equal(judge(after(60, counted(20, 190), ORDERS), []).verdict, 'pass', 'more is not worse');
  const complaints: CustomMetric = { ...ORDERS, worse: 'more' };
  t.equal(judge(after(60, counted(20, 190), complaints), []).verdict, 'fail');
  t.equal(judge(after(60, counted(5, 190), complaints), []).verdict, 'pass');
});

t.test('a metric that nobody counts keeps a pass away', async (t) => {
  t.equal(judge(after(60, equal), []).verdict, 'pass');
  t.strictSame(judge(after(60, equal, ORDERS), []).reasons, ['custom-missing']);
  const few = judge(after(60, counted(0, 0.2), { ...ORDERS, worse: 'more' }), []);
  t.strictSame(few.reasons, ['custom-undecided'], 'nor does one that says too little');
});

t.test('at the tolerance the expectation is at most 1, whichever way is worse', async (t) => {
  for (const worse of ['more', 'fewer'] as const) {
    const odds = (worse === 'more' ? 1.2 : 1 / 1.2) * (100 / 300);
    const n = 20;
    const sum = binomialWeights(n, odds / (1 + odds)).reduce((total, weight, x) => {
      const analysis = new Analysis(settings({ ...ORDERS, worse }), 0);
      analysis.custom[0]?.add({
        canary: { events: x, total: 100 },
        control: { events: n - x, total: 300 },
      });
      return total + weight * Math.exp(analysis.custom[0]?.ratio.logWorse ?? 0);
    }, 0);
    t.ok(Math.abs(sum - 1) < 1e-9, `${worse}: ${sum}`);
  }
});

t.test('all metrics together have one alpha', async (t) => {
  const analysis = new Analysis({ ...ANALYSIS_DEFAULTS, custom: [ORDERS, ORDERS, ORDERS] }, 0);
  const shares = [
    ...(['errors', 'latency', 'refusals'] as const).map((name) => analysis.weightOf(name)),
    ...[0, 1, 2].map(() => analysis.customWeight),
  ];
  t.ok(Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1) < 1e-12);
  t.ok(Math.abs(analysis.logWorse) < 1e-12, 'nothing was seen, so it is 1');
});

t.test('from samples to a ratio the right way round, and on from its state', async (t) => {
  const of = (arm: 'canary' | 'control', part: 'events' | 'total', by: number): MeasuredSeries => ({
    kind: { of: 'custom', metric: 0, arm, part },
    target: 'plan metric orders',
    samples: Array.from({ length: 20 }, (_, i) => ({ at: 60 * i, value: by * i })),
  });
  const series = [
    of('canary', 'events', 5),
    of('canary', 'total', 100),
    of('control', 'events', 20),
    of('control', 'total', 200),
  ];
  const { custom } = analyse(series, settings(ORDERS), { now: 1200, since: 0 });
  t.ok(Math.abs((custom[0]?.estimate ?? 0) - 0.5) < 0.05, `${custom[0]?.estimate}`);
  const [low = 1, high = 0] = custom[0]?.interval ?? [];
  t.ok(low < 0.5 && high > 0.5 && high < 1, `${low} … ${high}`);
  t.match(custom[0]?.counts, { canary: { events: 95, total: 1900 } });
  const whole = after(30, counted(5, 190), ORDERS);
  const first = after(10, counted(5, 190), ORDERS);
  const again = new Analysis(settings(ORDERS), 0, JSON.parse(JSON.stringify(first.state())));
  for (let i = 11; i <= 30; i += 1)
    again.advance(interval(60 * i, [counted(5, 190)], Array(32).fill(1)));
  t.ok(
    Math.abs((again.custom[0]?.ratio.logWorse ?? 0) - (whole.custom[0]?.ratio.logWorse ?? 1)) <
      1e-9,
  );
});

const planWith = (events: string) => `apiVersion: tinct.dev/v1
kind: Plan
metadata: { name: shop, revision: 1 }
releases:
  shop:
    stable: v1
    services: { shop: { host: shop, subsets: { v1: { version: v1 }, v2: { version: v2 } } } }
    analysis:
      metrics:
        orders:
          unit: orders
          worse: fewer
          canary: { events: '${events}', total: visits_total }
          control: { events: 'orders_total{version="v1"}', total: visits_total }
`;
const codes = (events: string) =>
  parsePlan(planWith(events), { file: 'plan.yaml' }).findings.map(({ code }) => code);

t.test('what is no selector of a counter is refused in the plan', async (t) => {
  for (const fine of ['orders_total', 'orders_total{version="v2"}', 'a:b_count{x=~"{2}|\\\\d"}'])
    t.strictSame(codes(fine), [], fine);
  for (const wrong of [
    'rate(orders_total[5m])',
    'sum(orders_total)',
    'orders_total[5m]',
    'orders_total offset 1h',
    'orders_total / visits_total',
    'queue_length',
    'orders_total{version="v2"',
    '',
  ])
    t.strictSame(codes(wrong), ['TINCT_PLAN_METRIC_SELECTOR'], wrong);
  const { plan } = parsePlan(planWith('orders_total'), { file: 'plan.yaml' });
  t.match(plan?.releases['shop']?.metrics, [{ name: 'orders', worse: 'fewer', perUnit: 5 }]);
});

t.test('attack: a selector that is long and nearly right is refused as fast as any', async (t) => {
  t.strictSame(codes(`orders_total{${'a="b",'.repeat(300)}`), ['TINCT_PLAN_METRIC_SELECTOR']);
});

t.test('more than ten metrics have no alpha left', async (t) => {
  const one = (i: number) =>
    `        m${i}: { unit: x, worse: more, canary: { events: a_total, total: b_total }, control: { events: c_total, total: d_total } }\n`;
  const text = planWith('orders_total') + Array.from({ length: 10 }, (_, i) => one(i)).join('');
  const { findings } = parsePlan(text, { file: 'plan.yaml' });
  t.strictSame(
    findings.map(({ code }) => code),
    ['TINCT_PLAN_METRICS_MANY'],
  );
});
