import t from 'tap';
import { diffPlans } from '../src/plan/diff.ts';
import { parsePlan } from '../src/plan/parse.ts';
import type { Plan } from '../src/plan/plan.ts';

type Tree = { [key: string]: unknown };

const DIGEST = { a: 'a'.repeat(64), b: `b${'a'.repeat(63)}` };
const services = {
  shop: { host: 'shop', subsets: { v1: { version: 'v1' }, v2: { version: 'v2' }, v3: {} } },
};

/** A plan whose release, and whatever else is given, differs from the usual one. */
function plan(release: Tree = {}, more: Tree = {}): Plan {
  const whole = {
    apiVersion: 'tinct.dev/v1',
    kind: 'Plan',
    metadata: { name: 'shop', revision: 1 },
    releases: { shop: { stable: 'v1', services, ...release } },
    ...more,
  };
  const parsed = parsePlan(JSON.stringify(whole));
  if (parsed.plan === undefined) throw new Error(JSON.stringify(parsed.findings));
  return parsed.plan;
}

const revision = (number: number, more: Tree = {}) => ({
  metadata: { name: 'shop', revision: number, ...more },
});
const percent = (share: number, variant = 'v2') => ({ rules: [{ percent: share, variant }] });
const part = (variant: string, ...ranges: [number, number][]) => ({
  variant,
  percent: ranges.reduce((sum, [from, to]) => sum + to - from, 0) / 1_000,
  ranges,
});

/** What is said about the release. */
const releaseCases: Readonly<Record<string, { old: Tree; next: Tree; says: string[] }>> = {
  nothing: { old: percent(5), next: percent(5), says: [] },
  'a percentage': {
    old: percent(5),
    next: percent(12.5),
    says: ['rule 0 (everyone): 5 % → v2, now 12.5 % → v2'],
  },
  'another variant': {
    old: percent(5),
    next: percent(5, 'v3'),
    says: ['rule 0 (everyone): 5 % → v2, now 5 % → v3'],
  },
  'a state': {
    old: {},
    next: { state: 'aborted' },
    says: ['state: running → aborted'],
  },
  'an end': {
    old: {},
    next: { state: 'completed', winner: 'v2' },
    says: ['state: running → completed', 'winner: none → v2'],
  },
  'an epoch': { old: {}, next: { epoch: 2 }, says: ['epoch: 1 → 2'] },
  'a stable variant': { old: {}, next: { stable: 'v2' }, says: ['stable: v1 → v2'] },
  'a salt': { old: {}, next: { salt: 'spring' }, says: ['salt: shop → spring'] },
  'a unit type': {
    old: {},
    next: { unit: 'tenant' },
    says: ['units: ["user","anonymous"] → ["tenant"]'],
  },
  'a header': {
    old: {},
    next: { header: 'X-Version' },
    says: ['header: x-tinct-shop → x-version'],
  },
  'a scope': {
    old: {},
    next: { scope: { hosts: ['shop.example'], paths: ['/api'] } },
    says: ['hosts: none → ["shop.example"]', 'paths: none → ["/api"]'],
  },
  'a service, and a subset of another': {
    old: {},
    next: {
      services: {
        shop: { host: 'new-shop', subsets: { ...services.shop.subsets, v3: { version: 'v3' } } },
        cart: { host: 'cart', subsets: { v1: {} } },
      },
    },
    says: [
      'service shop host: shop → new-shop',
      'service shop subsets v3 version: none → v3',
      'service shop exposed: true → false',
      'service cart added',
    ],
  },
  objectives: {
    old: { slo: { availability: 0.99 } },
    next: { slo: { availability: 0.999, latency: { under: '1s', ratio: 0.9 } } },
    says: ['slo availability: 0.99 → 0.999', 'slo latency: none → {"underMs":1000,"ratio":0.9}'],
  },
  memory: {
    old: { memory: { maxAge: '30d' }, stickySince: '2026-01-01T00:00:00Z' },
    next: { memory: { maxAge: '1d' }, stickySince: '2026-02-01T00:00:00Z' },
    says: [
      'memory maxAgeMs: 2592000000 → 86400000',
      'stickySince: 2026-01-01T00:00:00.000Z → 2026-02-01T00:00:00.000Z',
    ],
  },
  'memory for the first time': {
    old: {},
    next: { memory: { maxAge: '1d' } },
    says: ['memory: none → {"maxAgeMs":86400000,"continuity":false}'],
  },
  'a first rule': { old: {}, next: percent(1), says: ['rule 0 added: everyone: 1 % → v2'] },
  'a rule above others': {
    old: percent(5),
    next: { rules: [{ users: ['1', '2'], variant: 'v2' }, ...percent(5).rules] },
    says: ['rule 0 added: users "1", "2": v2'],
  },
  'a rule between others that goes away': {
    old: {
      rules: [
        { users: ['1'], variant: 'v2' },
        { users: ['2'], variant: 'v3' },
        ...percent(5).rules,
      ],
    },
    next: { rules: [{ users: ['1'], variant: 'v2' }, ...percent(5).rules] },
    says: ['rule 1 removed: users "2": v3'],
  },
  'a rule of others': {
    old: { rules: [{ users: ['1'], variant: 'v2' }] },
    next: { rules: [{ when: { attribute: 'beta', equals: true }, percent: 5, variant: 'v3' }] },
    says: [
      'rule 0 (users "1": v2) is now when {"kind":"attribute","attribute":"beta","comparisons":[{"op":"equals","operand":true}]}: 5 % → v3',
    ],
  },
  'users of a long list': {
    old: { rules: [{ users: Array.from({ length: 50 }, (_, i) => `user-${i}`), variant: 'v2' }] },
    next: {
      rules: [{ users: Array.from({ length: 50 }, (_, i) => `user-${i + 2}`), variant: 'v2' }],
    },
    says: [
      'rule 0 (users "user-2", "user-3", "user-4" and 47 more): 2 added ("user-50", "user-51"), 2 removed ("user-0", "user-1")',
    ],
  },
  'users in another order': {
    old: { rules: [{ users: ['1', '2'], variant: 'v2' }] },
    next: { rules: [{ users: ['2', '1'], variant: 'v2' }] },
    says: ['rule 0 (users "2", "1"): the same users, written otherwise'],
  },
  'users and what they get': {
    old: { rules: [{ users: ['1'], variant: 'v2' }] },
    next: { rules: [{ users: ['2'], variant: 'v3' }] },
    says: ['rule 0 (users "1": v2) is now users "2": v3'],
  },
  'a split': {
    old: { rules: [{ split: [part('v2', [0, 5_000]), part('v3', [5_000, 6_000])] }] },
    next: { rules: [{ split: [part('v2', [0, 4_000]), part('v3', [5_000, 7_000])] }] },
    says: ['rule 0 (everyone): 5 % → v2, 1 % → v3, now 4 % → v2, 2 % → v3'],
  },
  'the buckets of a split': {
    old: { rules: [{ split: [part('v2', [0, 5_000])] }] },
    next: { rules: [{ split: [part('v2', [1_000, 6_000])] }] },
    says: ['rule 0 (everyone): 5 % → v2, now in other buckets'],
  },
};

const attributes = { beta: { header: 'x-beta', type: 'boolean' } };
const identity = [{ unit: 'user', header: 'user-id' }];

for (const [name, { old, next, says }] of Object.entries(releaseCases)) {
  t.test(`says in words: ${name}`, async (t) => {
    const units = [...identity, { unit: 'tenant', header: 'x-tenant' }];
    const of = (release: Tree) => plan(release, { attributes, identity: units });
    const { changes, releases } = diffPlans(of(old), of(next));
    t.strictSame(
      releases.flatMap((release) => release.changes),
      says,
    );
    t.strictSame(changes, []);
  });
}

/** What is said about the rest of the plan. */
const planCases: Readonly<Record<string, { old: Tree; next: Tree; says: string[] }>> = {
  'revision, name and owner': {
    old: revision(1),
    next: { metadata: { name: 'store', revision: 2, owner: 'team-shop' } },
    says: ['name: shop → store', 'revision: 1 → 2', 'owner: none → team-shop'],
  },
  identity: {
    old: { identity },
    next: { identity: [{ unit: 'user', header: 'x-user' }] },
    says: [
      'identity: [{"kind":"header","unit":"user","name":"user-id","trust":"hops"}] → [{"kind":"header","unit":"user","name":"x-user","trust":"hops"}]',
    ],
  },
  'identity, of many sources': {
    old: {
      identity: [
        ...identity,
        { unit: 'a', cookie: 'a', trust: 'hops' },
        { unit: 'b', header: 'b' },
      ],
    },
    next: {
      identity: [
        ...identity,
        { unit: 'a', cookie: 'a', trust: 'hops' },
        { unit: 'c', header: 'b' },
      ],
    },
    says: [
      'identity: …d":"header","unit":"b","name":"b","trust":"hops"}] → …d":"header","unit":"c","name":"b","trust":"hops"}]',
    ],
  },
  attributes: {
    old: { attributes: { ...attributes, old: { claim: 'old' } } },
    next: { attributes: { beta: { header: 'x-beta' }, fresh: { claim: 'new' } } },
    says: [
      'attribute beta type: boolean → string',
      'attribute old removed',
      'attribute fresh added',
    ],
  },
  cohorts: {
    old: { cohorts: { beta: { list: 'beta.csv', sha256: DIGEST.a }, staff: { users: ['1'] } } },
    next: {
      cohorts: { beta: { list: 'beta.csv', sha256: DIGEST.b }, staff: { users: ['1', '2'] } },
    },
    says: [
      `cohort beta list sha256: ${DIGEST.a} → ${DIGEST.b}`,
      'cohort staff users: ["1"] → ["1","2"]',
    ],
  },
};

for (const [name, { old, next, says }] of Object.entries(planCases)) {
  t.test(`says in words: ${name}`, async (t) => {
    const { changes, releases } = diffPlans(plan({}, old), plan({}, next));
    t.strictSame(changes, says);
    t.strictSame(releases, []);
  });
}

t.test('a release that comes or goes', async (t) => {
  const [one, two] = [plan(), plan({}, { releases: { cart: { stable: 'v1', services } } })];
  t.strictSame(
    diffPlans(one, two).releases.map(({ release, changes }) => ({ release, changes })),
    [
      { release: 'shop', changes: ['removed: its requests are no longer colored'] },
      { release: 'cart', changes: ['added'] },
    ],
  );
});

t.test('only populations in which someone moves are shown', async (t) => {
  const rules = (share: number) => ({
    rules: [
      { users: ['1'], variant: 'v2' },
      { percent: share, variant: 'v2' },
    ],
  });
  const [found] = diffPlans(plan(rules(1)), plan(rules(5), revision(2))).releases;
  t.match(found?.movement, [{ who: 'everyone else', moved: 4_000, minimum: 4_000 }]);
  t.equal(found?.movement.length, 1);
});

/** The codes that are found on the way from one release to another, with a revision that grew. */
function risks(old: Tree, next: Tree): string[] {
  const more = { identity: [...identity, { unit: 'tenant', header: 'x-tenant' }] };
  const grown = { ...more, ...revision(2) };
  return diffPlans(plan(old, more), plan(next, grown)).findings.map(({ code }) => code);
}

t.test('1 → 5 → 10 → 20 → 50 → 100 % is no large step, up or down', async (t) => {
  const steps = [0, 1, 5, 10, 20, 50, 100];
  steps.slice(1).forEach((to, i) => {
    t.strictSame(risks(percent(steps[i] as number), percent(to)), []);
    t.strictSame(risks(percent(to), percent(steps[i] as number)), []);
  });
  t.strictSame(risks(percent(50), { state: 'completed', winner: 'v2' }), []);
  t.strictSame(risks(percent(100), percent(0)), []);
});

const jumps: [string, Tree, Tree][] = [
  ['1 → 100 %', percent(1), percent(100)],
  ['nobody → 5.001 %', percent(0), percent(5.001)],
  ['10 → 51 %', percent(10), percent(51)],
  ['5 % → everyone by completion', percent(5), { state: 'completed', winner: 'v2' }],
  ['aborted → everyone', { ...percent(100), state: 'aborted' }, { ...percent(100), epoch: 2 }],
];
for (const [name, old, next] of jumps) {
  t.test(`${name} is a large step`, async (t) => {
    t.strictSame(risks(old, next), ['TINCT_PLAN_JUMP']);
  });
}

t.test('another stable variant is no step of the old one', async (t) => {
  t.strictSame(risks(percent(1), { stable: 'v2', rules: [{ percent: 90, variant: 'v1' }] }), []);
});

t.test('a large step is said with both shares, and of whom', async (t) => {
  const list = [{ users: ['1'], variant: 'v2' }];
  const old = plan({ rules: [...list, ...percent(1).rules] });
  const next = plan({ rules: [...list, ...percent(100).rules] }, revision(2));
  const [found] = diffPlans(old, next).findings;
  t.equal(found?.message, '`shop` goes from 1 % to 100 % of everyone else at once');
  t.match(found, { level: 'warning', path: ['releases', 'shop'] });
});

t.test('a large step for a few listed users is none', async (t) => {
  t.strictSame(risks({}, { rules: [{ users: ['1', '2'], variant: 'v2' }] }), []);
});

t.test('another salt or unit type is a warning that says which', async (t) => {
  t.strictSame(risks(percent(5), { ...percent(5), salt: 'spring' }), ['TINCT_PLAN_SALT_CHANGED']);
  t.strictSame(risks(percent(5), { ...percent(5), unit: 'tenant' }), ['TINCT_PLAN_SALT_CHANGED']);
  const more = { identity: [...identity, { unit: 'tenant', header: 'x-tenant' }] };
  const [found] = diffPlans(
    plan({}, more),
    plan({ unit: 'tenant' }, { ...more, ...revision(2) }),
  ).findings;
  t.match(found, { level: 'warning', message: /unit type of `shop` changed/ });
});

t.test('a paused release that was widened by hand', async (t) => {
  const paused = (share: number) => ({ ...percent(share), state: 'paused' });
  t.strictSame(risks(paused(5), paused(6)), ['TINCT_PLAN_PAUSED']);
  t.strictSame(risks(paused(5), paused(4)), []);
  t.strictSame(risks(percent(5), paused(6)), []);
});

const errorsOf = (old: Plan, next: Plan) =>
  diffPlans(old, next).findings.map(({ code, level }) => `${level} ${code}`);

t.test('a revision that did not grow is an error', async (t) => {
  const at = (number: number, share: number) => plan(percent(share), revision(number));
  t.strictSame(errorsOf(at(3, 1), at(3, 2)), ['error TINCT_PLAN_REVISION_REUSED']);
  t.strictSame(errorsOf(at(3, 1), at(2, 1)), ['error TINCT_PLAN_REVISION_LOWER']);
  t.strictSame(errorsOf(at(3, 1), at(3, 1)), []);
  t.strictSame(errorsOf(at(3, 1), at(4, 1)), []);
});

t.test('an epoch that falls, and an abort that is revived, are errors', async (t) => {
  const old = plan({ epoch: 3, state: 'aborted' });
  const next = (release: Tree) => plan(release, revision(2));
  t.strictSame(errorsOf(old, next({ epoch: 2, state: 'aborted' })), [
    'error TINCT_PLAN_EPOCH_LOWER',
  ]);
  t.strictSame(errorsOf(old, next({ epoch: 3 })), ['error TINCT_PLAN_EPOCH_KILLED']);
  t.strictSame(errorsOf(old, next({ epoch: 4 })), []);
});

t.test('several risks at once are all said', async (t) => {
  const old = plan(percent(1), revision(5));
  const next = plan({ ...percent(100), salt: 'x' }, revision(4));
  t.strictSame(errorsOf(old, next), [
    'error TINCT_PLAN_REVISION_LOWER',
    'warning TINCT_PLAN_SALT_CHANGED',
    'warning TINCT_PLAN_JUMP',
  ]);
});
