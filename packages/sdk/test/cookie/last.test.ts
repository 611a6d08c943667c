/** A decision by a newer plan stands where an older one is in force: for its unit, its variant, its hour, and no abort. */
import { compilePlan, type DecisionContext, decide, parsePlan, unitOf } from '@tinct/core';
import t from 'tap';
import type { StoredDecision } from '../../src/cookie/content.ts';
import { decidedAhead, lastAfter, MAX_LAG_MS } from '../../src/cookie/last.ts';
import { unitDigest } from '../../src/index.ts';

const NOW = Date.UTC(2026, 2, 1);

function planOf(revision: number, percent: number, more = 'memory: { maxAge: 30d }') {
  const { plan } = parsePlan(`apiVersion: tinct.dev/v1
kind: Plan
metadata: { name: shop, revision: ${revision} }
releases:
  shop:
    stable: v1
    epoch: 2
    ${more}
    services: { shop: { host: shop, subsets: { v1: {}, v2: {} } } }
    rules: [{ percent: ${percent}, variant: v2 }]
`);
  if (plan === undefined) throw new Error('no plan');
  return compilePlan(plan);
}

const context: DecisionContext = { units: { user: 'ann' }, now: NOW };
const stored = (more: Partial<StoredDecision> = {}): StoredDecision => ({
  release: 'shop',
  variant: 'v1',
  unitType: 'user',
  unit: unitDigest('user', 'ann'),
  epoch: 2,
  revision: 8,
  at: NOW,
  ...more,
});

function decidedWith(last: readonly StoredDecision[], plan = planOf(7, 100), asked = context) {
  const carried = decidedAhead(last, plan, asked);
  const [release] = plan.releases;
  if (release === undefined) throw new Error('no release');
  const { variant, reason } = decide(release, { ...asked, ...(carried && { carried }) });
  return `${variant} ${reason}`;
}

t.test('stable by a newer plan stands where the older one would give the canary', async (t) => {
  t.equal(decidedWith([]), 'v2 SPLIT');
  t.equal(decidedWith([stored()]), 'v1 CARRIED');
  t.equal(decidedWith([stored({ variant: 'v2' })], planOf(7, 0)), 'v2 CARRIED');
});

t.test('by the same plan, or an older one, it says nothing', async (t) => {
  for (const revision of [1, 6, 7]) t.equal(decidedWith([stored({ revision })]), 'v2 SPLIT');
});

t.test('nor of another unit, release, type or variant that is not there', async (t) => {
  const others: Partial<StoredDecision>[] = [
    { unit: unitDigest('user', 'ben') },
    { unit: unitDigest('tenant', 'ann'), unitType: 'tenant' },
    { release: 'cart' },
    { variant: 'v9' },
  ];
  for (const other of others) t.equal(decidedWith([stored(other)]), 'v2 SPLIT');
});

t.test('an edge that lags for more than an hour decides by itself', async (t) => {
  t.equal(decidedWith([stored({ at: NOW - MAX_LAG_MS })]), 'v1 CARRIED');
  t.equal(decidedWith([stored({ at: NOW - MAX_LAG_MS - 1 })]), 'v2 SPLIT');
});

t.test('attack: an abort is not outlived by what was decided before it', async (t) => {
  const aborted = planOf(7, 100, 'memory: { maxAge: 30d }\n    state: aborted');
  t.equal(decidedWith([stored({ variant: 'v2' })], aborted), 'v1 DISABLED');
  t.same(after([stored({ revision: 5 })], aborted), []);
});

function after(before: readonly StoredDecision[], plan = planOf(7, 100), asked = context) {
  const { releases } = plan;
  const decisions = releases.map((release) => decide(release, asked));
  const units = releases.map((release) => unitOf(release, asked));
  return lastAfter(before, { releases, decisions, units, context: asked });
}

t.test('each revision is stored once', async (t) => {
  const once = after([]);
  t.match(once, [stored({ variant: 'v2', revision: 7 })]);
  t.equal(after(once), once);
  t.match(after(once, planOf(8, 100)), [{ variant: 'v2', revision: 8 }]);
  t.match(after(once, planOf(7, 100), { ...context, units: { user: 'ben' } }), [
    { unit: unitDigest('user', 'ben') },
  ]);
});

t.test('without memory, or without a unit, nothing is stored', async (t) => {
  t.same(after([], planOf(7, 100, '')), []);
  t.same(after([stored({ revision: 6 })], planOf(7, 100, '')), []);
  t.same(after([], planOf(7, 100), { units: {}, now: NOW }), []);
  const ahead = [stored()];
  t.equal(after(ahead, planOf(7, 100, '')), ahead, 'a newer plan’s is kept for it');
});
