/**
 * What every decision has to be: docs/spec/deciding.md, step by step, straight from the plan. Nothing is compiled,
 * nothing is shared with the engine but the plan's types.
 */
import type {
  CarriedDecision,
  Decision,
  DecisionContext,
  Override,
  Unit,
} from '../src/decide/types.ts';
import type { Cohort, Plan, Release, Rule } from '../src/plan/plan.ts';
import { conditionTruth, type Truth } from './oracle/conditions.ts';
import { unitBucket } from './oracle/hash.ts';
import { isRouted, own, recall } from './oracle/memory.ts';

/** What a decision depends on beside the request. */
export interface World {
  readonly plan: Plan;
  /** Digest → ids. A list that is absent could not be loaded. */
  readonly lists: ReadonlyMap<string, readonly string[]>;
  /** Release → the epoch that an abort killed. */
  readonly killed: Readonly<Record<string, number>>;
}

type Outcome = Pick<Decision, 'variant' | 'reason'> & Partial<Decision>;

export function oracleDecide(world: World, name: string, context: DecisionContext): Decision {
  const release = releaseOf(world, name);
  return {
    release: name,
    rule: -1,
    revision: world.plan.revision,
    epoch: release.epoch,
    arm: 'other',
    detail: undefined,
    ...decideInOrder(world, release, context),
  };
}

function releaseOf({ plan }: World, name: string): Release {
  const release = Object.values(plan.releases).find((one) => one.name === name);
  if (release === undefined) throw new RangeError(`no release ${name}`);
  return release;
}

function decideInOrder(world: World, release: Release, context: DecisionContext): Outcome {
  const killed = own(world.killed, release.name) ?? 0;
  const aborted = release.state === 'aborted' || release.epoch <= killed;
  const override = own(context.overrides, release.name);
  const carried = own(context.carried, release.name);
  const stands = carried !== undefined && carriedStands(release, killed, aborted, carried);

  if (aborted && !stands) return { variant: release.stable, reason: 'DISABLED' };
  if (override !== undefined && !aborted && overrideHolds(release, override, context.now)) {
    return { variant: override.variant, reason: 'OVERRIDE' };
  }
  if (stands) {
    const { variant, revision, epoch, arm } = carried;
    return { variant, reason: 'CARRIED', revision, epoch, arm };
  }
  const outcome = decideByPlan(world, release, context);
  if (outcome.detail !== undefined) return outcome;
  if (override !== undefined) return { ...outcome, detail: 'override-refused' };
  return carried === undefined ? outcome : { ...outcome, detail: 'carried-refused' };
}

function overrideHolds(release: Release, override: Override, now: number): boolean {
  const left = override.expires - now;
  const inTime = left > 0 && left <= 24 * 60 * 60 * 1000;
  const mine = override.release === release.name && override.epoch === release.epoch;
  return mine && inTime && isRouted(release, override.variant);
}

function carriedStands(
  release: Release,
  killed: number,
  aborted: boolean,
  { epoch, variant }: CarriedDecision,
): boolean {
  if (aborted) return epoch > release.epoch && epoch > killed;
  return epoch >= release.epoch || variant === release.stable;
}

function decideByPlan(world: World, release: Release, context: DecisionContext): Outcome {
  const { stable, winner } = release;
  if (release.state === 'completed') return { variant: winner as string, reason: 'STATIC' };
  if (release.rules.length === 0) return { variant: stable, reason: 'STATIC' };
  const unit = oracleUnit(release, context);
  if (unit === undefined) return { variant: stable, reason: 'DEFAULT', detail: 'unit-missing' };
  if (!unit.key.isWellFormed())
    return { variant: stable, reason: 'ERROR', detail: 'unit-malformed' };
  return decideByRules(world, release, context, unit);
}

/** The unit that a release decides for. */
export function oracleUnit(release: Release, { units }: DecisionContext): Unit | undefined {
  const type = release.units.find((one) => (own(units, one) ?? '') !== '');
  return type === undefined ? undefined : { type, key: own(units, type) as string };
}

function decideByRules(
  world: World,
  release: Release,
  context: DecisionContext,
  unit: Unit,
): Outcome {
  const { stable } = release;
  const remembered = recall(release, context, unit);
  const missed: number[] = [];
  for (const [i, rule] of release.rules.entries()) {
    const holds = ruleHolds(world, release, rule, context, unit);
    if (holds === 'unavailable')
      return { variant: stable, reason: 'ERROR', detail: 'cohort-unavailable' };
    if (holds !== 'true') continue;
    const { outcome } = rule;
    if (outcome.kind === 'everyone')
      return { variant: outcome.variant, reason: 'TARGETING_MATCH', rule: i };
    const given = shareGives(release, rule, unit);
    if (
      remembered !== undefined &&
      remembered.variant !== given &&
      canGive(rule, remembered.variant)
    ) {
      return { ...remembered, rule: i };
    }
    if (given !== undefined)
      return { variant: given, reason: 'SPLIT', rule: i, arm: armOf(release, i, missed, given) };
    missed.push(i);
  }
  const last = missed.pop();
  if (last === undefined) return { variant: stable, reason: 'DEFAULT' };
  return {
    variant: stable,
    reason: 'SPLIT',
    rule: last,
    arm: armOf(release, last, missed, stable),
  };
}

function ruleHolds(
  world: World,
  release: Release,
  rule: Rule,
  context: DecisionContext,
  unit: Unit,
): Truth | 'unavailable' {
  if (
    rule.users !== undefined &&
    !(unit.type === release.units[0] && rule.users.includes(unit.key))
  )
    return 'false';
  const cohort = rule.cohort === undefined ? 'true' : cohortHolds(world, rule.cohort, context);
  if (cohort !== 'true') return cohort;
  return rule.when === undefined ? 'true' : conditionTruth(rule.when, context.attributes ?? {});
}

function cohortHolds(world: World, name: string, context: DecisionContext): Truth | 'unavailable' {
  const cohort = own(world.plan.cohorts, name) as Cohort;
  if (cohort.kind === 'when') return conditionTruth(cohort.condition, context.attributes ?? {});
  const ids = cohort.kind === 'users' ? cohort.users : world.lists.get(cohort.list.sha256);
  if (ids === undefined) return 'unavailable';
  const key = own(context.units, cohort.unit) ?? '';
  return key !== '' && ids.includes(key) ? 'true' : 'false';
}

function shareGives(release: Release, { outcome }: Rule, unit: Unit): string | undefined {
  const bucket = unitBucket(release.salt, unit.type, unit.key);
  if (outcome.kind === 'percent') return bucket < outcome.thousandths ? outcome.variant : undefined;
  if (outcome.kind !== 'split') return undefined;
  const holds = ([from, to]: readonly [number, number]) => from <= bucket && bucket < to;
  return outcome.parts.find(({ ranges }) => ranges.some(holds))?.variant;
}

function canGive({ outcome }: Rule, variant: string): boolean {
  if (outcome.kind === 'split') return outcome.parts.some((part) => part.variant === variant);
  return outcome.kind === 'percent' && outcome.variant === variant;
}

function armOf(
  release: Release,
  rule: number,
  missedBefore: readonly number[],
  variant: string,
): Decision['arm'] {
  const { rules, stable } = release;
  const shares = [...rules.keys()].filter((i) => rules[i]?.outcome.kind !== 'everyone');
  const ofEveryone = shares.filter((i) => {
    const { users, cohort, when } = rules[i] as Rule;
    return users === undefined && cohort === undefined && when === undefined;
  });
  const compares = (ofEveryone.length > 0 ? ofEveryone : shares).at(-1);
  if (rule !== compares || missedBefore.length > 0) return 'other';
  return variant === stable ? 'control' : 'canary';
}
