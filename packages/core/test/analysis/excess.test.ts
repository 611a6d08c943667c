/** Evidence of a small difference is worth what it says, by adding up every outcome; and a service without errors can pass. */
import t from 'tap';
import {
  ANALYSIS_DEFAULTS,
  Analysis,
  type AnalysisSettings,
  ExcessEvidence,
  errorBudget,
  judge,
} from '../../src/index.ts';
import { binomial, binomialWeights, interval, random, stratum } from './counts.ts';

const BOUND = 0.02;

/** The expectation of the evidence over two strata of other rates, when the canary's rates are control's plus `excess`. */
function expectation(excess: number): number {
  const strata = [
    { m: 8, n: 12, rate: 0.01 },
    { m: 9, n: 10, rate: 0.1 },
  ].map(({ m, n, rate }) => ({
    ...{ m, n },
    canary: binomialWeights(m, rate + excess),
    control: binomialWeights(n, rate),
  }));
  const evidence = (counts: readonly (readonly [x: number, y: number])[]) => {
    const one = new ExcessEvidence();
    counts.forEach(([canary, control], i) => {
      const { m, n } = strata[i] ?? { m: 0, n: 1 };
      one.add({ canary, control, exposure: m, odds: m / n });
    });
    return Math.exp(one.logBelow(BOUND, 1));
  };
  const outcomes = strata.map(({ canary, control }) =>
    canary.flatMap((p, x) => control.map((q, y) => ({ x, y, chance: p * q }))),
  );
  let sum = 0;
  for (const first of outcomes[0] ?? [])
    for (const second of outcomes[1] ?? [])
      sum +=
        first.chance *
        second.chance *
        evidence([
          [first.x, first.y],
          [second.x, second.y],
        ]);
  return sum;
}

t.test('at the bound the expectation is at most 1, whatever control’s rates are', async (t) => {
  const [at, above, below] = [BOUND, 0.05, 0].map(expectation);
  t.ok((at ?? 2) <= 1 && (at ?? 0) > 0.85, `${at}: not much is given away`);
  t.ok((above ?? 2) < (at ?? 0));
  t.ok((below ?? 0) > 1);
});

t.test('units whose requests all fail together are no evidence of luck', async (t) => {
  // Each of 20 units makes 5 requests, of which all fail with the bound's probability, or none.
  const weights = binomialWeights(20, BOUND);
  const sum = weights.reduce((total, weight, units) => {
    const evidence = new ExcessEvidence();
    evidence.add({ canary: 5 * units, control: 0, exposure: 100, odds: 0.5 });
    return total + weight * Math.exp(evidence.logBelow(BOUND, 5));
  }, 0);
  t.ok(sum <= 1, `${sum}`);
});

t.test(
  'attack: looked at each minute, at most 5 % of versions at the bound ever pass',
  async (t) => {
    const next = random(20_261_123);
    const runs = 300;
    let reached = 0;
    for (let run = 0; run < runs; run += 1) {
      const evidence = new ExcessEvidence();
      for (let minute = 0; minute < 200; minute += 1) {
        const rate = minute < 100 ? 0.001 : 0.02;
        const canary = binomial(next, 20, rate + BOUND);
        evidence.add({ canary, control: binomial(next, 60, rate), exposure: 20, odds: 1 / 3 });
        if (evidence.logBelow(BOUND, 1) < Math.log(20)) continue;
        reached += 1;
        break;
      }
    }
    // 15 of 300 by Ville; 29 and more would be chance once in 2,000 such tests.
    t.ok(reached <= 28, `${reached} of ${runs}`);
    t.ok(reached > 0, 'the test has teeth');
  },
);

t.test('the excess that is excluded shrinks with what is seen, and is the inverse', async (t) => {
  const evidence = new ExcessEvidence();
  t.equal(evidence.upper(0.05, 1), 1, 'nothing is known');
  evidence.add({ canary: 0, control: 0, exposure: 5000, odds: 0.1 });
  const upper = evidence.upper(0.05, 1);
  t.ok(upper > 3 / 5000 && upper < 4.5 / 5000, `the rule of three, nearly: ${upper}`);
  t.ok(Math.abs(evidence.logBelow(upper, 1) - Math.log(20)) < 1e-6);
  const again = new ExcessEvidence(JSON.parse(JSON.stringify(evidence.state())));
  t.equal(again.upper(0.05, 1), upper);
});

const settings: AnalysisSettings = {
  ...ANALYSIS_DEFAULTS,
  weights: { errors: 1, latency: 0, refusals: 0 },
};

/** Some minutes of 1,000 requests of 500 units in the canary, two each. */
function after(minutes: number, errors: readonly [canary: number, control: number]): Analysis {
  const analysis = new Analysis(settings, 0);
  const each = stratum(
    { requests: 1000, errors: errors[0], affected: errors[0] },
    { requests: 9000, errors: errors[1], affected: errors[1] },
    0.1,
  );
  for (let i = 1; i <= minutes; i += 1)
    analysis.advance(
      interval(60 * i, [each], [], {
        units: { canary: 500 * i, control: 4500 * i },
        assigned: [{ share: 0.1, canary: 500 * i, control: 4500 * i, design: 1 }],
      }),
    );
  return analysis;
}

t.test('a service without any error passes, once so few would have shown', async (t) => {
  t.strictSame(judge(after(11, [0, 0]), []).reasons, ['errors-undecided']);
  t.strictSame(judge(after(40, [0, 0]), []), { verdict: 'pass', reasons: ['not-worse'] });
});

t.test('a canary that alone has errors does not pass by that', async (t) => {
  t.not(judge(after(40, [2, 0]), []).verdict, 'pass');
});

t.test('the bound is what the plan’s objective leaves for errors, at most 1 %', async (t) => {
  const said = (value: number) => [
    { kind: { of: 'objective' }, target: 'a', samples: [{ at: 1, value }] } as const,
  ];
  t.equal(errorBudget([]), undefined);
  t.ok(Math.abs((errorBudget(said(0.999)) ?? 0) - 0.001) < 1e-9);
  t.equal(errorBudget(said(0.9)), 0.01);
});
