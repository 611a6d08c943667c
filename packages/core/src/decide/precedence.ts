/** What comes before the rules: an override that holds, a carried decision that stands. */
import type { CompiledRelease } from './compiled.ts';
import type { CarriedDecision, Decision, DecisionContext, Override } from './types.ts';

/** The longest that an override may last: a tester's day. */
export const MAX_OVERRIDE_MS = 24 * 3_600_000;

/** Whether a verified override holds now: its release, its epoch, its time, a variant that exists. */
export function overrideHolds(
  { name, release, variants }: CompiledRelease,
  override: Override,
  now: number,
): boolean {
  return (
    override.release === name &&
    override.epoch === release.epoch &&
    override.expires > now &&
    override.expires - now <= MAX_OVERRIDE_MS &&
    variants.has(override.variant)
  );
}

export function overrideOf(
  { name }: CompiledRelease,
  { overrides }: DecisionContext,
): Override | undefined {
  return overrides !== undefined && Object.hasOwn(overrides, name) ? overrides[name] : undefined;
}

export function carriedOf(
  { name }: CompiledRelease,
  { carried }: DecisionContext,
): CarriedDecision | undefined {
  return carried !== undefined && Object.hasOwn(carried, name) ? carried[name] : undefined;
}

/**
 * A carried decision stands, whatever revision made it, unless its epoch was aborted.
 *
 * Stable stands all the same where the release was resumed meanwhile: an edge that still holds the abort has decided
 * so for the whole request, and a hop that knows of the new epoch must not give it the canary halfway.
 */
export function carriedStands(
  release: CompiledRelease,
  { epoch, variant }: CarriedDecision,
): boolean {
  return epoch >= release.livingEpoch || (!release.aborted && variant === release.release.stable);
}

export function carriedDecision({ name }: CompiledRelease, carried: CarriedDecision): Decision {
  const { variant, revision, epoch, arm } = carried;
  return {
    release: name,
    variant,
    reason: 'CARRIED',
    rule: -1,
    revision,
    epoch,
    arm,
    detail: undefined,
  };
}
