/**
 * Three edges with a plan that moves: percentages go up and down, each edge takes a new revision at another moment, and
 * requests go to any of them.
 */
import { generateKey } from '@tinct/sdk';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { type Edge, startEdge } from '../src/index.ts';
import { TextSource, upstream, valuesOf } from './helpers.ts';
import { ask, Clock, COOKIE, NAVIGATION, pairOf, visitedPlan } from './visitor-helpers.ts';

const REPLICAS = 3;
const USERS = 12;

/** A revision's plan; lowering moves `stickySince`, as `tinct plan set` does. */
interface Revision {
  readonly percent: number;
  readonly stickySince: string;
}

type Step =
  | { readonly kind: 'change'; readonly percent: number }
  | { readonly kind: 'take'; readonly replica: number }
  | { readonly kind: 'ask'; readonly replica: number; readonly user: number };

const replica = fc.nat({ max: REPLICAS - 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('change' as const),
    percent: fc.constantFrom(0, 5, 20, 50, 80, 100),
  }),
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('take' as const), replica }) },
  {
    weight: 30,
    arbitrary: fc.record({
      kind: fc.constant('ask' as const),
      replica,
      user: fc.nat({ max: USERS - 1 }),
    }),
  },
);
const stories = fc.array(step, { minLength: 120, maxLength: 120 });

interface Replica {
  readonly edge: Edge;
  readonly source: TextSource;
  /** Of the plan that it holds, from 1. */
  revision: number;
}

/** What a user got, and by which revision. */
interface Got {
  readonly version: string;
  readonly revision: number;
  /** Whether the edges held different revisions then. */
  readonly isSkewed: boolean;
}

/** The plan's history, the edges that follow it, and what became of each user. */
class World {
  readonly clock = new Clock();
  readonly replicas: Replica[] = [];
  readonly revisions: Revision[] = [{ percent: 20, stickySince: '' }];
  readonly cookies = new Map<number, string>();
  readonly last = new Map<number, Got>();
  /** Changes of a user's version that no higher revision explains. */
  flips = 0;
  flipsWithoutSkew = 0;
  changes = 0;
  readonly #memory: boolean;

  constructor(memory: boolean) {
    this.#memory = memory;
  }

  async start(t: Test): Promise<void> {
    const keys = { keys: [generateKey()] } as const;
    const [v1, v2] = [await service(t, 'v1'), await service(t, 'v2')];
    const direct = { 'my-service': { v1, v2 } };
    for (let i = 0; i < REPLICAS; i += 1) {
      const source = new TextSource(this.#plan(1));
      const { now } = this.clock;
      const edge = await startEdge({ plan: source, upstream: v1, direct, keys, now, graceMs: 0 });
      this.replicas.push({ edge, source, revision: 1 });
    }
  }

  /** What the edges themselves counted, together. */
  counted(): { flips: number; changes: number } {
    const all = this.replicas.flatMap(({ edge }) => edge.stats().flips);
    const sum = (pick: (each: (typeof all)[number]) => number) =>
      all.reduce((total, each) => total + pick(each), 0);
    return { flips: sum(({ flips }) => flips), changes: sum(({ changes }) => changes.revision) };
  }

  async end(): Promise<void> {
    await Promise.all(this.replicas.map(({ edge }) => edge.close()));
  }

  async take(step: Step): Promise<void> {
    this.clock.ms += 1000;
    if (step.kind === 'change') return this.#change(step.percent);
    const replica = this.replicas[step.replica] as Replica;
    if (step.kind === 'ask') return this.#ask(replica, step.user);
    replica.revision = Math.min(replica.revision + 1, this.revisions.length);
    replica.source.text = this.#plan(replica.revision);
    await replica.edge.plan.load();
  }

  #change(percent: number): void {
    const latest = this.revisions.at(-1) as Revision;
    const now = new Date(this.clock.ms).toISOString();
    const stickySince = percent < latest.percent ? `stickySince: "${now}"` : latest.stickySince;
    this.revisions.push({ percent, stickySince });
  }

  #plan(revision: number): string {
    const { percent, stickySince } = this.revisions[revision - 1] as Revision;
    const memory = this.#memory ? `memory: { maxAge: 30d }\n    ${stickySince}` : '';
    return visitedPlan({ revision, percent, memory, identity: '{ unit: anonymous, issued: {} }' });
  }

  async #ask({ edge }: Replica, user: number): Promise<void> {
    const cookie = this.cookies.get(user);
    const headers = { ...NAVIGATION, ...(cookie === undefined ? {} : { cookie }) };
    const { seen, setCookies } = await ask({ edge }, headers);
    if (setCookies.length > 0) this.cookies.set(user, pairOf(setCookies));
    const [decision = ''] = valuesOf(seen, 'x-tinct-decision');
    const revision = Number(/rev=(\d+)/.exec(decision)?.[1]);
    const isSkewed = new Set(this.replicas.map((each) => each.revision)).size > 1;
    this.#note(user, { version: seen.version, revision, isSkewed });
  }

  #note(user: number, got: Got): void {
    const last = this.last.get(user);
    const highest = Math.max(got.revision, last?.revision ?? 0);
    this.last.set(user, { ...got, revision: highest });
    if (last === undefined || last.version === got.version) return;
    this.changes += 1;
    if (got.revision > last.revision) return;
    this.flips += 1;
    if (!got.isSkewed && !last.isSkewed) this.flipsWithoutSkew += 1;
  }
}

const service = (t: Test, version: string) =>
  upstream(t, (req, res) => {
    res.end(JSON.stringify({ version, method: 'GET', url: '/', raw: req.rawHeaders, body: '' }));
  });

async function live(t: Test, story: readonly Step[], memory: boolean): Promise<World> {
  const world = new World(memory);
  await world.start(t);
  try {
    for (const step of story) await world.take(step);
  } finally {
    await world.end();
  }
  return world;
}

const RUNS = { numRuns: 25, seed: 11 };

t.test(
  'with memory, a user who has the cookie is never thrown back by an edge that lags',
  async (t) => {
    let changes = 0;
    const property = fc.asyncProperty(stories, async (story) => {
      const world = await live(t, story, true);
      changes += world.changes;
      if (world.flips > 0) throw new Error(`${world.flips} flips`);
      const counted = world.counted();
      if (counted.flips > 0 || counted.changes !== world.changes)
        throw new Error(`${JSON.stringify(counted)} were counted of ${world.changes} changes`);
      if (![...world.cookies.values()].every((pair) => pair.startsWith(COOKIE)))
        throw new Error('cookie');
    });
    await fc.assert(property, { ...RUNS, endOnFailure: true });
    t.ok(changes > 50, `${changes} changes by higher revisions`);
  },
);

t.test('a lowered percentage: who is assigned by an edge that lags does not stay', async (t) => {
  const world = new World(true);
  await world.start(t);
  t.teardown(() => world.end());
  const change = (percent: number): Step => ({ kind: 'change', percent });
  const take = (replica: number): Step => ({ kind: 'take', replica });
  const by = (replica: number) => async (user: number) => {
    await world.take({ kind: 'ask', replica, user });
    return world.last.get(user)?.version;
  };
  for (const step of [change(100), take(0), take(1), change(0), take(0)]) await world.take(step);
  const [newer, older] = [by(0), by(1)];
  // After it was lowered, an edge that has not heard of that assigns newcomers, and writes it into their cookies.
  for (let user = 0; user < USERS; user += 1) t.equal(await older(user), 'v2');
  for (let user = 0; user < USERS; user += 1) t.equal(await newer(user), 'v1');
  for (let user = 0; user < USERS; user += 1) t.equal(await older(user), 'v1', 'nor comes back');
  await world.take(take(1));
  for (let user = 0; user < USERS; user += 1) t.equal(await older(user), 'v1');
});

t.test('without memory, users flip while the edges differ, and not after', async (t) => {
  let [flips, without] = [0, 0];
  const property = fc.asyncProperty(stories, async (story) => {
    const world = await live(t, story, false);
    flips += world.flips;
    without += world.flipsWithoutSkew;
  });
  await fc.assert(property, RUNS);
  t.ok(flips > 0, `${flips} flips while the edges differed`);
  t.equal(without, 0);
});
