/** Each condition is true, false or unknown as the oracle has it. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { type Condition, parsePlan, traceCondition } from '../src/index.ts';
import { OPERATORS } from '../src/plan/schema.ts';
import { attributes, condition } from './generators/conditions.ts';
import { conditionTruth, type Values } from './oracle/conditions.ts';

const SEED = 20_260_102;
const RUNS = 400;
const CONDITIONS = 12;
const REQUESTS = 15;

const document = fc
  .array(condition, { minLength: CONDITIONS, maxLength: CONDITIONS })
  .map((conditions) => ({
    apiVersion: 'tinct.dev/v1',
    kind: 'Plan',
    metadata: { name: 'shop', revision: 1 },
    attributes: attributes.declared,
    cohorts: Object.fromEntries(conditions.map((when, i) => [`c${i}`, { when }])),
    releases: {},
  }));

const documents = { made: 0, valid: 0 };
const seen = new Map<string, number>();

/** The conditions of a document, if it is a plan. */
function conditionsOf(of: unknown): Condition[] | undefined {
  documents.made++;
  const { plan } = parsePlan(JSON.stringify(of));
  if (plan === undefined) return undefined;
  documents.valid++;
  return Object.values(plan.cohorts).flatMap((cohort) =>
    cohort.kind === 'when' ? [cohort.condition] : [],
  );
}

function count(condition: Condition, result: string): void {
  if (condition.kind !== 'attribute' || condition.comparisons.length > 1) return;
  const what = `${condition.comparisons[0]?.op} ${result}`;
  seen.set(what, (seen.get(what) ?? 0) + 1);
}

t.test('the engine and the oracle agree on conditions', async (t) => {
  const conditions = document.map(conditionsOf).filter((all) => all !== undefined);
  const values = attributes.values as fc.Arbitrary<Values>;
  const property = fc.property(
    conditions,
    fc.array(values, { minLength: REQUESTS, maxLength: REQUESTS }),
    (conditions, requests) => {
      for (const of of conditions) {
        for (const request of requests) {
          const { result } = traceCondition(of, request);
          assert.equal(result, conditionTruth(of, request));
          count(of, result);
        }
      }
    },
  );
  fc.assert(property, { seed: SEED, numRuns: RUNS });
  t.equal(documents.valid, documents.made, 'every generated condition is valid');
  const compared = RUNS * CONDITIONS * REQUESTS;
  t.comment(`seed ${SEED}: ${RUNS} plans of ${documents.made} documents, ${compared} comparisons`);
  t.comment(
    [...seen]
      .map(([what, times]) => `${what} ${times}`)
      .sort()
      .join(', '),
  );
  const results = OPERATORS.flatMap((op) => [`${op} true`, `${op} false`, `${op} unknown`]);
  const never = results.filter((what) => !seen.has(what));
  t.strictSame(never, ['exists unknown'], 'each operator gave each result');
});
