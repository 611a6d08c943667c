/** A unit whose version changes though nothing explains it is counted, to the unit; changes that are meant to be are not. */
import fc from 'fast-check';
import t from 'tap';
import { type Cause, changeOf, type Seen } from '../src/record/change.ts';
import { HashSample, hashOf } from '../src/record/sample.ts';
import { TextSource, twoVersions } from './helpers.ts';
import {
  ask,
  COOKIE,
  cookieOf,
  HOUR,
  NAVIGATION,
  visitedEdge,
  visitedPlan,
} from './visitor-helpers.ts';

const seen = (more: Partial<Seen> = {}): Seen => ({
  variant: 'v1',
  revision: 2,
  epoch: 1,
  reason: 'SPLIT',
  attributes: '{}',
  ...more,
});

const changes: readonly (readonly [
  string,
  Partial<Seen>,
  Partial<Seen>,
  Cause | 'flip' | undefined,
])[] = [
  ['the same version', {}, { revision: 9, epoch: 2 }, undefined],
  ['another by the same plan', {}, {}, 'flip'],
  ['by a higher revision', {}, { revision: 3 }, 'revision'],
  ['by a lower revision', {}, { revision: 1 }, 'flip'],
  ['an abort', {}, { reason: 'DISABLED' }, 'abort'],
  ['the end of an abort', { reason: 'DISABLED' }, { revision: 3 }, 'abort'],
  ['another epoch', {}, { epoch: 2, revision: 3 }, 'abort'],
  ['other attributes', {}, { attributes: '{"a":1}' }, 'attributes'],
  ['attributes that were not known', { attributes: undefined }, {}, 'attributes'],
  ['a memory that ended', { reason: 'STICKY' }, {}, 'memory'],
  ['a cohort that could not be loaded', {}, { reason: 'ERROR' }, 'flip'],
];
for (const [what, last, now, expected] of changes)
  t.test(`${what}: ${expected ?? 'nothing'}`, async (t) => {
    const variant = what === 'the same version' ? 'v1' : 'v2';
    t.equal(changeOf(seen(last), seen({ variant, ...now }), true), expected);
  });

t.test('without conditions, attributes explain nothing', async (t) => {
  t.equal(changeOf(seen(), seen({ variant: 'v2', attributes: '{"a":1}' }), false), 'flip');
});

t.test('a sample stays bounded, and holds exactly the keys whose hash is low', async (t) => {
  let forgotten = 0;
  const sample = new HashSample<number>(1000, () => {
    forgotten += 1;
  });
  const keys = Array.from({ length: 20_000 }, (_, i) => `my-service user user-${i}`);
  for (const key of keys) sample.set(key, 1);
  const held = keys.filter((key) => sample.get(key) !== undefined);
  t.strictSame(
    held,
    keys.filter((key) => hashOf(key) < sample.share * 2 ** 32),
  );
  t.equal(held.length, sample.size);
  t.ok(sample.size <= 1000 && sample.size > 400, `${sample.size}`);
  t.ok(forgotten > 0);
  t.ok(
    Math.abs(sample.size / sample.share / 20_000 - 1) < 0.15,
    'the share tells how many there are',
  );
});

t.test('hashes are spread, whatever the keys look like', async () => {
  const prefix = fc.string({ maxLength: 20 });
  fc.assert(
    fc.property(prefix, (text) => {
      const low = Array.from({ length: 2000 }, (_, i) => hashOf(`${text}${i}`)).filter(
        (n) => n < 2 ** 31,
      );
      return Math.abs(low.length - 1000) < 150;
    }),
    { numRuns: 50, seed: 3 },
  );
});

t.test(
  'flips that were put in are counted to the unit: hops before that hold different plans',
  async (t) => {
    const edge = await twoVersions(t, { trustedForDecisions: ['127.0.0.0/8'] });
    const carry = (user: string, variant: string, revision: number) =>
      ask(
        { edge },
        {
          'user-id': user,
          'x-tinct-decision': `my-service="${variant}";rev=${revision};epoch=1;reason=SPLIT;arm=canary`,
        },
      );
    const of = () => edge.stats().flips.find(({ release }) => release === 'my-service');
    t.match(of(), { compared: 0, flips: 0, returned: 0, sampled: 1 });
    for (const user of ['a', 'b', 'c']) await carry(user, 'v1', 3);
    t.match(of(), { compared: 0, flips: 0, returned: 0 });
    await carry('a', 'v2', 2);
    await carry('a', 'v1', 3);
    await carry('a', 'v2', 2);
    await carry('b', 'v1', 2);
    await carry('c', 'v2', 4);
    const expected = { revision: 2, abort: 0, attributes: 0, memory: 0 };
    t.match(of(), { compared: 5, flips: 2, changes: expected, returned: 3 });
  },
);

t.test('percentages that move, aborts, and another user flip nobody', async (t) => {
  const source = new TextSource(visitedPlan({ memory: '', percent: 0 }));
  const edge = await twoVersions(t, { plan: source });
  const users = Array.from({ length: 40 }, (_, i) => `user-${i}`);
  const everyone = async () => {
    for (const user of users) await ask({ edge }, { 'user-id': user });
  };
  await everyone();
  for (const [revision, percent] of [
    [2, 100],
    [3, 30],
    [4, 60],
  ] as const) {
    source.text = visitedPlan({ revision, percent, memory: '' });
    await edge.plan.load();
    await everyone();
  }
  edge.plan.kill('my-service');
  await everyone();
  const [stats] = edge.stats().flips;
  t.match(stats, { compared: 160, flips: 0, returned: 40 });
  t.ok(
    (stats?.changes.revision ?? 0) > 40 && (stats?.changes.abort ?? 0) > 5,
    JSON.stringify(stats),
  );
});

t.test('the cookie tells what another edge decided: a memory that ended is no flip', async (t) => {
  const plan = { percent: 100, memory: 'memory: { maxAge: 1h }', revision: 1 };
  const visited = await visitedEdge(t, plan);
  const first = await ask(visited, NAVIGATION);
  visited.source.text = visitedPlan({ ...plan, revision: 2, percent: 0 });
  await visited.edge.plan.load();
  const again = await ask(visited, { ...NAVIGATION, cookie: `${COOKIE}=${cookieOf(first)}` });
  t.match([first.seen.version, again.seen.version], ['v2', 'v2']);
  visited.clock.ms += 2 * HOUR;
  const late = await ask(visited, { ...NAVIGATION, cookie: `${COOKIE}=${cookieOf(again)}` });
  t.equal(late.seen.version, 'v1');
  const [stats] = visited.edge.stats().flips;
  t.match(stats, { compared: 2, flips: 0, changes: { memory: 1 } });
});
