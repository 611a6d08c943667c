/** The compiled engine decides what the oracle decides, for generated plans and requests. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { REASONS } from '../src/decide/reason.ts';
import {
  applicable,
  type CompiledRelease,
  type DecisionContext,
  decide,
  explain,
  remember,
  unitOf,
} from '../src/index.ts';
import { compileWorld, generated, worlds } from './generators/plans.ts';
import { context, request } from './generators/requests.ts';
import { oracleRemember } from './oracle/memory.ts';
import { oracleApplicable } from './oracle/scope.ts';
import { oracleDecide, oracleUnit, type World } from './oracle.ts';

const SEED = 20_260_101;
const RUNS = 450;
const REQUESTS = 24;

const seen = new Map<string, number>();
let decisions = 0;

function compareOne(world: World, release: CompiledRelease, of: DecisionContext): void {
  const expected = oracleDecide(world, release.name, of);
  const decision = decide(release, of);
  assert.deepEqual(decision, expected);
  assert.deepEqual(explain(release, of).decision, expected);
  const unit = unitOf(release, of);
  assert.deepEqual(unit, oracleUnit(release.release, of));
  const { state, epoch } = release.release;
  const aborted = state === 'aborted' || epoch <= (world.killed[release.name] ?? 0);
  assert.deepEqual(
    remember(release, unit, of, decision),
    oracleRemember(release.release, aborted, of, unit, expected),
  );
  decisions++;
  for (const what of [decision.reason, decision.arm, decision.detail ?? 'no detail']) {
    seen.set(what, (seen.get(what) ?? 0) + 1);
  }
}

t.test('the engine and the oracle decide and remember alike', async (t) => {
  const property = fc.property(
    worlds,
    fc.array(context, { minLength: REQUESTS, maxLength: REQUESTS }),
    fc.array(request, { minLength: 2, maxLength: 2 }),
    ({ world }, contexts, requests) => {
      const compiled = compileWorld(world);
      for (const release of compiled.releases) {
        for (const of of contexts) compareOne(world, release, of);
      }
      for (const { host, path } of requests) {
        const names = applicable(compiled, host, path).map(({ name }) => name);
        assert.deepEqual(names, oracleApplicable(world.plan, host, path));
      }
    },
  );
  fc.assert(property, { seed: SEED, numRuns: RUNS });
  t.comment(
    `seed ${SEED}: ${RUNS} plans of ${generated.documents} documents, ${decisions} decisions`,
  );
  t.comment([...seen].map(([what, times]) => `${what} ${times}`).join(', '));
  const kinds = [...REASONS, 'canary', 'control', 'other', 'no detail'];
  const details = [
    'unit-missing',
    'unit-malformed',
    'cohort-unavailable',
    'override-refused',
    'carried-refused',
  ];
  t.strictSame(
    [...kinds, ...details].filter((what) => (seen.get(what) ?? 0) < 10),
    [],
    'each occurs often',
  );
});
