/** Guarantee 5 of the design: rollback wins. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import {
  acceptPlan,
  type Decision,
  type DecisionContext,
  decide,
  type Plan,
  type Release,
  remember,
  unitOf,
} from '../src/index.ts';
import { always, contexts } from './generators/always.ts';
import { compileWorld, type GeneratedPlan, worlds } from './generators/plans.ts';
import type { World } from './oracle.ts';

const SEED = 20_260_106;
const RUNS = 100;

/** The world with each release changed. */
function changed({ world }: GeneratedPlan, change: (of: Release) => Partial<Release>): World {
  const releases = Object.entries(world.plan.releases).map(([name, of]) => [
    name,
    { ...of, ...change(of) },
  ]);
  return { ...world, plan: { ...world.plan, releases: Object.fromEntries(releases) } };
}

/** What epochs up to this one may have left in a request. */
const upTo =
  (epoch: number) =>
  (of: DecisionContext): DecisionContext => {
    const carried = Object.entries(of.carried ?? {}).map(([name, one]) => [
      name,
      one && { ...one, epoch: Math.min(one.epoch, epoch) },
    ]);
    return { ...of, carried: Object.fromEntries(carried) };
  };

function isDisabled({ variant, reason }: Decision, { stable }: Release): void {
  assert.deepEqual([variant, reason], [stable, 'DISABLED']);
}

t.test('5 an abort in the plan beats override, carried decision and memory', async (t) => {
  const world = (of: GeneratedPlan) => changed(of, () => ({ state: 'aborted', epoch: 3 }));
  always(t, { seed: SEED, runs: RUNS, world, request: upTo(3), check: isDisabled });
});

t.test('5 a kill that the plan does not know of beats them too, and completion', async (t) => {
  const world = ({ world }: GeneratedPlan): World => ({
    ...world,
    killed: Object.fromEntries(Object.keys(world.plan.releases).map((name) => [name, 9])),
  });
  always(t, { seed: SEED, runs: RUNS, world, check: isDisabled });
});

t.test('5 after a resume nothing of the aborted epoch comes back', async (t) => {
  const world = (of: GeneratedPlan): World => ({
    ...changed(of, () => ({ epoch: 4, state: 'running' })),
    killed: {},
  });
  const check = (
    { variant, reason, rule }: Decision,
    { name }: Release,
    of: DecisionContext,
    in_: World,
  ) => {
    const release = compileWorld(in_).releases.find((one) => one.name === name);
    assert.ok(release);
    const bare = decide(release, { ...of, carried: {}, overrides: {}, memory: {} });
    // Carried stable stands: an edge that still holds the abort decided so for the whole request.
    const stableStands = of.carried?.[name]?.variant === release.release.stable;
    const expected = stableStands
      ? [release.release.stable, 'CARRIED', -1]
      : [bare.variant, bare.reason, bare.rule];
    assert.deepEqual([variant, reason, rule], expected);
  };
  always(t, { seed: SEED, runs: RUNS, world, request: upTo(3), check });
});

t.test('5 an aborted release remembers nothing', async (t) => {
  let forgotten = 0;
  const property = fc.property(worlds, contexts, (generated, requests) => {
    const world = changed(generated, () => ({ state: 'aborted' }));
    for (const release of compileWorld(world).releases) {
      for (const request of requests) {
        const kept = remember(release, unitOf(release, request), request, decide(release, request));
        assert.deepEqual(kept, []);
        forgotten += request.memory?.[release.name]?.length ?? 0;
      }
    }
  });
  fc.assert(property, { seed: SEED, numRuns: 60 });
  t.ok(forgotten > 100, `${forgotten} entries forgotten`);
});

t.test('5 no plan of an aborted epoch is accepted, however high its revision', async (t) => {
  const accepted = { yes: 0, no: 0 };
  const property = fc.property(worlds, fc.nat(), (generated, more) => {
    const { plan } = generated.world;
    const next: Plan = { ...plan, revision: plan.revision + 1 + more };
    const aborted = changed(generated, () => ({ state: 'aborted' })).plan;
    const living = Object.values(next.releases).some(({ state }) => state !== 'aborted');
    assert.equal(acceptPlan(aborted, next).accepted, !living);
    accepted[living ? 'no' : 'yes']++;
  });
  fc.assert(property, { seed: SEED, numRuns: 200 });
  t.ok(accepted.no > 100, JSON.stringify(accepted));
});
