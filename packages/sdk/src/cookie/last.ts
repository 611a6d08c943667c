/**
 * What was decided last, for the edges that lag: a decision by a newer plan stands where an older one is still in force, as
 * one that is carried with the request does.
 */
import {
  type CarriedDecision,
  type CompiledPlan,
  type CompiledRelease,
  type Decision,
  type DecisionContext,
  type Reason,
  type Unit,
  unitOf,
} from '@tinct/core';
import { ownText } from '../text/own-text.ts';
import type { StoredDecision } from './content.ts';
import { unitDigest } from './digest.ts';

/** How long a decision by a newer plan stands. An edge that lags longer decides by itself, as after a plan that began anew at revision 1. */
export const MAX_LAG_MS = 3_600_000;

/** They say nothing of what the plan gives the unit. */
const PASSING: ReadonlySet<Reason> = new Set<Reason>(['OVERRIDE', 'ERROR', 'DISABLED']);

/** The unit that each was last found to be of: a visitor asks many times with the same cookie. */
const matched = new WeakMap<StoredDecision, string>();

function isOf(stored: StoredDecision, { type, key }: Unit): boolean {
  if (stored.unitType !== type) return false;
  if (matched.get(stored) === key) return true;
  const isSame = key.isWellFormed() && unitDigest(type, key) === stored.unit;
  if (isSame) matched.set(stored, ownText(key));
  return isSame;
}

/** The stored decision of a release, if it was made for the unit that the release decides for now. */
function lastOf(
  release: CompiledRelease,
  stored: readonly StoredDecision[],
  context: DecisionContext,
): StoredDecision | undefined {
  if (stored.length === 0) return undefined;
  const unit = unitOf(release, context);
  return unit && lastFor(release.name, stored, unit);
}

/** As {@link lastOf}, for the unit that the release decides for. */
export function lastFor(
  release: string,
  stored: readonly StoredDecision[],
  unit: Unit,
): StoredDecision | undefined {
  for (const each of stored)
    if (each.release === release) return isOf(each, unit) ? each : undefined;
  return undefined;
}

/** Release → what a newer plan than this one decided for the request's units within the hour. */
export function decidedAhead(
  stored: readonly StoredDecision[],
  plan: CompiledPlan | undefined,
  context: DecisionContext,
): Readonly<Record<string, CarriedDecision>> | undefined {
  let ahead: Record<string, CarriedDecision> | undefined;
  for (const { release: name, revision, at } of stored) {
    if (plan === undefined || revision <= plan.revision || context.now - at > MAX_LAG_MS) continue;
    const release = plan.releases.find((each) => each.name === name);
    const last = release && lastOf(release, stored, context);
    if (last === undefined || !release?.variants.has(last.variant)) continue;
    const { variant, epoch } = last;
    ahead ??= Object.create(null) as Record<string, CarriedDecision>;
    ahead[name] = { variant, reason: 'CARRIED', revision, epoch, arm: 'other' };
  }
  return ahead;
}

/** One of each for each release, and what they were decided from. */
interface JustDecided {
  readonly releases: readonly CompiledRelease[];
  readonly decisions: readonly Decision[];
  readonly units: readonly (Unit | undefined)[];
  readonly context: DecisionContext;
}

/** What to store after a request: the same array when nothing changes. Only releases with memory are stored. */
export function lastAfter(
  stored: readonly StoredDecision[],
  { releases, decisions, units, context }: JustDecided,
): readonly StoredDecision[] {
  let after = stored;
  releases.forEach((release, i) => {
    const before = after.find((each) => each.release === release.name);
    const next = nextOf([release, units[i]], before, decisions[i] as Decision, context.now);
    if (next === before) return;
    const others = after.filter((each) => each !== before);
    after = next === undefined ? others : [...others, next];
  });
  return after;
}

function nextOf(
  [release, unit]: readonly [CompiledRelease, Unit | undefined],
  before: StoredDecision | undefined,
  { variant, revision, epoch, reason }: Decision,
  now: number,
): StoredDecision | undefined {
  if (release.release.memory === undefined || release.aborted)
    return before !== undefined && before.epoch >= release.livingEpoch && isAhead(before, release)
      ? before
      : undefined;
  if (unit === undefined || !unit.key.isWellFormed() || PASSING.has(reason)) return before;
  const isSame = before !== undefined && isOf(before, unit);
  if (isSame && (before.revision > revision || isEqual(before, variant, revision, epoch)))
    return before;
  const { name } = release;
  const { type, key } = unit;
  const digest = isSame ? before.unit : unitDigest(type, key);
  return { release: name, variant, unitType: type, unit: digest, epoch, revision, at: now };
}

const isAhead = ({ revision }: StoredDecision, { plan }: CompiledRelease): boolean =>
  revision > plan.revision;

function isEqual(
  stored: StoredDecision,
  variant: string,
  revision: number,
  epoch: number,
): boolean {
  return stored.variant === variant && stored.revision === revision && stored.epoch === epoch;
}
