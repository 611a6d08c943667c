/** A unit whose version changes though nothing explains it is counted, to the unit; changes that are meant to be are not. */
import { parsePlan } from '@tinct/core';
import fc from 'fast-check';
import t from 'tap';
import { heldBytes } from '../../../test/held.ts';
import type { Edge } from '../src/index.ts';
import { servedVariant } from '../src/record/answered.ts';
import { type Cause, changeOf, type Seen, servedChangeOf } from '../src/record/change.ts';
import { besides, hashIn, hashOf, printOf, salted } from '../src/record/hash.ts';
import { shapeOf } from '../src/record/roster.ts';
import { attributesText } from '../src/record/sights.ts';
import { ABSENT, homeOf, UnitTable } from '../src/record/unit-table.ts';
import { edgeFor, planText, TextSource, twoVersions, until, upstream } from './helpers.ts';
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

t.test('an answer of another version is a flip unless another one was decided', async (t) => {
  const change = (last: Partial<Seen>, now: Partial<Seen>, served: readonly [string, string]) =>
    servedChangeOf(
      { ...seen(last), served: served[0] },
      { ...seen(now), served: served[1] },
      false,
    );
  t.equal(change({}, {}, ['v1', 'v2']), 'flip', 'weights of a mesh, say');
  t.equal(change({}, { revision: 3 }, ['v1', 'v2']), 'flip', 'nothing else was decided');
  t.equal(change({}, { variant: 'v2', revision: 3 }, ['v1', 'v2']), 'revision');
  t.equal(change({}, { variant: 'v2' }, ['v1', 'v2']), 'flip');
  t.equal(change({}, { variant: 'v2' }, ['v1', 'v1']), undefined, 'nobody saw that');
});

t.test('attack: long attributes of many units are not kept beyond what is compared', async (t) => {
  const before = heldBytes();
  const texts = Array.from({ length: 300 }, (_, i) =>
    attributesText({ attributes: { country: `${i}${'y'.repeat(60_000)}` } }),
  );
  const held = heldBytes() - before;
  t.same(new Set(texts.map(({ length }) => length)), new Set([512]));
  // The whole texts would be 18 MB.
  t.ok(held < 2e6, `${held}`);
});

t.test('attack: versions that a service makes up are one', async (t) => {
  const { plan } = parsePlan(planText());
  const [release] = Object.values(plan?.releases ?? {});
  const shape = release && shapeOf(release);
  const of = (served: string | undefined, more = {}) =>
    shape &&
    servedVariant(shape, 'v1', {
      ...{ served, routed: [], cached: false, stream: false, grpcStatus: undefined },
      ...more,
    });
  t.equal(of('v1'), 'v1');
  t.equal(of('v2'), 'v2');
  t.equal(of('v3'), '_OTHER');
  t.equal(of('x'.repeat(1000)), '_OTHER');
  t.equal(of(undefined), undefined);
  t.equal(of('v2', { cached: true }), undefined);
  const routed = [{ release: 'my-service', variant: 'v2' }];
  t.equal(of(undefined, { routed }), 'v2', 'the route’s word');
  t.equal(of('v1', { routed }), 'v1', 'the pod’s own word');
  t.equal(of(undefined, { routed: [{ release: 'my-service', variant: 'v77' }] }), undefined);
});

t.test('a sample stays bounded, and holds exactly the units whose hash is low', async (t) => {
  const forgotten: string[] = [];
  const sample = new UnitTable<string, string>(1000, (key) => forgotten.push(key));
  const keys = Array.from({ length: 20_000 }, (_, i) => `my-service user user-${i}`);
  const printFor = (key: string) => besides(hashOf(key), hashOf(`other ${key}`));
  const placeOf = (key: string) => sample.find(printFor(key));
  for (const [order, key] of keys.entries()) {
    sample.add(printFor(key), order, key, undefined);
    // Every other one comes again.
    if (order % 2 === 1 && placeOf(key) !== ABSENT) sample.follow(placeOf(key), order, key, key);
  }
  const held = keys.filter((key) => placeOf(key) !== ABSENT);
  t.strictSame(
    held,
    keys.filter((key) => hashOf(key) < sample.share * 2 ** 32),
  );
  t.equal(held.length, sample.size);
  t.ok(sample.size <= 1000 && sample.size > 400, `${sample.size}`);
  const knownOf = (key: string) => {
    const at = placeOf(key);
    return [sample.orderAt(at), sample.isBackAt(at), sample.lastAt(at), sample.answeredAt(at)];
  };
  const wasBack = (key: string) => keys.indexOf(key) % 2 === 1;
  t.strictSame(
    held.map(knownOf),
    held.map((key) => [keys.indexOf(key), wasBack(key), key, wasBack(key) ? key : undefined]),
    'however often the table moved',
  );
  t.ok(forgotten.length > 0 && forgotten.every(wasBack), 'of others nobody hears');
  t.ok(
    Math.abs(sample.size / sample.share / 20_000 - 1) < 0.15,
    'the share tells how many there are',
  );
});

t.test('units with one hash in common are told apart by another', async (t) => {
  const units = new UnitTable<string, string>(100);
  const others = [0, 1, 7, 2 ** 20 - 1];
  for (const other of others) units.add(besides(5, other), 1, `${other}`, undefined);
  t.strictSame(
    others.map((other) => units.lastAt(units.find(besides(5, other)))),
    others.map(String),
  );
  t.equal(units.find(besides(5, 2)), ABSENT);
  t.equal(units.find(besides(0, 0)), ABSENT, 'nothing is there that looks like no row');
  units.add(besides(0, 0), 1, 'first', undefined);
  units.add(besides(2 ** 32 - 1, 2 ** 20 - 1), 1, 'last', undefined);
  t.equal(units.lastAt(units.find(besides(0, 0))), 'first');
  t.equal(units.lastAt(units.find(besides(2 ** 32 - 1, 2 ** 20 - 1))), 'last');
});

t.test('one unit in a thousand releases is looked for in as many places', async (t) => {
  const print = printOf({ type: 'user', key: 'user-1' });
  const homes = Array.from({ length: 1000 }, (_, i) =>
    homeOf(salted(print, hashOf(`release-${i}`)), 16_384),
  );
  // By chance 970 of them are different.
  t.ok(new Set(homes).size > 900, `${new Set(homes).size}`);
});

t.test('a unit’s print has the hash of its text in it', async () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 40 });
  fc.assert(
    fc.property(
      text,
      text,
      (type, key) => hashIn(printOf({ type, key })) === hashOf(`${type} ${key}`),
    ),
    { seed: 3 },
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
    const of = async (requests: number) => {
      await until(() => edge.stats().requests === requests);
      return edge.stats().flips.find(({ release }) => release === 'my-service');
    };
    t.match(await of(0), { compared: 0, flips: 0, returned: 0, sampled: 1 });
    for (const user of ['a', 'b', 'c']) await carry(user, 'v1', 3);
    t.match(await of(3), { compared: 0, flips: 0, returned: 0 });
    await carry('a', 'v2', 2);
    await carry('a', 'v1', 3);
    await carry('a', 'v2', 2);
    await carry('b', 'v1', 2);
    await carry('c', 'v2', 4);
    const expected = { revision: 2, abort: 0, attributes: 0, memory: 0 };
    t.match(await of(8), { compared: 5, flips: 2, changes: expected, returned: 3 });
    t.match((await of(8))?.byReach.unknown, { compared: 0 }, 'all of them by what answered');
  },
);

const USERS = Array.from({ length: 24 }, (_, i) => `user-${i}`);

/** Everyone asks, one after the other; resolves when all of it is counted. */
async function everyone(edge: Edge): Promise<void> {
  const before = edge.stats().requests;
  for (const user of USERS) await ask({ edge }, { 'user-id': user });
  await until(() => edge.stats().requests === before + USERS.length);
}

const matchesOf = (edge: Edge) => {
  const all = edge.stats().releases[0]?.assignments ?? [];
  const sum = (name: 'match' | 'mismatch' | 'unknown') =>
    all.reduce((total, { matches }) => total + matches[name], 0);
  return { match: sum('match'), mismatch: sum('mismatch'), unknown: sum('unknown') };
};

t.test(
  'a mesh that sends some users elsewhere: flips and mismatches are counted to the unit',
  async (t) => {
    /** Users to whom another version answers than the one they were assigned, now. */
    let strayed: ReadonlySet<string> = new Set();
    const url = await upstream(t, (req, res) => {
      const assigned = `${req.headers['x-tinct-my-service']}`;
      const other = assigned === 'v1' ? 'v2' : 'v1';
      const served = strayed.has(`${req.headers['user-id']}`) ? other : assigned;
      res.writeHead(200, { 'x-tinct-served': served }).end();
    });
    const plan = new TextSource(planText({ rules: '{ percent: 50, variant: v2 }' }));
    const edge = await edgeFor(t, { upstream: url, plan });
    const stats = () => edge.stats().flips[0]?.byReach;
    await everyone(edge);
    await everyone(edge);
    t.match(stats(), { service: { compared: 24, flips: 0 }, unknown: { compared: 0 } });
    strayed = new Set(USERS.slice(0, 7));
    await everyone(edge);
    t.match(stats()?.service, { compared: 48, flips: 7 }, 'seven are thrown there');
    t.strictSame(matchesOf(edge), { match: 65, mismatch: 7, unknown: 0 });
    await everyone(edge);
    t.match(stats()?.service, { compared: 72, flips: 7 }, 'where they stay');
    strayed = new Set(USERS.slice(0, 4));
    await everyone(edge);
    t.match(stats()?.service, { compared: 96, flips: 10 }, 'three are thrown back');
    t.strictSame(matchesOf(edge), { match: 102, mismatch: 18, unknown: 0 });
    t.equal(edge.stats().flips[0]?.returned, 24, 'each unit counts once');
    t.match(stats()?.unknown, { compared: 0, flips: 0 });
  },
);

t.test(
  'where nobody says who answered, what was decided is compared, and counted apart',
  async (t) => {
    const url = await upstream(t, (_, res) => void res.end());
    const plan = new TextSource(planText({ rules: '{ percent: 50, variant: v2 }' }));
    const edge = await edgeFor(t, { upstream: url, plan });
    await everyone(edge);
    await everyone(edge);
    const [stats] = edge.stats().flips;
    t.match(stats?.byReach, { service: { compared: 0 }, unknown: { compared: 24, flips: 0 } });
  },
);

t.test(
  'two replicas with clashing plans throw users to and fro: each throw is counted',
  async (t) => {
    const behind = await twoVersions(t, { trustedForDecisions: ['127.0.0.0/8'] });
    const replica = (revision: number, percent: number) =>
      edgeFor(t, {
        upstream: behind.address.url,
        plan: new TextSource(planText({ revision, rules: `{ percent: ${percent}, variant: v2 }` })),
      });
    const [ahead, late] = [await replica(2, 0), await replica(1, 100)];
    const flips = async (requests: number) => {
      await until(() => behind.stats().requests === requests);
      return behind.stats().flips[0];
    };
    await everyone(late);
    t.match(await flips(24), { compared: 0, flips: 0 });
    await everyone(ahead);
    t.match(await flips(48), { compared: 24, flips: 0, changes: { revision: 24 } });
    await everyone(late);
    t.match(await flips(72), { compared: 48, flips: 24 }, 'all are thrown back by an older plan');
  },
);

t.test('a request that was decided earlier and answered later flips nobody', async (t) => {
  const waiting: (() => void)[] = [];
  const url = await upstream(t, (req, res) => {
    const served = `${req.headers['x-tinct-my-service']}`;
    const answer = () => void res.writeHead(200, { 'x-tinct-served': served }).end();
    if (req.url === '/slow') waiting.push(answer);
    else answer();
  });
  const source = new TextSource(planText({ rules: '{ percent: 0, variant: v2 }' }));
  const edge = await edgeFor(t, { upstream: url, plan: source });
  const user = { 'user-id': 'user-1' };
  const slow = ask({ edge }, user, '/slow');
  await until(() => waiting.length === 1);
  source.text = planText({ revision: 2, rules: '{ percent: 100, variant: v2 }' });
  await edge.plan.load();
  await ask({ edge }, user);
  for (const answer of waiting) answer();
  await slow;
  await until(() => edge.stats().requests === 2);
  t.match(edge.stats().flips[0], { compared: 0, flips: 0 });
});

t.test('percentages that move, aborts, and another user flip nobody', async (t) => {
  const source = new TextSource(visitedPlan({ memory: '', percent: 0 }));
  const edge = await twoVersions(t, { plan: source });
  const users = Array.from({ length: 40 }, (_, i) => `user-${i}`);
  let asked = 0;
  const everyone = async () => {
    for (const user of users) await ask({ edge }, { 'user-id': user });
    asked += users.length;
    await until(() => edge.stats().requests === asked);
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
  await until(() => visited.edge.stats().requests === 3);
  const [stats] = visited.edge.stats().flips;
  t.match(stats, { compared: 2, flips: 0, changes: { memory: 1 } });
});
