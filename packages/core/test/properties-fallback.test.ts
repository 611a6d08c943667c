/** Guarantee 7 of the design: fails to what was good. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import {
  type Decision,
  type DecisionContext,
  decide,
  parsePlan,
  type Release,
} from '../src/index.ts';
import { always, contexts } from './generators/always.ts';
import { compileWorld, type Document, worlds } from './generators/plans.ts';
import { DIGESTS, UNITS } from './generators/pools.ts';

const SEED = 20_260_108;
const RUNS = 99;

/** Without what comes before the rules, and with these units. */
const withUnits =
  (units: DecisionContext['units']) =>
  (of: DecisionContext): DecisionContext => ({ ...of, units, carried: {}, overrides: {} });

/** What everyone gets who gets nothing from a rule. */
const given = ({ reason }: Decision, { state, stable, winner }: Release) =>
  state === 'completed' && reason !== 'DISABLED' ? winner : stable;

const EMPTY = Object.fromEntries(UNITS.map((type) => [type, '']));
const ABSENT = Object.fromEntries(UNITS.map((type) => [type, undefined]));
const MALFORMED = Object.fromEntries(UNITS.map((type) => [type, '\ud800']));

for (const [what, units] of Object.entries({ no: {}, 'an absent': ABSENT, 'an empty': EMPTY })) {
  t.test(`7 with ${what} identity everyone is stable`, async (t) => {
    const check = (decision: Decision, release: Release) => {
      assert.equal(decision.variant, given(decision, release));
      assert.match(decision.reason, /^(DISABLED|STATIC|DEFAULT)$/);
      assert.equal(decision.arm, 'other');
    };
    always(t, { seed: SEED, runs: RUNS / 3, request: withUnits(units), check });
  });
}

t.test('7 with a malformed identity everyone is stable', async (t) => {
  const check = (decision: Decision, release: Release) => {
    assert.equal(decision.variant, given(decision, release));
    assert.match(decision.reason, /^(DISABLED|STATIC|ERROR)$/);
  };
  always(t, { seed: SEED, runs: RUNS, request: withUnits(MALFORMED), check });
});

t.test(
  '7 without its lists a release decides as with them, or stable with the reason ERROR',
  async (t) => {
    let errors = 0;
    const loaded = new Map(Object.values(DIGESTS).map((sha256) => [sha256, ['alice', '123']]));
    const property = fc.property(worlds, contexts, ({ world }, requests) => {
      const full = compileWorld({ ...world, lists: loaded }).releases;
      const none = compileWorld({ ...world, lists: new Map() }).releases;
      none.forEach((release, i) => {
        for (const request of requests) {
          const decision = decide(release, request);
          if (decision.detail === 'cohort-unavailable') {
            assert.deepEqual(
              [decision.variant, decision.reason],
              [release.release.stable, 'ERROR'],
            );
            errors++;
          } else assert.deepEqual(decision, full[i] && decide(full[i], request));
        }
      });
    });
    fc.assert(property, { seed: SEED, numRuns: RUNS });
    t.ok(errors > 50, `${errors} errors`);
  },
);

/** Only `exists` can be true of what is not there. */
const asksForAbsence = (document: Document) => JSON.stringify(document).includes('"exists"');

/** The document without the rules that ask about attributes. */
function withoutConditions(document: Document): Document {
  const releases = Object.entries(document['releases'] as Record<string, { rules?: Document[] }>);
  const left = releases.map(([name, { rules = [], ...of }]) => {
    const asked = (rule: Document) => rule['when'] !== undefined || rule['cohort'] === 'staff';
    return [name, { ...of, rules: rules.filter((rule) => !asked(rule)) }];
  });
  return { ...document, releases: Object.fromEntries(left) };
}

t.test('7 without any attribute, no condition moves anyone', async (t) => {
  let compared = 0;
  const plans = worlds.filter(({ document }) => !asksForAbsence(document));
  const property = fc.property(plans, contexts, ({ document, world }, requests) => {
    const { plan } = parsePlan(JSON.stringify(withoutConditions(document)));
    assert.ok(plan);
    const left = compileWorld({ ...world, plan }).releases;
    compileWorld(world).releases.forEach((release, i) => {
      for (const { attributes: _, ...request } of requests) {
        const other = left[i] && decide(left[i], request);
        assert.equal(decide(release, request).variant, other?.variant);
        compared++;
      }
    });
  });
  fc.assert(property, { seed: SEED, numRuns: RUNS });
  t.ok(compared > RUNS * 20, `${compared} compared`);
});
