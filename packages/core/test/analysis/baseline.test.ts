/** A baseline instead of control: requests alone are evidence, and stable says how those of one unit go together. */
import t from 'tap';
import {
  ANALYSIS_DEFAULTS,
  Analysis,
  againstBaseline,
  baselineContext,
  baselineTrouble,
  canaryPart,
  judge,
  parsePlan,
  type Release,
  type Stratum,
  unlikeShares,
} from '../../src/index.ts';
import { interval, stratum } from './counts.ts';

const MINUTES = 60;
const settings = {
  ...ANALYSIS_DEFAULTS,
  weights: { errors: 1, latency: 0, refusals: 0 },
  ...againstBaseline('v1-baseline'),
};

/** `slices`: errors of each slice of stable in a minute. */
function after(each: Stratum, slices: readonly number[] = Array(32).fill(1)): Analysis {
  const analysis = new Analysis(settings, 0);
  for (let i = 1; i <= MINUTES; i += 1)
    analysis.advance(
      interval(60 * i, [each], slices, { units: { canary: 100 * i, control: 100 * i } }),
    );
  return analysis;
}

/** A canary beside a baseline as large; affected units are stable's. */
const beside = (errors: number, ofBaseline: number, affected = 32): Stratum =>
  stratum({ requests: 1000, errors }, { requests: 1000, errors: ofBaseline, affected }, 0.1);

t.test('errors of a fresh deployment are not held against the canary', async (t) => {
  t.strictSame(judge(after(beside(20, 20)), []), { verdict: 'pass', reasons: ['not-worse'] });
  t.strictSame(judge(after(beside(60, 20)), []).reasons, ['errors-worse']);
});

t.test('affected units are no evidence: they are stable’s, and nobody’s beside', async (t) => {
  const analysis = after(beside(20, 20, 500));
  t.strictSame(analysis.units.likelihood.events, [0, 0]);
  t.equal(analysis.logWorse, after(beside(20, 20)).logWorse);
});

t.test('the bet on first errors is on requests, and no more than that', async (t) => {
  const sum = ANALYSIS_DEFAULTS.ways.units + ANALYSIS_DEFAULTS.ways.requests;
  t.strictSame(settings.ways, { units: 0, requests: sum });
  t.ok(sum < 1);
});

t.test(
  'the design effect is stable’s: of its slices, and of its errors by failing unit',
  async (t) => {
    t.equal(after(beside(20, 20)).design, 1);
    const uneven = Array.from({ length: 32 }, (_, i) => (i < 4 ? 8 : 0));
    t.ok((after(beside(20, 20), uneven).design ?? 0) > 5);
    t.equal(after(beside(20, 20, 8)).design, 4, '32 errors of 8 units: whatever the baseline had');
  },
);

const planWith = (rules: string): Release => {
  const { plan, findings } = parsePlan(
    `apiVersion: tinct.dev/v1
kind: Plan
metadata: { name: shop, revision: 1 }
releases:
  shop:
    stable: v1
    services:
      shop:
        host: shop.shop.svc.cluster.local
        subsets: { v1: { version: v1 }, v1-baseline: { version: b }, v2: { version: v2 } }
    rules: ${rules}
`,
    { file: 'plan.yaml' },
  );
  const release = plan?.releases['shop'];
  if (release === undefined) throw new Error(JSON.stringify(findings));
  return release;
};
const split = (canary: number, baseline: number) =>
  planWith(
    `[{ split: [{ variant: v2, percent: ${canary}, ranges: [[0, ${canary * 1000}]] }, { variant: v1-baseline, percent: ${baseline}, ranges: [[50000, ${50000 + baseline * 1000}]] }] }]`,
  );

t.test('what a plan gives the baseline, and what it cannot be', async (t) => {
  const equal = baselineContext(split(5, 5));
  t.equal(baselineTrouble('v1-baseline', equal), undefined);
  t.equal(unlikeShares('v1-baseline', equal), undefined);
  t.equal(canaryPart('v1-baseline', equal), 0.5);
  t.match(baselineTrouble('v1', equal), /stable itself/);
  t.match(baselineTrouble('v2', { ...equal, winner: 'v2' }), /the winner/);
  const unlike = baselineContext(split(15, 5));
  t.equal(canaryPart('v1-baseline', unlike), 0.75);
  t.match(unlikeShares('v1-baseline', unlike), /5 %, and the canary 15 %/);
  const alone = baselineContext(planWith('[{ percent: 5, variant: v2 }]'));
  t.match(baselineTrouble('v2', alone), /it is the canary/);
  const everyone = baselineContext(planWith('[{ users: [jane], variant: v2 }]'));
  t.equal(canaryPart('v1-baseline', everyone), 0.5, 'nobody has a percentage');
});
