import t from 'tap';
import { type ErrorCode, TinctError } from '../src/errors.ts';
import { type Change, changePlan } from '../src/plan/change.ts';
import type { ReleaseState } from '../src/plan/plan.ts';
import { type ChangeCase, NOW, planBefore, type Tree } from './change-cases.ts';

const release = 'my-service';
const options = { now: NOW };

/** A plan whose release has other keys than usual; in JSON, which is a plan as well. */
function planWith(keys: NonNullable<ChangeCase['release']>): string {
  return JSON.stringify(planBefore({ name: '', change, sets: {}, release: keys }));
}

const change: Change = { kind: 'pause', release };
const percent = (share: number, more: object = {}): Change => ({
  kind: 'percent',
  release,
  thousandths: share * 1_000,
  ...more,
});
const complete = (winner: string): Change => ({ kind: 'complete', release, winner });

function errorOf(act: () => unknown): TinctError {
  try {
    act();
  } catch (error) {
    if (error instanceof TinctError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

const refusal = (text: string, of: Change) => errorOf(() => changePlan(text, of, options));

/** What becomes of a release: its state and epoch, the same text, or a refusal. */
type Becomes = `${ReleaseState} ${number}` | 'same' | ErrorCode;

const STATES: Readonly<Record<string, NonNullable<ChangeCase['release']>>> = {
  running: { state: 'running', epoch: 4 },
  paused: { state: 'paused', epoch: 4 },
  aborted: { state: 'aborted', epoch: 4 },
  'aborted after completion': { state: 'aborted', epoch: 4, winner: 'v2' },
  completed: { state: 'completed', epoch: 4, winner: 'v2' },
};

const CHANGES: Readonly<Record<string, Change>> = {
  pause: { kind: 'pause', release },
  resume: { kind: 'resume', release },
  abort: { kind: 'abort', release },
  'complete with v2': complete('v2'),
  promote: { kind: 'promote', release },
  'complete with v3': complete('v3'),
  'complete with stable': complete('v1'),
  'raise to 10 %': percent(10),
  'lower to 1 %': percent(1),
  'set the 5 % that it has': percent(5),
};

const TABLE: Readonly<Record<string, Readonly<Record<string, Becomes>>>> = {
  running: {
    pause: 'paused 4',
    resume: 'same',
    abort: 'aborted 4',
    'complete with v2': 'completed 4',
    promote: 'TINCT_PLAN_STATE',
    'complete with v3': 'completed 4',
    'complete with stable': 'completed 4',
    'raise to 10 %': 'running 4',
    'lower to 1 %': 'running 4',
    'set the 5 % that it has': 'same',
  },
  paused: {
    pause: 'same',
    resume: 'running 4',
    abort: 'aborted 4',
    'complete with v2': 'completed 4',
    promote: 'TINCT_PLAN_STATE',
    'complete with v3': 'completed 4',
    'complete with stable': 'completed 4',
    'raise to 10 %': 'TINCT_PLAN_PAUSED',
    'lower to 1 %': 'paused 4',
    'set the 5 % that it has': 'same',
  },
  aborted: {
    pause: 'TINCT_PLAN_STATE',
    resume: 'running 5',
    abort: 'same',
    'complete with v2': 'TINCT_PLAN_STATE',
    promote: 'TINCT_PLAN_STATE',
    'complete with v3': 'TINCT_PLAN_STATE',
    'complete with stable': 'TINCT_PLAN_STATE',
    'raise to 10 %': 'aborted 4',
    'lower to 1 %': 'aborted 4',
    'set the 5 % that it has': 'same',
  },
  'aborted after completion': {
    pause: 'TINCT_PLAN_STATE',
    resume: 'completed 5',
    abort: 'same',
    'complete with v2': 'TINCT_PLAN_STATE',
    promote: 'TINCT_PLAN_STATE',
    'complete with v3': 'TINCT_PLAN_STATE',
    'complete with stable': 'TINCT_PLAN_STATE',
    'raise to 10 %': 'aborted 4',
    'lower to 1 %': 'aborted 4',
    'set the 5 % that it has': 'same',
  },
  completed: {
    pause: 'TINCT_PLAN_STATE',
    resume: 'TINCT_PLAN_STATE',
    abort: 'aborted 4',
    'complete with v2': 'same',
    promote: 'completed 4',
    'complete with v3': 'completed 4',
    'complete with stable': 'completed 4',
    'raise to 10 %': 'completed 4',
    'lower to 1 %': 'completed 4',
    'set the 5 % that it has': 'same',
  },
};

function becomes(text: string, of: Change): string {
  try {
    const { text: result, before, after } = changePlan(text, of, options);
    if (result === text) return before === after ? 'same' : 'the same text, another plan';
    const { state, epoch } = after.releases[release] as { state: string; epoch: number };
    return `${state} ${epoch}`;
  } catch (error) {
    return (error as TinctError).code;
  }
}

for (const [state, keys] of Object.entries(STATES)) {
  for (const [name, of] of Object.entries(CHANGES)) {
    const expected = TABLE[state]?.[name];
    t.test(`${state}, ${name}: ${expected}`, async (t) => {
      t.equal(becomes(planWith(keys), of), expected);
    });
  }
}

t.test(
  'a change raises the revision by one, gives both plans, and keeps the winner on abort',
  async (t) => {
    const { before, after } = changePlan(
      planWith(STATES['completed'] as Tree),
      { kind: 'abort', release },
      options,
    );
    t.strictSame([before.revision, after.revision], [9, 10]);
    t.equal(after.releases[release]?.winner, 'v2');
  },
);

t.test('the last revision there can be is not raised beyond', async (t) => {
  const text = planWith({}).replace('"revision":9', `"revision":${Number.MAX_SAFE_INTEGER}`);
  t.equal(refusal(text, percent(6)).code, 'TINCT_PLAN_COUNTER_MALFORMED');
});

t.test('an unknown release is refused with the name that was meant', async (t) => {
  const { code, hint } = refusal(planWith({}), { kind: 'abort', release: 'my-servce' });
  t.equal(code, 'TINCT_PLAN_RELEASE_UNKNOWN');
  t.match(hint, /my-service/);
});

for (const name of ['__proto__', 'constructor', 'toString']) {
  t.test(`${name} is no release`, async (t) => {
    t.equal(
      refusal(planWith({}), { kind: 'abort', release: name }).code,
      'TINCT_PLAN_RELEASE_UNKNOWN',
    );
  });
}

for (const share of [-1, -0.001, 100.001, 1e9, Number.NaN, Number.POSITIVE_INFINITY, 0.0001]) {
  t.test(`${share} % is refused`, async (t) => {
    t.equal(refusal(planWith({}), percent(share)).code, 'TINCT_PLAN_PERCENT_RANGE');
  });
}

const split = (v2: number, v3: number) => ({
  split: [
    { variant: 'v2', percent: v2 / 1_000, ranges: [[0, v2]] },
    { variant: 'v3', percent: v3 / 1_000, ranges: [[v2, v2 + v3]] },
  ],
});

const ambiguous: Readonly<Record<string, { rules: ChangeCase['release']; of: Change }>> = {
  'two conditional percentages': {
    rules: {
      rules: [
        { cohort: 'beta', percent: 5, variant: 'v2' },
        { cohort: 'staff', percent: 5, variant: 'v2' },
      ],
    },
    of: percent(6),
  },
  'a split without a variant': { rules: { rules: [split(5_000, 5_000)] }, of: percent(6) },
  'a conditional split without a variant': {
    rules: { rules: [{ cohort: 'beta', ...split(5_000, 5_000) }] },
    of: percent(6),
  },
  'a rule that has no percentage': { rules: {}, of: percent(6, { rule: 0 }) },
  'a rule that is not there': { rules: {}, of: percent(6, { rule: 4 }) },
  'a rule before the first': { rules: {}, of: percent(6, { rule: -1 }) },
  'a rule of another variant': { rules: {}, of: percent(6, { rule: 3, variant: 'v3' }) },
  'no percentage yet, and several variants': {
    rules: { rules: [{ users: ['1'], variant: 'v2' }] },
    of: percent(6),
  },
};

for (const [name, { rules, of }] of Object.entries(ambiguous)) {
  t.test(`${name}: which rule is meant is asked for`, async (t) => {
    t.equal(refusal(planWith(rules ?? {}), of).code, 'TINCT_PLAN_RULE_CHOICE');
  });
}

t.test('several rules: the hint says which there are', async (t) => {
  const rules = [
    { cohort: 'beta', percent: 5, variant: 'v2' },
    { users: ['1'], variant: 'v2' },
    { cohort: 'staff', percent: 5, variant: 'v2' },
  ];
  t.match(refusal(planWith({ rules }), percent(6)).hint, /--rule.* 0, 2/);
});

t.test('no percentage yet: the only other variant is meant', async (t) => {
  const text = planWith({ rules: undefined }).replaceAll(/,"v[34]":\{"version":"v[34]"\}/g, '');
  const { after } = changePlan(text, percent(1), options);
  const outcome = { kind: 'percent', variant: 'v2', thousandths: 1_000 } as const;
  t.match(after.releases[release]?.rules, [{ outcome }]);
});

t.test('a second percentage for everyone is refused, with its place', async (t) => {
  const { code, findings } = refusal(planWith({}), percent(1, { variant: 'v3' }));
  t.equal(code, 'TINCT_PLAN_PERCENT_CLASH');
  t.match(findings, [{ code, path: ['releases', release, 'rules', 4] }]);
});

t.test('a split beyond 100 % is refused', async (t) => {
  const text = planWith({ rules: [split(60_000, 30_000)] });
  t.equal(refusal(text, percent(41, { variant: 'v3' })).code, 'TINCT_PLAN_SPLIT_RANGES');
  t.equal(refusal(text, percent(10.001, { variant: 'v4' })).code, 'TINCT_PLAN_SPLIT_RANGES');
});

t.test('a variant that no service has is refused with what was meant', async (t) => {
  const { code, findings } = refusal(planWith({}), complete('v5'));
  t.equal(code, 'TINCT_PLAN_SUBSET_UNKNOWN');
  t.match(findings, [{ path: ['releases', release, 'winner'], hint: /did you mean/ }]);
});

const WIDENED: Readonly<Record<string, { rules: Tree['rules']; of: Change }>> = {
  'a percentage of everyone': { rules: [{ percent: 5, variant: 'v2' }], of: percent(6) },
  'a percentage of a cohort': {
    rules: [{ cohort: 'beta', percent: 5, variant: 'v2' }],
    of: percent(6),
  },
  'a percentage of listed users': {
    rules: [{ users: ['1', '2'], percent: 5, variant: 'v2' }],
    of: percent(6),
  },
  'a percentage of listed users in a cohort': {
    rules: [{ users: ['1', '2'], cohort: 'beta', percent: 5, variant: 'v2' }],
    of: percent(6),
  },
  'a variant of a split': { rules: [split(5_000, 5_000)], of: percent(6, { variant: 'v2' }) },
  'a first percentage': { rules: [], of: percent(1, { variant: 'v2' }) },
};

for (const [name, { rules, of }] of Object.entries(WIDENED)) {
  t.test(`a paused release is not widened by ${name}`, async (t) => {
    const { code } = refusal(planWith({ state: 'paused', rules }), of);
    t.equal(code, 'TINCT_PLAN_PAUSED');
    t.doesNotThrow(() => changePlan(planWith({ rules }), of, options));
  });
}

t.test('a paused release is narrowed', async (t) => {
  const text = planWith({ state: 'paused', rules: [split(5_000, 5_000)] });
  t.equal(becomes(text, percent(4, { variant: 'v2' })), 'paused 4');
  t.equal(becomes(text, percent(0, { variant: 'v3' })), 'paused 4');
});

t.test(
  'a share that a list before it leaves nobody for does not widen a paused release',
  async (t) => {
    const rules = [
      { cohort: 'beta', variant: 'v2' },
      { cohort: 'beta', percent: 5, variant: 'v2' },
    ];
    t.equal(becomes(planWith({ state: 'paused', rules }), percent(50)), 'paused 4');
  },
);

const SHARED = `apiVersion: tinct.dev/v1
kind: Plan
metadata: { name: shop, revision: 9 }
releases:
  my-service: &r
    stable: v1
    state: &s running
    services: { a: { host: a, subsets: { v1: {}, v2: {} } } }
    rules: &rules
      - { percent: &p 5, variant: v2 }
  other:
    stable: v1
    state: *s
    services: { b: { host: b, subsets: { v1: {}, v2: {} } } }
    rules: *rules
`;

for (const [name, of] of Object.entries({
  state: { kind: 'pause', release },
  percent: percent(6),
} as const)) {
  t.test(`a ${name} that another release shares by an alias is refused`, async (t) => {
    t.equal(refusal(SHARED, of).code, 'TINCT_PLAN_EDIT');
  });
}

t.test('what a release has through an alias is changed where nobody else has it', async (t) => {
  const { text, after } = changePlan(SHARED, { kind: 'pause', release: 'other' }, options);
  t.equal(text, SHARED.replace('*s', 'paused').replace('revision: 9', 'revision: 10'));
  t.equal(after.releases[release]?.state, 'running');
});

t.test('a plan that is wrong already is refused with everything that is wrong', async (t) => {
  const text = planWith({ stable: 'v9', epoch: 0 });
  const { code, findings } = errorOf(() =>
    changePlan(text, percent(6), { ...options, file: 'p.yaml' }),
  );
  t.equal(code, findings.find(({ level }) => level === 'error')?.code);
  const codes = findings.map((found) => found.code).sort();
  t.strictSame(codes, ['TINCT_PLAN_COUNTER_MALFORMED', 'TINCT_PLAN_SUBSET_UNKNOWN']);
  t.ok(findings.every(({ file, line }) => file === 'p.yaml' && line === 1));
});

t.test('what is no plan at all is refused', async (t) => {
  t.equal(refusal('a: [', percent(6)).code, 'TINCT_PLAN_SYNTAX');
  t.equal(refusal('', percent(6)).findings.length > 0, true);
});

const lock = (...digests: [string, string][]): Change => ({
  kind: 'lock',
  digests: new Map(digests),
});
const unlocked = JSON.stringify(
  planBefore({ name: '', change, sets: {}, cohort: { sha256: undefined } }),
);

t.test('a list without a digest refuses every change but lock', async (t) => {
  t.equal(refusal(unlocked, percent(6)).code, 'TINCT_PLAN_LIST_UNPINNED');
  const { after } = changePlan(unlocked, lock(['beta', 'b'.repeat(64)]), options);
  t.match(after.cohorts['beta'], { list: { sha256: 'b'.repeat(64) } });
});

t.test('lock with the digests that are there changes nothing', async (t) => {
  t.equal(becomes(planWith({}), lock(['beta', 'a'.repeat(64)])), 'same');
  t.equal(becomes(planWith({}), lock()), 'same');
});

t.test('lock refuses what is no digest, no list, or no cohort', async (t) => {
  t.equal(refusal(unlocked, lock(['beta', 'B'.repeat(64)])).code, 'TINCT_PLAN_DIGEST_MALFORMED');
  t.equal(refusal(planWith({}), lock(['staff', 'b'.repeat(64)])).code, 'TINCT_PLAN_LIST_OPTION');
  t.equal(refusal(planWith({}), lock(['nobody', 'b'.repeat(64)])).code, 'TINCT_PLAN_EDIT');
});

t.test('lock of one list of two leaves a plan that still is refused', async (t) => {
  const plan = planBefore({ name: '', change, sets: {}, cohort: { sha256: undefined } });
  const cohorts = { ...(plan['cohorts'] as Tree), more: { list: 'more.txt' } };
  const text = JSON.stringify({ ...plan, cohorts });
  t.equal(refusal(text, lock(['beta', 'b'.repeat(64)])).code, 'TINCT_PLAN_LIST_UNPINNED');
});

const MEMORY = { maxAge: '30d' };
const since = (keys: ChangeCase['release'], of: Change, now = NOW) =>
  changePlan(planWith(keys ?? {}), of, { now }).after.releases[release]?.stickySince;

t.test('lowering forgets what was remembered, with memory and unless told otherwise', async (t) => {
  t.equal(since({ memory: MEMORY }, percent(4)), Date.parse('2026-03-01T12:00:01Z'));
  t.equal(since({ memory: MEMORY }, percent(4, { keepMemory: true })), 0);
  t.equal(since({ memory: MEMORY }, percent(6)), 0);
  t.equal(since({}, percent(4)), 0);
});

t.test('what was remembered within the same second is forgotten, too', async (t) => {
  for (const now of [
    NOW,
    Date.parse('2026-03-01T12:00:00Z'),
    Date.parse('2026-03-01T11:59:59.999Z'),
  ])
    t.ok((since({ memory: MEMORY }, percent(4), now) ?? 0) >= now);
});

t.test('what was forgotten stays forgotten when a clock is behind', async (t) => {
  const later = '2026-03-01T13:00:00Z';
  t.equal(since({ memory: MEMORY, stickySince: later }, percent(4)), Date.parse(later));
});
