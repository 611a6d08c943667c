/** What the cookie remembers after a decision. What is decided from it stands in decide.json. */
import t from 'tap';
import {
  type CompiledRelease,
  compilePlan,
  type DecisionContext,
  decide,
  type MemoryEntry,
  parsePlan,
  remember,
  unitOf,
} from '../src/index.ts';
import { unitBucket } from './oracle/hash.ts';

const NOW = 1_767_225_600_000;

function release(rules: readonly unknown[], more: object = {}): CompiledRelease {
  const subsets = { v1: {}, v2: {}, v3: {} };
  const shop = {
    stable: 'v1',
    services: { shop: { host: 'shop.svc', subsets } },
    memory: { maxAge: '30d', continuity: true },
    rules,
    ...more,
  };
  const document = {
    apiVersion: 'tinct.dev/v1',
    kind: 'Plan',
    metadata: { name: 'shop', revision: 1 },
    releases: { shop },
  };
  const { plan } = parsePlan(JSON.stringify(document));
  return (plan && compilePlan(plan).releases[0]) as CompiledRelease;
}

/** The cookie after a request of these units. */
function after(
  of: CompiledRelease,
  units: DecisionContext['units'],
  entries: readonly MemoryEntry[] = [],
): readonly MemoryEntry[] {
  const context = { units, now: NOW, memory: { shop: entries } };
  return remember(of, unitOf(of, context), context, decide(of, context));
}

const entry = (type: string, key: string, more: Partial<MemoryEntry> = {}): MemoryEntry => ({
  variant: 'v2',
  unit: { type, key },
  epoch: 1,
  at: NOW - 1000,
  ...more,
});
const everyone = [{ percent: 100, variant: 'v2' }];
const nobody = [{ percent: 0, variant: 'v2' }];

t.test('a unit that a share gives another variant than stable is remembered', async (t) => {
  t.strictSame(after(release(everyone), { user: 'ann' }), [
    entry('user', 'ann', { at: NOW, since: 0 }),
  ]);
  t.strictSame(after(release(nobody), { user: 'ann' }), []);
  t.strictSame(after(release([{ users: ['ann'], variant: 'v2' }]), { user: 'ann' }), []);
  t.strictSame(after(release(everyone), {}), []);
});

t.test('what is remembered already stays the same array, with its time', async (t) => {
  const known = [entry('user', 'ann')];
  t.equal(after(release(everyone), { user: 'ann' }, known), known);
  t.equal(after(release(nobody), { user: 'ann' }, known), known, 'STICKY');
  t.equal(after(release(everyone), {}, known), known, 'nobody is there');
});

t.test('what does not count any more is forgotten', async (t) => {
  const dead = [
    entry('user', 'ann', { epoch: 2 }),
    entry('user', 'ann', { at: NOW - 31 * 86_400_000 }),
    entry('user', 'ann', { variant: 'v1' }),
    entry('user', 'ann', { variant: 'v9' }),
  ];
  t.strictSame(after(release(nobody), { user: 'ann' }, dead), []);
  const aborted = release(everyone, { state: 'aborted' });
  t.strictSame(after(aborted, { user: 'ann' }, [entry('user', 'ann')]), []);
});

t.test('the latest two units of a browser are kept', async (t) => {
  const of = release(everyone);
  const first = after(of, { user: 'ann' });
  const third = after(of, { user: 'cy' }, after(of, { user: 'ben' }, first));
  t.strictSame(
    third.map(({ unit }) => unit.key),
    ['ben', 'cy'],
  );
});

t.test(
  'a visitor’s assignment goes to the first user who logs in, and to nobody else',
  async (t) => {
    const of = release(nobody);
    const visitor = [entry('anonymous', 'a1')];
    const bound = after(of, { user: 'ann', anonymous: 'a1' }, visitor);
    t.strictSame(bound, [entry('anonymous', 'a1', { boundTo: 'ann' })]);
    t.equal(after(of, { user: 'ben', anonymous: 'a1' }, bound), bound);
    const context = { units: { user: 'ben', anonymous: 'a1' }, now: NOW, memory: { shop: bound } };
    t.equal(decide(of, context).variant, 'v1', 'the second user is decided by their own key');
  },
);

t.test(
  'a first user whose own bucket gives the visitor’s variant takes it along too',
  async (t) => {
    const half = unitBucket('shop', 'user', 'ann') + 1;
    const of = release([{ percent: half / 1000, variant: 'v2' }]);
    const bound = after(of, { user: 'ann', anonymous: 'a1' }, [entry('anonymous', 'a1')]);
    t.equal(bound[0]?.boundTo, 'ann');
  },
);

t.test('a first user whom a rule targets takes it along too', async (t) => {
  const of = release([{ users: ['ann'], variant: 'v3' }, ...nobody]);
  const bound = after(of, { user: 'ann', anonymous: 'a1' }, [entry('anonymous', 'a1')]);
  t.strictSame(bound, [entry('anonymous', 'a1', { boundTo: 'ann' })]);
});

t.test('an empty anonymous id continues for nobody', async (t) => {
  const of = release(nobody);
  const context = {
    units: { user: 'ann', anonymous: '' },
    now: NOW,
    memory: { shop: [entry('anonymous', '')] },
  };
  t.equal(decide(of, context).reason, 'SPLIT');
  t.equal(remember(of, unitOf(of, context), context, decide(of, context))[0]?.boundTo, undefined);
});

t.test('a malformed key is never written into the cookie', async (t) => {
  const visitor = [entry('anonymous', 'a1')];
  t.equal(after(release(everyone), { user: '\ud800', anonymous: 'a1' }, visitor), visitor);
});
