/** `decide.json` against the engine: what every implementation, in every language, decides. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { REASONS } from '../src/decide/reason.ts';
import {
  applicable,
  type CompiledPlan,
  compilePlan,
  type Decision,
  decide,
  explain,
  FingerprintBuilder,
  type IdList,
  listKey,
  type Plan,
  parsePlan,
} from '../src/index.ts';
import { OPERATORS } from '../src/plan/schema.ts';
import {
  type DecideCase,
  type DecideVectors,
  type DecisionVector,
  loadedLists,
} from './cases/decisions.ts';
import { renderDecisions } from './cases/render.ts';

const text = readFileSync(join(import.meta.dirname, '../testdata/decide.json'), 'utf8');
const { lists, plans, cases }: DecideVectors = JSON.parse(text);

const parsed = new Map(
  Object.entries(plans).map(([name, document]) => [name, parsePlan(JSON.stringify(document))]),
);

function idList(sha256: string, ids: readonly string[]): IdList {
  const builder = new FingerprintBuilder(sha256);
  for (const id of ids) builder.add(id);
  return builder.build();
}

function compile({ plan, unavailable, killed }: DecideCase): CompiledPlan {
  const loaded = [...loadedLists(lists, unavailable)].map(([sha256, ids]) => {
    const key = listKey({ sha256, format: 'text', column: undefined });
    return [key, idList(sha256, ids)] as const;
  });
  const of = parsed.get(plan)?.plan as Plan;
  return compilePlan(of, {
    lists: new Map(loaded),
    killed: new Map(Object.entries(killed ?? {})),
  });
}

/** A decision as JSON has it. */
const asJson = (decision: Decision): unknown => JSON.parse(JSON.stringify(decision));

for (const [name, { plan, findings }] of parsed) {
  t.test(`decide.json, on the plan ${name}`, async (t) => {
    t.ok(plan, JSON.stringify(findings));
    const of = cases.filter((one) => one.plan === name);
    for (const one of of) {
      const compiled = compile(one);
      const releases =
        one.release === undefined
          ? applicable(compiled, one.host ?? '', one.path ?? '')
          : compiled.releases.filter(({ name }) => name === one.release);
      const expected = one.decisions ?? [one.decision];
      t.strictSame(
        releases.map((release) => asJson(decide(release, one.context))),
        expected,
        one.name,
      );
      const explained = releases.map((release) => asJson(explain(release, one.context).decision));
      t.strictSame(explained, expected, `${one.name}, explained`);
    }
  });
}

t.test('the vectors are what their cases and the oracle say', async (t) => {
  t.equal(text, renderDecisions(), 'or run scripts/vectors.ts --update');
});

t.test('a list is pinned by the digest of its text', async (t) => {
  for (const [sha256, list] of Object.entries(lists)) {
    t.equal(createHash('sha256').update(list).digest('hex'), sha256);
  }
});

t.test('there are enough vectors, and each has a name of its own', async (t) => {
  t.ok(cases.length >= 300, `${cases.length} cases`);
  t.equal(new Set(cases.map(({ plan, name }) => `${plan}: ${name}`)).size, cases.length);
  t.comment(`${cases.length} cases on ${parsed.size} plans`);
});

const decisions = cases
  .flatMap(({ decision, decisions = [] }): readonly (DecisionVector | undefined)[] => [
    decision,
    ...decisions,
  ])
  .filter((of) => of !== undefined);
const occurring = (key: keyof Decision) => new Set(decisions.map((decision) => decision[key]));

t.test('every reason, arm, detail and state occurs', async (t) => {
  t.strictSame(occurring('reason'), new Set(REASONS));
  t.strictSame(occurring('arm'), new Set(['canary', 'control', 'other']));
  const details = ['unit-missing', 'unit-malformed', 'cohort-unavailable', 'override-refused'];
  t.strictSame(occurring('detail'), new Set([...details, 'carried-refused', undefined]));
  const used = cases.flatMap(({ plan, release = '' }) => {
    const found = parsed.get(plan)?.plan?.releases[release];
    return found === undefined ? [] : [found.state];
  });
  t.strictSame(new Set(used), new Set(['running', 'paused', 'aborted', 'completed']));
});

/** Which operators a case asks for in its first rule, with what came out. */
function operatorResults({ plan, release = '', decision }: DecideCase): string[] {
  const when = parsed.get(plan)?.plan?.releases[release]?.rules[0]?.when;
  if (when?.kind !== 'attribute' || decision === undefined) return [];
  const result = ['true', 'false'][decision.rule] ?? 'unknown';
  return when.comparisons.map(({ op }) => `${op} ${result}`);
}

t.test('every operator is true, false and unknown', async (t) => {
  const byOperator = cases.filter(({ plan }) =>
    ['texts', 'numbers', 'times-and-addresses'].includes(plan),
  );
  const seen = new Set(byOperator.flatMap(operatorResults));
  const all = OPERATORS.flatMap((op) => [`${op} true`, `${op} false`, `${op} unknown`]);
  t.strictSame(
    all.filter((result) => !seen.has(result)),
    [],
  );
});
