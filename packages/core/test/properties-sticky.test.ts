/** Guarantee 1 of the design, sticky: the same plan, unit and memory give the same variant, wherever they are compiled. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import fc from 'fast-check';
import t from 'tap';
import { stringify } from 'yaml';
import { type CompiledRelease, decide, parsePlan } from '../src/index.ts';
import { compileWorld, type Document, worlds } from './generators/plans.ts';
import { context } from './generators/requests.ts';
import type { World } from './oracle.ts';

const SEED = 20_260_105;
const contexts = (length: number) => fc.array(context, { minLength: length, maxLength: length });

/** The same plan from another text: YAML, and the releases the other way round. */
function again(document: Document, world: World): World {
  const releases = Object.entries(document['releases'] as Document).toReversed();
  const { plan } = parsePlan(stringify({ ...document, releases: Object.fromEntries(releases) }));
  assert.ok(plan);
  return { ...world, plan };
}

/** The same plan without the other releases. */
function alone(document: Document, world: World, name: string): World {
  const of = (document['releases'] as Document)[name];
  const { plan } = parsePlan(JSON.stringify({ ...document, releases: { [name]: of } }));
  assert.ok(plan);
  return { ...world, plan };
}

/** The same rules under another revision and another name. */
function revised(document: Document, world: World): World {
  const metadata = { name: 'renamed', revision: world.plan.revision + 1, owner: 'someone' };
  const { plan } = parsePlan(JSON.stringify({ ...document, metadata }));
  assert.ok(plan);
  return { ...world, plan };
}

const named = (world: World, name: string): CompiledRelease => {
  const found = compileWorld(world).releases.find((release) => release.name === name);
  assert.ok(found);
  return found;
};

t.test('1 sticky: compiled twice, from other texts, with and without other releases', async (t) => {
  const runs = 100;
  let compared = 0;
  const property = fc.property(worlds, contexts(20), ({ document, world }, requests) => {
    for (const release of compileWorld(world).releases) {
      const others = [again(document, world), alone(document, world, release.name)];
      for (const other of others.map((of) => named(of, release.name))) {
        for (const request of requests) {
          assert.deepEqual(decide(other, request), decide(release, request));
          compared++;
        }
      }
    }
  });
  fc.assert(property, { seed: SEED, numRuns: runs });
  t.ok(compared > 3000, `${compared} compared`);
  t.comment(`seed ${SEED}: ${runs} plans, ${compared} decisions compared`);
});

t.test('1 sticky: the same in another process', async (t) => {
  const runs = 60;
  const sample = fc.sample(fc.tuple(worlds, contexts(20)), { seed: SEED, numRuns: runs });
  const asked = sample.map(([{ world }, requests]) => ({ world, requests }));
  const child = spawnSync(process.execPath, [join(import.meta.dirname, 'other-process.ts')], {
    input: serialize(asked),
    env: {},
    maxBuffer: 2 ** 28,
  });
  const here = asked.map(({ world, requests }) =>
    compileWorld(world).releases.map((release) =>
      requests.map((request) => decide(release, request)),
    ),
  );
  t.equal(String(child.stderr), '');
  t.strictSame(deserialize(child.stdout), here);
  t.comment(`seed ${SEED}: ${runs} plans, ${here.flat(2).length} decisions compared`);
});

t.test('1 sticky: under the next revision, where no rule changed', async (t) => {
  const runs = 100;
  let compared = 0;
  const property = fc.property(worlds, contexts(20), ({ document, world }, requests) => {
    const next = revised(document, world);
    for (const release of compileWorld(world).releases) {
      const later = named(next, release.name);
      for (const request of requests) {
        const { revision, ...was } = decide(release, request);
        const { revision: _, ...is } = decide(later, request);
        assert.deepEqual(is, was, `after revision ${revision}`);
        compared++;
      }
    }
  });
  fc.assert(property, { seed: SEED, numRuns: runs });
  t.ok(compared > 2000, `${compared} compared`);
});
