/** Which remembered assignments count, to the millisecond, and one browser from its first visit to its third user. */
import t from 'tap';
import {
  type CompiledRelease,
  type DecisionContext,
  decide,
  type MemoryEntry,
  remember,
  unitOf,
} from '../src/index.ts';
import { onlyRelease, planText } from './plan-text.ts';

const NOW = Date.UTC(2026, 0, 31);
const DAY = 86_400_000;

function release(rules: readonly string[], more = ''): CompiledRelease {
  const memory = '    memory: { maxAge: 30d, continuity: true }\n';
  return onlyRelease(
    planText({ release: `    epoch: 2\n${memory}${more}`, rules, variants: ['v2', 'v3'] }),
  );
}

const entry = (more: Partial<MemoryEntry> = {}): MemoryEntry => ({
  variant: 'v2',
  unit: { type: 'user', key: 'ann' },
  epoch: 2,
  at: NOW - 1000,
  ...more,
});

function reasonOf(of: CompiledRelease, entries: readonly MemoryEntry[], units = { user: 'ann' }) {
  const { variant, reason } = decide(of, { units, now: NOW, memory: { 'my-service': entries } });
  return `${variant} ${reason}`;
}

const NOBODY = ['{ percent: 0, variant: v2 }'];
const FORGOTTEN = 'v1 SPLIT';

t.test('an assignment counts for as long as maxAge says, to the millisecond', async (t) => {
  const of = release(NOBODY);
  for (const at of [NOW, NOW - 1, NOW - 30 * DAY, NOW + 1000])
    t.equal(reasonOf(of, [entry({ at })]), 'v2 STICKY', String(NOW - at));
  for (const at of [NOW - 30 * DAY - 1, 0, -1, Number.NaN])
    t.equal(reasonOf(of, [entry({ at })]), FORGOTTEN, String(NOW - at));
});

t.test('an assignment older than stickySince is ignored', async (t) => {
  const of = release(NOBODY, '    stickySince: 2026-01-30T00:00:00Z\n');
  t.equal(reasonOf(of, [entry({ at: NOW - DAY })]), 'v2 STICKY', 'made at that moment');
  t.equal(reasonOf(of, [entry({ at: NOW - DAY - 1 })]), FORGOTTEN);
});

t.test('an edge that lags cannot keep a unit in a percentage that was lowered', async (t) => {
  const before = release(['{ percent: 100, variant: v2 }']);
  const lowered = release(NOBODY, '    stickySince: 2026-01-30T00:00:00Z\n');
  const units = { user: 'ann' };
  const context = { units, now: NOW };
  const late = remember(before, { type: 'user', key: 'ann' }, context, decide(before, context));
  t.match(late, [{ variant: 'v2', at: NOW, since: 0 }], 'assigned after it was lowered');
  t.equal(reasonOf(lowered, late), FORGOTTEN);
  const raised = release(
    ['{ percent: 100, variant: v2 }'],
    '    stickySince: 2026-01-30T00:00:00Z\n',
  );
  const kept = remember(raised, { type: 'user', key: 'ann' }, context, decide(raised, context));
  t.equal(reasonOf(lowered, kept), 'v2 STICKY', 'assigned by a plan that knows of it');
});

t.test('an assignment of another epoch, unit or variant does not count', async (t) => {
  const of = release(NOBODY);
  const others: Record<string, Partial<MemoryEntry>> = {
    'an older epoch': { epoch: 1 },
    'a later epoch': { epoch: 3 },
    'another user': { unit: { type: 'user', key: 'ben' } },
    'the same key of another type': { unit: { type: 'tenant', key: 'ann' } },
    stable: { variant: 'v1' },
    'a variant that is gone': { variant: 'v9' },
    'a variant that no percentage gives': { variant: 'v3' },
    'a name of every object': { variant: 'constructor' },
  };
  for (const [why, more] of Object.entries(others))
    t.equal(reasonOf(of, [entry(more)]), FORGOTTEN, why);
});

t.test('memory counts at percentages whose other conditions hold, and nowhere else', async (t) => {
  const known = [entry()];
  t.equal(reasonOf(release(['{ users: [ann], percent: 0, variant: v2 }']), known), 'v2 STICKY');
  t.equal(reasonOf(release(['{ users: [ben], percent: 0, variant: v2 }']), known), 'v1 DEFAULT');
  t.equal(reasonOf(release(['{ users: [ben], variant: v2 }']), known), 'v1 DEFAULT');
  t.equal(
    reasonOf(release(['{ users: [ann], variant: v1 }', ...NOBODY]), known),
    'v1 TARGETING_MATCH',
  );
  t.equal(
    reasonOf(release(['{ split: [{ variant: v2, percent: 0, ranges: [] }] }']), known),
    'v2 STICKY',
  );
  t.equal(reasonOf(release(['{ percent: 100, variant: v2 }']), known), 'v2 SPLIT', 'given anyway');
});

t.test('a release without memory remembers nothing', async (t) => {
  const of = onlyRelease(planText({ release: '    epoch: 2\n', rules: NOBODY }));
  t.equal(reasonOf(of, [entry()]), FORGOTTEN);
});

t.test('without continuity a login begins anew', async (t) => {
  const of = onlyRelease(
    planText({ release: '    epoch: 2\n    memory: { maxAge: 30d }\n', rules: NOBODY }),
  );
  const visitor = entry({ unit: { type: 'anonymous', key: 'a1' } });
  const units = { user: 'ann', anonymous: 'a1' };
  t.equal(reasonOf(of, [visitor], units), FORGOTTEN);
});

t.test(
  'one browser: a visitor, a login, a logout, a second user, and the first one again',
  async (t) => {
    const before = release(['{ percent: 100, variant: v2 }']);
    const after = release(NOBODY);
    let memory: readonly MemoryEntry[] = [];
    const visit = (of: CompiledRelease, units: DecisionContext['units']): string => {
      const context = { units, now: NOW, memory: { 'my-service': memory } };
      const decision = decide(of, context);
      memory = remember(of, unitOf(of, context), context, decision);
      return `${decision.variant} ${decision.reason}`;
    };
    t.equal(visit(before, { anonymous: 'a1' }), 'v2 SPLIT', 'the visitor joins');
    t.equal(visit(after, { anonymous: 'a1' }), 'v2 STICKY', 'and stays');
    t.equal(visit(after, { anonymous: 'a1', user: 'ann' }), 'v2 CONTINUITY', 'also as ann');
    t.equal(visit(after, { anonymous: 'a1' }), 'v2 STICKY', 'after the logout too');
    t.equal(visit(after, { anonymous: 'a1', user: 'ben' }), FORGOTTEN, 'ben has his own bucket');
    t.equal(
      visit(after, { anonymous: 'a2', user: 'ann' }),
      FORGOTTEN,
      'ann on a fresh browser too',
    );
    t.equal(visit(after, { anonymous: 'a1', user: 'ann' }), 'v2 CONTINUITY', 'ann is back');
    t.strictSame(memory, [
      {
        variant: 'v2',
        unit: { type: 'anonymous', key: 'a1' },
        epoch: 2,
        at: NOW,
        since: 0,
        boundTo: 'ann',
      },
    ]);
  },
);
