/** The vectors of `decide.json`: cases as they were thought, with the oracle's decisions, which have to be the same. */
import type { Decision, DecisionContext } from '../../src/decide/types.ts';
import { type Plan, parsePlan } from '../../src/index.ts';
import { oracleApplicable } from '../oracle/scope.ts';
import { oracleDecide, type World } from '../oracle.ts';
import { aborts } from './aborts.ts';
import { boundaries } from './boundaries.ts';
import { type CaseGroup, type CaseSource, type Json, LISTS, NOW } from './build.ts';
import { continuity } from './continuity.ts';
import { logic } from './logic.ts';
import { numbers } from './numbers.ts';
import { overrides } from './overrides.ts';
import { remembered } from './remembered.ts';
import { scope } from './scope.ts';
import { shares } from './shares.ts';
import { targeting } from './targeting.ts';
import { texts } from './texts.ts';
import { times } from './times.ts';
import { units } from './units.ts';

/** A decision as JSON has it: no `detail` where there is none. */
export type DecisionVector = Omit<Decision, 'detail'> & { readonly detail?: string };

export interface DecideCase {
  readonly name: string;
  readonly plan: string;
  readonly release?: string;
  readonly host?: string;
  readonly path?: string;
  readonly context: DecisionContext;
  readonly unavailable?: readonly string[];
  readonly killed?: Readonly<Record<string, number>>;
  readonly decision?: DecisionVector;
  readonly decisions?: readonly DecisionVector[];
}

export interface DecideVectors {
  readonly lists: Readonly<Record<string, string>>;
  readonly plans: Readonly<Record<string, Json>>;
  readonly cases: readonly DecideCase[];
}

const groups: readonly CaseGroup[] = [
  targeting,
  shares,
  boundaries,
  units,
  texts,
  numbers,
  times,
  logic,
  aborts,
  overrides,
  remembered,
  continuity,
  scope,
];

/** The ids of the lists that are loaded in a case. */
export function loadedLists(
  lists: Readonly<Record<string, string>>,
  unavailable: readonly string[] = [],
): Map<string, string[]> {
  const loaded = Object.entries(lists).filter(([sha256]) => !unavailable.includes(sha256));
  return new Map(loaded.map(([sha256, text]) => [sha256, text.split('\n').slice(0, -1)]));
}

function planOf(name: string, document: Json): Plan {
  const { plan, findings } = parsePlan(JSON.stringify(document));
  if (plan === undefined) throw new Error(`${name}: ${JSON.stringify(findings)}`);
  return plan;
}

/** `shop: v2 SPLIT 0 canary`, the way in which cases are thought. */
function shorthand({ variant, reason, rule, arm, detail }: Decision): string {
  const parts = [
    variant,
    reason,
    rule === -1 ? '' : rule,
    arm === 'other' ? '' : arm,
    detail ?? '',
  ];
  return parts.filter((part) => part !== '').join(' ');
}

function toVector({
  release,
  variant,
  reason,
  rule,
  revision,
  epoch,
  arm,
  detail,
}: Decision): DecisionVector {
  const vector = { release, variant, reason, rule, revision, epoch, arm };
  return detail === undefined ? vector : { ...vector, detail };
}

function answer(plan: Plan, source: CaseSource): DecideCase {
  const { name, release, host = '', path = '', expect, unavailable, killed } = source;
  const context: DecisionContext = { units: {}, now: NOW, ...source.context };
  const world: World = { plan, lists: loadedLists(LISTS, unavailable), killed: killed ?? {} };
  const names = release === undefined ? oracleApplicable(plan, host, path) : [release];
  const decisions = names.map((of) => oracleDecide(world, of, context));
  const found = decisions.map((of) => (release ? '' : `${of.release}: `) + shorthand(of));
  if (found.join(', ') !== expect.join(', ')) {
    throw new Error(`${source.plan}, ${name}: ${found.join(', ')}, not ${expect.join(', ')}`);
  }
  const asked = { name, plan: source.plan, ...(release ? { release } : { host, path }), context };
  const around = { ...(unavailable && { unavailable }), ...(killed && { killed }) };
  const vectors = decisions.map(toVector);
  const [only] = vectors;
  return release === undefined || only === undefined
    ? { ...asked, ...around, decisions: vectors }
    : { ...asked, ...around, decision: only };
}

/** All of `decide.json`. Throws where the oracle decides otherwise than was thought. */
export function decideVectors(): DecideVectors {
  const plans = Object.assign({}, ...groups.map((group) => group.plans)) as Record<string, Json>;
  const parsed = new Map(Object.entries(plans).map(([name, of]) => [name, planOf(name, of)]));
  const cases = groups.flatMap((group) =>
    group.cases.map((source) => answer(parsed.get(source.plan) as Plan, source)),
  );
  return { lists: LISTS, plans, cases };
}
