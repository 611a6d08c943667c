/**
 * Evidence is worth what it says: its expectation under “no worse than tolerated” is at most 1, computed by adding up every
 * outcome and not by drawing some, and whoever stops when it looks best is wrong no more often than alpha.
 */
import t from 'tap';
import { Mismatch, RatioEvidence } from '../../src/index.ts';
import { binomial, binomialWeights, random } from './counts.ts';

const BOUNDS = { tolerance: 1.2, margin: 2 };
const ALPHA = 0.05;

/** The expectation of `of` over two strata with other odds and numbers of events, when the ratio is `ratio`. */
function expectation(ratio: number, of: (evidence: RatioEvidence) => number): number {
  const strata = [
    { odds: 0.05, n: 12 },
    { odds: 0.7, n: 9 },
  ];
  const weights = strata.map(({ odds, n }) =>
    binomialWeights(n, (ratio * odds) / (1 + ratio * odds)),
  );
  let sum = 0;
  weights[0]?.forEach((first, x) => {
    weights[1]?.forEach((second, y) => {
      const evidence = new RatioEvidence(BOUNDS);
      [x, y].forEach((canary, i) => {
        const { odds = 1, n = 0 } = strata[i] ?? {};
        evidence.add({ canary, control: n - canary, odds, design: 1 });
      });
      sum += first * second * Math.exp(of(evidence));
    });
  });
  return sum;
}

t.test('evidence of being worse: exactly 1 at the tolerance, less below, more above', async (t) => {
  const worse = ({ logWorse }: RatioEvidence) => logWorse;
  t.ok(Math.abs(expectation(1.2, worse) - 1) < 1e-9);
  for (const ratio of [0.2, 0.7, 1, 1.19]) t.ok(expectation(ratio, worse) < 1, `${ratio}`);
  for (const ratio of [1.3, 2, 5]) t.ok(expectation(ratio, worse) > 1, `${ratio}`);
});

t.test('evidence of not being worse: exactly 1 at the margin, less above', async (t) => {
  const fine = ({ logNotWorse }: RatioEvidence) => logNotWorse;
  t.ok(Math.abs(expectation(2, fine) - 1) < 1e-9);
  for (const ratio of [2.1, 3, 10]) t.ok(expectation(ratio, fine) < 1, `${ratio}`);
  t.ok(expectation(1, fine) > 1);
});

t.test(
  'tempering never makes evidence of luck: with a design effect the expectation falls',
  async (t) => {
    for (const design of [1, 1.5, 4]) {
      const n = 20;
      const weights = binomialWeights(n, 0.06 / 1.06);
      const sum = weights.reduce((total, weight, canary) => {
        const evidence = new RatioEvidence(BOUNDS);
        evidence.add({ canary, control: n - canary, odds: 0.05, design });
        return total + weight * Math.exp(evidence.logWorse);
      }, 0);
      t.ok(sum <= 1 + 1e-9, `${design}: ${sum}`);
    }
  },
);

t.test(
  'attack: stopping when it looks best. At most 5 % ever reach 20, over a ramp with a bad hour',
  async (t) => {
    const next = random(20_260_301);
    const runs = 400;
    let reached = 0;
    for (let run = 0; run < runs; run += 1) {
      const evidence = new RatioEvidence(BOUNDS);
      for (let minute = 0; minute < 200; minute += 1) {
        const odds = minute < 100 ? 1 / 19 : 1;
        const q = (1.2 * odds) / (1 + 1.2 * odds);
        const n = minute % 50 < 10 ? 20 : 4;
        const canary = binomial(next, n, q);
        evidence.add({ canary, control: n - canary, odds, design: 1 });
        if (evidence.logWorse < Math.log(1 / ALPHA)) continue;
        reached += 1;
        break;
      }
    }
    // Ville: at most 20 of 400 are expected; 36 and more would be chance once in 2,000 such tests.
    t.ok(reached <= 35, `${reached} of ${runs}`);
    t.ok(reached > 0, 'the test has teeth: luck does reach it');
  },
);

t.test('the confidence sequence holds the truth at every look at once', async (t) => {
  const next = random(77);
  const runs = 150;
  let missed = 0;
  for (let run = 0; run < runs; run += 1) {
    const evidence = new RatioEvidence(BOUNDS);
    let isOut = false;
    for (let minute = 0; minute < 120 && !isOut; minute += 1) {
      const canary = binomial(next, 12, (1.5 * 0.1) / 1.15);
      evidence.add({ canary, control: 12 - canary, odds: 0.1, design: 1 });
      const [low, high] = evidence.interval(ALPHA);
      isOut = low > 1.55 || high < 1.45;
    }
    if (isOut) missed += 1;
  }
  t.ok(missed <= 16, `${missed} of ${runs}`);
});

t.test('no events, no evidence, and every ratio is possible', async (t) => {
  const evidence = new RatioEvidence(BOUNDS);
  for (let i = 0; i < 100; i += 1) evidence.add({ canary: 0, control: 0, odds: 0.05, design: 1 });
  t.ok(Math.abs(evidence.logWorse) < 1e-9);
  t.ok(Math.abs(evidence.logNotWorse) < 1e-9);
  t.strictSame(evidence.interval(ALPHA), [0, Number.POSITIVE_INFINITY]);
  t.equal(evidence.likelihood.estimate, undefined);
});

t.test(
  'sample ratio mismatch: expectation 1 under the allocation, also when it changes',
  async (t) => {
    const weights = [binomialWeights(15, 0.05), binomialWeights(10, 0.5)];
    let sum = 0;
    weights[0]?.forEach((first, x) => {
      weights[1]?.forEach((second, y) => {
        const mismatch = new Mismatch();
        mismatch.observe([0.05, 0.95], [x, 15 - x]);
        mismatch.observe([0.5, 0.5], [y, 10 - y]);
        sum += first * second * Math.exp(mismatch.logEvidence);
      });
    });
    t.ok(Math.abs(sum - 1) < 1e-9, `${sum}`);
  },
);

t.test('sample ratio mismatch: a tenth of the canary lost is found', async (t) => {
  const mismatch = new Mismatch();
  mismatch.observe([0.5, 0.5], [9_000, 10_000]);
  t.ok(mismatch.logEvidence > Math.log(1000));
  const sound = new Mismatch();
  sound.observe([0.5, 0.5], [9_950, 10_050]);
  t.ok(sound.logEvidence < 0);
  const impossible = new Mismatch();
  impossible.observe([0, 1], [1, 10]);
  t.ok(impossible.logEvidence > 1e5, 'units where none can be');
});
