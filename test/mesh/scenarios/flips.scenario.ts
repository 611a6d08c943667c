/** Routes that somebody overwrites with weights: what the edge counts of it is what its users saw, to the unit. */
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { type Answer, ask } from '../harness/ask.ts';
import { until } from '../harness/child.ts';
import type { KubeObject } from '../harness/kube.ts';
import { asking, startLiveShop } from '../harness/live-shop.ts';
import { forEach } from '../harness/load.ts';
import { say } from '../harness/say.ts';
import { by, colored, HOST, planText, readPlan, versionOf } from '../harness/shop.ts';
import { HOST_NAME, metadata } from '../harness/their-routes.ts';
import { type EdgeProcess, startEdge, tinctDoes } from '../harness/tinct.ts';

const USERS = Array.from({ length: 300 }, (_, i) => `user-${i}`);
/** Each comes once and never again: nothing to compare. */
const PASSERS_BY = Array.from({ length: 20 }, (_, i) => `passer-by-${i}`);
const ROUNDS = 4;

/** In place of Tinct's route: half of the requests each, whatever their color is. */
const weights = (gateway: string): KubeObject => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: metadata(`tinct.${HOST}`),
  spec: {
    hosts: [HOST],
    gateways: [gateway],
    http: [
      {
        route: ['v1', 'v2'].map((subset) => ({
          destination: { host: HOST_NAME, subset },
          weight: 50,
        })),
      },
    ],
  },
});

/** What is counted, by those who asked or by the edge. */
interface Counts {
  /** Answers of the assigned version and of another one, by the assigned version. */
  readonly match: Record<string, number>;
  readonly mismatch: Record<string, number>;
  /** Answers to users who had one before; of these, ones of another version than the last. */
  compared: number;
  flips: number;
  /** Users who asked at least twice. */
  returned: number;
}

/** Counts from the answers alone: each pod says which version it is. */
class Truth {
  readonly #last = new Map<string, string>();
  readonly #back = new Set<string>();
  readonly counts: Counts = {
    match: { v1: 0, v2: 0 },
    mismatch: { v1: 0, v2: 0 },
    compared: 0,
    flips: 0,
    returned: 0,
  };

  saw(user: string, assigned: string, version: string): void {
    const { counts } = this;
    const column = version === assigned ? counts.match : counts.mismatch;
    column[assigned] = (column[assigned] ?? 0) + 1;
    const last = this.#last.get(user);
    this.#last.set(user, version);
    if (last === undefined) return;
    counts.returned = this.#back.add(user).size;
    counts.compared += 1;
    if (last !== version) counts.flips += 1;
  }
}

const labelOf = (name: string, value: string): string => `${name}="${value}"`;

/** The same, as the edge's `/metrics` has it. */
async function countedBy({ metric }: EdgeProcess): Promise<Counts> {
  const assigned = async (served: string) => {
    const of = (variant: string) =>
      metric('tinct_assignments_total', labelOf('variant', variant), labelOf('served', served));
    return { v1: await of('v1'), v2: await of('v2') };
  };
  const reach = labelOf('reach', 'service');
  return {
    match: await assigned('match'),
    mismatch: await assigned('mismatch'),
    compared: await metric('tinct_version_comparisons_total', reach),
    flips: await metric('tinct_version_flips_total', reach),
    returned: await metric('tinct_returned_units'),
  };
}

/** Nothing is missing from those numbers, and nothing explains a flip away. */
async function nothingElse(t: Test, { metric }: EdgeProcess): Promise<void> {
  const unknown = labelOf('reach', 'unknown');
  t.equal(
    await metric('tinct_assignments_total', labelOf('served', 'unknown')),
    0,
    'nor is one unknown',
  );
  t.equal(await metric('tinct_version_comparisons_total', unknown), 0, 'each answer is known');
  t.equal(await metric('tinct_version_changes_total'), 0, 'nothing is explained by anything');
  t.equal(await metric('tinct_units_sampled_ratio'), 1, 'the sample holds everyone');
}

async function shop(t: Test) {
  const live = await startLiveShop(t);
  const { gateway, mesh } = live;
  live.plan(planText({ rules: ['{ percent: 50, variant: v2 }'] }));
  const folder = join(mesh.folder, 'plan');
  const file = join(folder, 'plan.yaml');
  const plan = await readPlan({ folder, file, routes: async () => '' });
  const apply = () => live.istio('apply', ...asking(gateway));
  t.match(await apply(), { status: 0 }, 'the routes are there');
  const edge = await startEdge(mesh, { upstream: gateway.url, plan: file });
  return { ...live, folder, edge, apply, assigned: (user: string) => versionOf(plan, user) };
}

const isByColor = ({ headers }: Answer): boolean => headers['x-tinct-routed'] !== undefined;

t.test('weights in place of a route: flips and mismatches, counted to the unit', async (t) => {
  const { mesh, gateway, folder, edge, apply, assigned } = await shop(t);
  const truth = new Truth();
  let asked = 0;
  const everyone = async (users = USERS) => {
    await forEach(users, 8, async (user) => {
      const { status, version = '' } = await ask(edge.url, by(user));
      if (status !== 200) throw new Error(`${user} got ${status}`);
      truth.saw(user, assigned(user), version);
    });
    asked += users.length;
    const counted = () => edge.metric('tinct_assignments_total');
    await until('the edge has counted them', async () => (await counted()) === asked);
  };
  const rounds = async () => {
    for (let i = 0; i < ROUNDS; i += 1) await everyone();
    return structuredClone(truth.counts);
  };

  await everyone(PASSERS_BY);
  const calm = await rounds();
  t.match(calm, { mismatch: { v1: 0, v2: 0 }, flips: 0, returned: USERS.length }, 'calm');
  t.ok(
    Object.values(calm.match).every((count) => count > 100),
    'both versions have users',
  );
  t.strictSame(await countedBy(edge), calm, 'by Tinct’s routes: none, and the edge says none');

  await mesh.apply([weights(gateway.ref)], { manager: 'somebody' });
  await mesh.waitRoute('the weights hold', gateway.url, colored('v1'), (one) => !isByColor(one));
  const thrown = await rounds();
  const isMany = thrown.flips > 300 && Object.values(thrown.mismatch).every((count) => count > 100);
  t.ok(isMany, 'users of both versions are thrown');
  t.strictSame(await countedBy(edge), thrown, 'by weights: as many as users saw');

  const conflict = /TINCT_KUBE_CONFLICT.*`.spec.http` belongs to `somebody`/;
  t.match(await apply(), { status: 4, err: conflict }, 'Tinct takes no field from its owner');
  const routes = await tinctDoes(folder, 'istio', 'generate', 'plan.yaml');
  await mesh.apply(routes, { manager: 'tinct' });
  t.match(await apply(), { status: 0 }, 'as the runbook has it: by force, then as ever');
  await mesh.waitRoute('the color leads again', gateway.url, colored('v1'), isByColor);
  await everyone();
  const back = structuredClone(truth.counts);
  t.strictSame(back.mismatch, thrown.mismatch, 'no answer is another’s any more');
  t.ok(back.flips > thrown.flips, 'who was elsewhere last is brought back');
  t.strictSame(await countedBy(edge), back, 'each of them is counted once');
  const after = await rounds();
  t.equal(after.flips, back.flips, 'and then nobody is thrown');
  t.strictSame(await countedBy(edge), after, 'nor does the edge say so');
  await nothingElse(t, edge);
  say(t, `${asked} requests: ${after.flips} flips, ${back.flips - thrown.flips} of them back`);
});
