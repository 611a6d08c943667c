import { GRACE_MS, type Plan, parsePlan } from '@tinct/core';
import t from 'tap';
import { canaryShare, nominalShares, Roster } from '../../src/record/roster.ts';
import { planText } from '../helpers.ts';

function planOf(rules: string, more: (text: string) => string = (text) => text): Plan {
  const { plan } = parsePlan(more(planText({ rules })));
  if (plan === undefined) throw new Error('no plan');
  return plan;
}

t.test('cells are the arms that a plan leads to', async (t) => {
  const roster = new Roster();
  roster.expect(planOf('{ percent: 5, variant: v2 }'), 0);
  const cells = () =>
    roster.shapes(0).flatMap((shape) => shape.cells.map(({ variant, arm }) => `${variant} ${arm}`));
  t.strictSame(cells(), ['v1 control', 'v1 other', 'v2 canary', 'v2 other']);
  roster.expect(planOf('{ users: ["1"], variant: v2 }'), 0);
  t.strictSame(cells(), ['v1 other', 'v2 other']);
});

t.test('an analysis begins with a version or an epoch, not with a percentage', async (t) => {
  const roster = new Roster();
  const since = () => roster.analyses()[0]?.since;
  roster.expect(planOf('{ percent: 1, variant: v2 }'), 1000);
  const [first] = roster.shapes(0);
  roster.expect(planOf('{ percent: 5, variant: v2 }'), 2000);
  t.equal(since(), 1000);
  t.not(roster.shapes(0)[0]?.step, first?.step, 'a step does');
  const build = (text: string) => text.replace('v2: { version: v2 }', 'v2: { version: v2-1 }');
  roster.expect(planOf('{ percent: 5, variant: v2 }', build), 3000);
  t.equal(since(), 3000);
  const epoch = (text: string) => text.replace('stable: v1', 'stable: v1\n    epoch: 2');
  roster.expect(planOf('{ percent: 5, variant: v2 }', epoch), 4000);
  t.equal(since(), 4000);
});

t.test('a release that left the plan is there for a while', async (t) => {
  const roster = new Roster();
  const plan = planOf('{ percent: 1, variant: v2 }');
  roster.expect(plan, 0);
  roster.expect({ ...plan, releases: {} }, 1000);
  roster.expect({ ...plan, releases: {} }, 2000);
  t.equal(roster.shapes(1000 + GRACE_MS - 1).length, 1);
  t.strictSame(roster.analyses(), []);
  t.equal(roster.shapes(1000 + GRACE_MS).length, 0);
});

t.test('the compared rule’s shares', async (t) => {
  const shares = (rules: string) => {
    const release = planOf(rules).releases['my-service'];
    return release && [Object.fromEntries(nominalShares(release)), canaryShare(release)];
  };
  t.strictSame(shares('{ percent: 5, variant: v2 }'), [{ v2: 0.05, v1: 0.95 }, 0.05]);
  t.strictSame(shares('{ users: ["1"], variant: v2 }'), [{}, undefined]);
});
