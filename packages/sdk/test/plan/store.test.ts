import {
  type Decision,
  decide,
  finding,
  type IdList,
  listKey,
  type Plan,
  TinctError,
} from '@tinct/core';
import t from 'tap';
import type { LoadLists, PlanStore } from '../../src/index.ts';
import { digestsOf, fakeStore, noLists, planText } from './helpers.ts';

function decision(store: PlanStore, user = '123'): Decision | undefined {
  const [release] = store.current()?.releases ?? [];
  return release && decide(release, { units: { user }, now: 0 });
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

t.test('there is no plan before one is read', async (t) => {
  const { store } = fakeStore();
  t.equal(store.current(), undefined);
  t.match(store.status(), { source: 'fake.yaml', inForce: undefined, refused: undefined });
});

t.test('a good plan comes into force and is reported with its time', async (t) => {
  const { store, heard, put } = fakeStore();
  const status = await put(planText({ revision: 1, percent: 100 }));
  t.equal(store.current()?.revision, 1);
  t.equal(decision(store)?.variant, 'v2');
  t.equal(status.inForce?.since, 1_700_000_000_000);
  t.same(heard, { accepted: [1], refused: [] });
});

const bad = [
  ['no YAML', '{', 'TINCT_PLAN_SYNTAX'],
  ['an empty file, as a writer that truncates leaves it', '', undefined],
  ['a plan with a mistake', planText({ revision: 2, percent: 101 }), 'TINCT_PLAN_PERCENT_RANGE'],
  ['a lower revision', planText({ revision: 1 }), 'TINCT_PLAN_REVISION_LOWER'],
  [
    'the same revision with other content',
    planText({ revision: 2, percent: 9 }),
    'TINCT_PLAN_REVISION_REUSED',
  ],
  ['a lower epoch', planText({ revision: 3, epoch: 1 }), 'TINCT_PLAN_EPOCH_LOWER'],
] as const;
for (const [what, text, code] of bad)
  t.test(`${what}: the last good plan stays, and why is said once`, async (t) => {
    const { store, heard, put } = fakeStore();
    await put(planText({ revision: 2, epoch: 2 }));
    const good = store.current();
    const status = await put(text);
    await put(text);
    t.equal(store.current(), good);
    t.equal(heard.refused.length, 1);
    if (code !== undefined) t.ok(heard.refused[0]?.includes(code));
    t.same(
      status.refused?.findings.map((found) => found.code),
      heard.refused[0],
    );
    t.ok(status.refused?.findings.every((found) => found.file === 'fake.yaml'));
  });

t.test('a mended plan clears the refusal; so does writing the plan in force back', async (t) => {
  const { store, heard, put } = fakeStore();
  await put(planText({ revision: 1 }));
  await put('{');
  t.equal((await put(planText({ revision: 2 }))).refused, undefined);
  await put('{');
  t.equal((await put(`${planText({ revision: 2 })}# a comment\n`)).refused, undefined);
  t.same(heard.accepted, [1, 2]);
  t.equal(store.current()?.revision, 2);
});

t.test('a source that fails leaves the last good plan', async (t) => {
  const { source, store, heard, put } = fakeStore();
  t.teardown(() => store.close());
  await put(planText({ revision: 1 }));
  const loading = store.load();
  source.reads.at(-1)?.fail(new TinctError('TINCT_PLAN_UNREADABLE', 'gone'));
  await loading;
  t.equal(store.current()?.revision, 1);
  t.same(heard.refused, [['TINCT_PLAN_UNREADABLE']]);
});

t.test('what could not be read is tried again by itself', async (t) => {
  const { source, store, put } = fakeStore({ retryMs: 1 });
  t.teardown(() => store.close());
  const loading = store.load();
  source.reads.at(-1)?.fail(new Error('EIO'));
  await loading;
  while (source.reads.length < 2) await settle();
  source.reads.at(-1)?.answer(planText({ revision: 1 }));
  while (store.current() === undefined) await settle();
  t.equal(store.status().refused, undefined);
  await put(planText({ revision: 2 }));
});

t.test('an older load that ends later does not win', async (t) => {
  const { source, store, heard } = fakeStore();
  const loads = [store.load(), store.load()];
  source.reads[1]?.answer(planText({ revision: 1, percent: 100 }));
  await loads[1];
  source.reads[0]?.answer(planText({ revision: 2, percent: 0 }));
  await loads[0];
  t.equal(decision(store)?.variant, 'v2');
  t.same(heard.accepted, [1]);
});

t.test('an older load that fails later does not blame the newer plan', async (t) => {
  const { source, store, heard } = fakeStore();
  const loads = [store.load(), store.load()];
  source.reads[1]?.answer(planText({ revision: 1 }));
  await loads[1];
  source.reads[0]?.answer('{');
  await loads[0];
  t.equal(store.status().refused, undefined);
  t.same(heard.refused, []);
});

t.test('a newer plan that is refused does not take the older good one with it', async (t) => {
  const { source, store } = fakeStore();
  const loads = [store.load(), store.load()];
  source.reads[1]?.answer('{');
  await loads[1];
  source.reads[0]?.answer(planText({ revision: 1 }));
  await loads[0];
  t.equal(store.current()?.revision, 1);
  t.match(store.status().refused, { findings: [{ code: 'TINCT_PLAN_SYNTAX' }] });
});

const fakeList: IdList = { sha256: '', size: 1, has: (id) => id === '123' };

function listLoader() {
  const calls: { digests: string[]; done: (fail?: Error) => void; signal: AbortSignal }[] = [];
  const loadLists: LoadLists = (plan, _baseDir, { signal, warn }) => {
    const { promise, resolve, reject } = Promise.withResolvers<ReadonlyMap<string, IdList>>();
    const lists = Object.values(plan.cohorts).flatMap((cohort) =>
      cohort.kind === 'list' ? [[listKey(cohort.list), fakeList] as const] : [],
    );
    const done = (fail?: Error) => (fail ? reject(fail) : resolve(new Map(lists)));
    warn(finding('TINCT_PLAN_COHORT_EMPTY', 'so', []));
    calls.push({ digests: digestsOf(plan), done, signal });
    return promise;
  };
  return { calls, loadLists };
}

t.test('plan and lists come into force as one', async (t) => {
  const { calls, loadLists } = listLoader();
  const { store, put } = fakeStore({ loadLists });
  const loading = put(planText({ revision: 1, percent: 0, list: 'a' }));
  while (calls.length === 0) await settle();
  t.equal(store.current(), undefined);
  calls[0]?.done();
  await loading;
  t.equal(decision(store, '123')?.variant, 'v2');
  t.equal(decision(store, '124')?.variant, 'v1');
  t.match(store.status().inForce?.findings, [{ code: 'TINCT_PLAN_COHORT_EMPTY' }]);
});

t.test('a list that fails keeps the previous pair and is tried again', async (t) => {
  const { calls, loadLists } = listLoader();
  const { source, store, heard, put } = fakeStore({ loadLists, retryMs: 1 });
  t.teardown(() => store.close());
  await put(planText({ revision: 1 }));
  const loading = put(planText({ revision: 2, list: 'a' }));
  while (calls.length === 0) await settle();
  calls[0]?.done(new Error('no such list'));
  await loading;
  t.equal(store.current()?.revision, 1);
  t.equal(heard.refused.length, 1);
  while (source.reads.length < 3) await settle();
  source.reads.at(-1)?.answer(planText({ revision: 2, list: 'a' }));
  while (calls.length < 2) await settle();
  calls[1]?.done();
  while (store.current()?.revision !== 2) await settle();
  t.equal(store.status().refused, undefined);
});

t.test('an abort does not wait for lists that are held already', async (t) => {
  const { calls, loadLists } = listLoader();
  const { store, put } = fakeStore({ loadLists });
  const loading = put(planText({ revision: 1, list: 'a' }));
  while (calls.length === 0) await settle();
  calls[0]?.done();
  await loading;
  await put(planText({ revision: 2, list: 'a', state: 'aborted' }));
  t.equal(calls.length, 1);
  t.equal(decision(store)?.reason, 'DISABLED');
});

t.test('an abort overtakes a plan that is still loading its list, and stays', async (t) => {
  const { calls, loadLists } = listLoader();
  const { store, heard, put } = fakeStore({ loadLists });
  await put(planText({ revision: 1 }));
  const slow = put(planText({ revision: 2, list: 'b' }));
  while (calls.length === 0) await settle();
  await put(planText({ revision: 3, state: 'aborted' }));
  t.equal(calls[0]?.signal.aborted, true);
  calls[0]?.done();
  await slow;
  t.same(heard, { accepted: [1, 3], refused: [] });
  t.equal(decision(store)?.reason, 'DISABLED');
});

t.test('a load that another overtakes ends when that one is in force', async (t) => {
  const { calls, loadLists } = listLoader();
  const { source, store } = fakeStore({ loadLists });
  // As when a file is written, and its watcher and whoever wrote it both load.
  const both = [store.load(), store.load()];
  const seen = both[0]?.then(() => store.current()?.revision);
  for (const [i, read] of source.reads.entries()) {
    read.answer(planText({ revision: 1, list: 'a' }));
    while (calls.length === i) await settle();
  }
  calls[0]?.done();
  await settle();
  calls[1]?.done();
  t.equal(await seen, 1);
  await both[1];
});

t.test('a dropped list is let go', async (t) => {
  const { calls, loadLists } = listLoader();
  const { store, put } = fakeStore({ loadLists });
  const loading = put(planText({ revision: 1, list: 'a' }));
  while (calls.length === 0) await settle();
  calls[0]?.done();
  await loading;
  t.equal(store.status().inForce?.lists.size, 1);
  await put(planText({ revision: 2 }));
  t.equal(store.status().inForce?.lists.size, 0);
});

const withoutReleases = (revision: number) =>
  `${planText({ revision }).split('releases:')[0]}releases: {}\n`;

t.test('an aborted epoch does not come back by leaving the plan for a revision', async (t) => {
  const { store, put } = fakeStore();
  await put(planText({ revision: 1, percent: 100, state: 'aborted' }));
  await put(withoutReleases(2));
  t.equal(store.current()?.revision, 2);
  await put(planText({ revision: 3, percent: 100 }));
  t.equal(store.current()?.revision, 3);
  t.equal(decision(store)?.reason, 'DISABLED');
  await put(planText({ revision: 4, percent: 100, epoch: 2 }));
  t.equal(decision(store)?.variant, 'v2');
  t.same([...store.status().killed], [['my-service', 1]]);
});

t.test('an epoch that was aborted before this process began stays aborted', async (t) => {
  const { store, put } = fakeStore({ killed: new Map([['my-service', 1]]) });
  await put(planText({ revision: 1, percent: 100 }));
  t.equal(decision(store)?.reason, 'DISABLED');
});

t.test('the program at hand may refuse a plan, or warn of it', async (t) => {
  const inspect = (plan: Plan) => [
    finding(
      plan.revision > 1 ? 'TINCT_EDGE_VARIANT_UNROUTED' : 'TINCT_SOURCE_UNSUPPORTED',
      'so',
      [],
    ),
  ];
  const { store, heard, put } = fakeStore({ inspect });
  await put(planText({ revision: 1 }));
  t.match(store.status().inForce?.findings, [{ code: 'TINCT_SOURCE_UNSUPPORTED' }]);
  await put(planText({ revision: 2 }));
  t.equal(store.current()?.revision, 1);
  t.same(heard.refused, [['TINCT_EDGE_VARIANT_UNROUTED']]);
});

t.test('a change of the source is loaded, until the store is closed', async (t) => {
  const { source, store, heard } = fakeStore({ loadLists: noLists });
  const starting = store.start();
  source.reads[0]?.answer(planText({ revision: 1 }));
  await starting;
  source.onChange?.();
  store.close();
  source.reads[1]?.answer(planText({ revision: 2 }));
  await settle();
  t.same(heard.accepted, [1]);
  t.equal(source.closed, true);
});

t.test(
  'who is told of plans and throws keeps nobody else from hearing, and changes no plan',
  async (t) => {
    const broken: string[] = [];
    const fails = (what: string) => () => {
      throw new Error(what);
    };
    const { store, put } = fakeStore({
      onAccepted: fails('accepted'),
      onRefused: fails('refused'),
      onHookFailed: (error) => broken.push((error as Error).message),
    });
    const told: (number | undefined)[] = [];
    store.watch(fails('listener'));
    store.watch(({ inForce }) => told.push(inForce?.compiled.revision));
    const good = await put(planText({ revision: 1, percent: 100 }));
    t.equal(good.refused, undefined, 'the plan is in force, and nothing says that it was refused');
    t.equal(decision(store)?.variant, 'v2');
    const bad = await put('{');
    t.match(
      bad.refused?.findings,
      [{ code: 'TINCT_PLAN_SYNTAX' }],
      'and a bad one for its own fault',
    );
    t.match(store.kill('my-service'), { epoch: 1 });
    t.equal(decision(store)?.variant, 'v1', 'an abort is in force');
    t.strictSame(told, [1, 1, 1], 'the other listener heard of all three');
    t.strictSame(broken, ['accepted', 'listener', 'refused', 'listener', 'listener']);
  },
);

t.test(
  'where nobody wants to hear of it, a listener that throws is a warning of the process, once',
  async (t) => {
    const { store, put } = fakeStore();
    const warnings: Error[] = [];
    const hear = (warning: Error) =>
      void (warning.name === 'TinctWarning' && warnings.push(warning));
    process.on('warning', hear);
    t.teardown(() => process.off('warning', hear));
    store.watch(() => {
      throw new Error('on purpose');
    });
    await put(planText({ revision: 1 }));
    await put(planText({ revision: 2 }));
    t.equal(store.current()?.revision, 2);
    // Warnings come with the process's next tick.
    await settle();
    t.match(
      warnings.map(({ message }) => message),
      [/on purpose/],
    );
  },
);
