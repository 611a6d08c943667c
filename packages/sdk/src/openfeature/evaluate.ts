/** What a release answers when it is asked as a flag. */

import {
  type EvaluationContext,
  type FlagMetadata,
  FlagNotFoundError,
  GeneralError,
  type ResolutionReason,
} from '@openfeature/server-sdk';
import {
  type AttributeValue,
  type CompiledPlan,
  type CompiledRelease,
  decide,
  type Reason,
} from '@tinct/core';
import { currentContext } from '../context/storage.ts';
import type { KnownDecision } from '../context/types.ts';

/** A release's decision, and which of its variants is stable, where that is known. */
export interface Answer {
  readonly decision: KnownDecision;
  readonly stable: string | undefined;
}

/** What decides: a plan, and for services without one the names of stable variants. */
export interface Deciding {
  readonly compiled: CompiledPlan | undefined;
  /** Release → its stable variant. */
  readonly stable: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** OpenFeature's words for Tinct's reasons; Tinct's own stand in the metadata. */
const REASON: Readonly<Record<Reason, ResolutionReason>> = {
  DISABLED: 'DISABLED',
  OVERRIDE: 'TARGETING_MATCH',
  CARRIED: 'UNKNOWN',
  TARGETING_MATCH: 'TARGETING_MATCH',
  SPLIT: 'SPLIT',
  STICKY: 'SPLIT',
  CONTINUITY: 'SPLIT',
  STATIC: 'STATIC',
  DEFAULT: 'DEFAULT',
  ERROR: 'ERROR',
};

export const reasonOf = ({ reason }: KnownDecision): ResolutionReason => REASON[reason];

/** What OpenFeature's hooks for telemetry read (`version`, `flagSetId`), and the decision's own words. */
export function metadataOf(
  { reason, arm, revision, epoch }: KnownDecision,
  flagSetId: string | undefined,
): FlagMetadata {
  return {
    ...(flagSetId !== undefined && { flagSetId }),
    ...(revision !== undefined && { version: `${revision}` }),
    ...(epoch !== undefined && { epoch }),
    ...{ reason, arm },
  };
}

const isValue = (value: unknown): value is AttributeValue =>
  typeof value === 'string' ||
  typeof value === 'number' ||
  typeof value === 'boolean' ||
  (Array.isArray(value) && value.every((each) => typeof each === 'string'));

/** A context's fields as a plan's conditions compare them; nested ones have no name in a plan. */
function attributesOf(context: EvaluationContext): Record<string, AttributeValue> {
  const fields = Object.entries(context).map(([name, value]) => [
    name,
    value instanceof Date ? value.toISOString() : value,
  ]);
  return Object.fromEntries(fields.filter(([, value]) => isValue(value)));
}

/** The targeting key is one of the unit type that the release decides by first. */
function decided(release: CompiledRelease, context: EvaluationContext, now: number): KnownDecision {
  const { targetingKey } = context;
  const [type] = release.release.units;
  const units = type === undefined || targetingKey === undefined ? {} : { [type]: targetingKey };
  return decide(release, { units, attributes: attributesOf(context), now });
}

const isGiven = (key: string | undefined): key is string => key !== undefined && key !== '';

function decisionOf(
  key: string,
  release: CompiledRelease | undefined,
  context: EvaluationContext,
  now: number,
): KnownDecision | undefined {
  const own = currentContext()?.decisions.get(key);
  if (release === undefined) return own;
  if (!isGiven(context.targetingKey) && own !== undefined) return own;
  return decided(release, context, now);
}

/**
 * With a plan and a targeting key: what the plan gives to that unit. Else what the request that is being served was
 * given, and outside of one what the plan gives to nobody in particular.
 *
 * @throws {FlagNotFoundError} for a release of which nothing is known
 */
export function ask(key: string, context: EvaluationContext, deciding: Deciding): Answer {
  const release = deciding.compiled?.releases.find(({ name }) => name === key);
  const decision = decisionOf(key, release, context, deciding.now);
  if (decision === undefined) throw new FlagNotFoundError(`no release \`${key}\` is known here`);
  const named = Object.hasOwn(deciding.stable, key) ? deciding.stable[key] : undefined;
  return { decision, stable: release?.release.stable ?? named };
}

/** @throws {GeneralError} where nobody has said which variant is stable */
export function isNotStable({ decision: { release, variant }, stable }: Answer): boolean {
  if (stable !== undefined) return variant !== stable;
  if (variant === 'stable') return false;
  throw new GeneralError(
    `which variant of \`${release}\` is stable only a plan says: give the provider \`stable: { '${release}': … }\``,
  );
}
