/** The share that a plan gives to its canary. */
import { compilePlan, parsePlan } from '@tinct/core';
import t from 'tap';
import { canaryShare } from '../../src/record/roster.ts';
import { planText } from '../helpers.ts';

function shareOf(rules: string): number | undefined {
  const { plan } = parsePlan(planText({ rules }));
  const release = plan && compilePlan(plan).releases[0]?.release;
  return release && canaryShare(release);
}

t.test('the share is what the plan says, to the last digit', async (t) => {
  for (const percent of [0, 0.1, 7, 20, 33.333, 99.999, 100])
    t.equal(shareOf(`{ percent: ${percent}, variant: v2 }`), Number((percent / 100).toFixed(5)));
});

t.test('stable’s own part is not the canary’s; no percentage is no share', async (t) => {
  t.equal(shareOf('{ percent: 30, variant: v1 }'), 0);
  t.equal(shareOf('{ users: ["1"], variant: v2 }'), undefined);
});
