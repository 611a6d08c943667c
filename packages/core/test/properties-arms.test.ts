/** Arms: canary and control hold only units of one percentage, in its proportion, whoever they are. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { comparisonRule, decide } from '../src/index.ts';
import { compileWorld, worlds } from './generators/plans.ts';
import { context } from './generators/requests.ts';
import { compileShop, shop } from './generators/rollout.ts';

const SEED = 20_260_107;
const NOW = 1_767_225_600_000;

t.test(
  'canary and control are decided by the rule that compares, and by nothing else',
  async (t) => {
    const runs = 200;
    const arms = { canary: 0, control: 0, other: 0 };
    const requests = fc.array(context, { minLength: 20, maxLength: 20 });
    const property = fc.property(worlds, requests, ({ world }, all) => {
      for (const release of compileWorld(world).releases) {
        const { rules, stable } = release.release;
        for (const request of all) {
          const { arm, reason, rule, variant } = decide(release, request);
          if (reason === 'CARRIED') continue;
          arms[arm]++;
          if (arm === 'other') continue;
          assert.deepEqual([reason, rule], ['SPLIT', comparisonRule(rules)]);
          assert.equal(arm === 'control', variant === stable);
        }
      }
    });
    fc.assert(property, { seed: SEED, numRuns: runs });
    t.ok(arms.canary > 200 && arms.control > 200, JSON.stringify(arms));
    t.comment(`seed ${SEED}: ${runs} plans, ${JSON.stringify(arms)}`);
  },
);

const UNITS = 20_000;
/** A binomial share leaves five standard deviations once in 1.7 million times. */
const DEVIATIONS = 5;

function isShare(of: number, total: number, percent: number): boolean {
  const p = percent / 100;
  return Math.abs(of - total * p) <= DEVIATIONS * Math.sqrt(total * p * (1 - p));
}

/** The sizes of the arms among users with these attributes. */
function armsAmong(release: ReturnType<typeof compileShop>, flag: boolean, prefix: string) {
  const arms = { canary: 0, control: 0, other: 0 };
  for (let i = 0; i < UNITS; i++) {
    arms[
      decide(release, { units: { user: `${prefix}${i}` }, attributes: { flag }, now: NOW }).arm
    ]++;
  }
  return arms;
}

t.test('the canary’s share of the arms is the percentage, in every population', async (t) => {
  for (const percent of [1, 5, 20, 50, 99]) {
    const release = compileShop(JSON.stringify(shop([{ percent, variant: 'v2' }])));
    for (const prefix of ['user-', 'customer/', '00000000-0000-4000-8000-']) {
      const { canary, control, other } = armsAmong(release, false, prefix);
      t.equal(other, 0);
      t.ok(isShare(canary, canary + control, percent), `${percent} % of ${prefix}*: ${canary}`);
    }
  }
});

t.test('those who had another chance before are in neither arm', async (t) => {
  const rules = [
    { cohort: 'staff', percent: 5, variant: 'v2' },
    { percent: 20, variant: 'v2' },
  ];
  const release = compileShop(JSON.stringify(shop(rules)));
  t.strictSame(armsAmong(release, true, 'user-'), { canary: 0, control: 0, other: UNITS });
  const { canary, control, other } = armsAmong(release, false, 'user-');
  t.equal(other, 0);
  t.ok(isShare(canary, canary + control, 20), `20 %: ${canary}`);
});

t.test('in a split each part has its share of the arms', async (t) => {
  const split = [
    {
      variant: 'v2',
      percent: 10,
      ranges: [
        [0, 5000],
        [60_000, 65_000],
      ],
    },
    { variant: 'v3', percent: 20, ranges: [[10_000, 30_000]] },
  ];
  const release = compileShop(JSON.stringify(shop([{ split }])));
  const { canary, control } = armsAmong(release, false, 'user-');
  t.equal(canary + control, UNITS);
  t.ok(isShare(canary, UNITS, 30), `30 %: ${canary}`);
});
