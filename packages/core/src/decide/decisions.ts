/** Every decision that a release can give, made once and frozen: deciding allocates nothing. */
import type { Outcome, Plan, Release } from '../plan/plan.ts';
import type { Reason } from './reason.ts';
import type { Arm, Decision, Detail } from './types.ts';

/** The decisions of one rule. */
export interface OutcomeDecisions {
  /** Decided by the rule: TARGETING_MATCH, or SPLIT in the arm that is compared. By the parts of a split. */
  readonly hit: readonly Decision[];
  /** SPLIT, when an earlier percentage had its say too: compared with nobody. By the parts of a split. */
  readonly hitOther: readonly Decision[];
  /** By variant, as are those of continuity. */
  readonly sticky: Readonly<Record<string, Decision>>;
  readonly continuity: Readonly<Record<string, Decision>>;
  /** Stable because the percentage missed the unit. */
  readonly missed: Decision;
  readonly missedOther: Decision;
}

/** The decisions that no rule makes. */
export interface ReleaseDecisions {
  readonly disabled: Decision;
  readonly static: Decision;
  readonly default: Decision;
  readonly unitMissing: Decision;
  readonly unitMalformed: Decision;
  readonly cohortUnavailable: Decision;
  /** Variant → the decision for an override. */
  readonly override: Readonly<Record<string, Decision>>;
}

type Make = (variant: string, reason: Reason, rule: number, arm: Arm, detail?: Detail) => Decision;

function maker(plan: Plan, release: Release): Make {
  const { revision } = plan;
  const { name, epoch } = release;
  return (variant, reason, rule, arm, detail = undefined) =>
    Object.freeze({ release: name, variant, reason, rule, revision, epoch, arm, detail });
}

function perVariant(
  variants: readonly string[],
  make: (variant: string) => Decision,
): Record<string, Decision> {
  return Object.fromEntries(variants.map((variant) => [variant, make(variant)]));
}

export function variantsOf(outcome: Outcome): string[] {
  return outcome.kind === 'split' ? outcome.parts.map(({ variant }) => variant) : [outcome.variant];
}

/** The decisions of a rule. `compared`: whether its units form the arms. */
export function outcomeDecisions(
  plan: Plan,
  release: Release,
  outcome: Outcome,
  rule: number,
  compared: boolean,
): OutcomeDecisions {
  const make = maker(plan, release);
  const variants = variantsOf(outcome);
  const { stable } = release;
  const reason = outcome.kind === 'everyone' ? 'TARGETING_MATCH' : 'SPLIT';
  const arm = (variant: string): Arm =>
    !compared ? 'other' : variant === stable ? 'control' : 'canary';
  return {
    hit: variants.map((variant) => make(variant, reason, rule, arm(variant))),
    hitOther: variants.map((variant) => make(variant, reason, rule, 'other')),
    sticky: perVariant(variants, (variant) => make(variant, 'STICKY', rule, 'other')),
    continuity: perVariant(variants, (variant) => make(variant, 'CONTINUITY', rule, 'other')),
    missed: make(stable, 'SPLIT', rule, compared ? 'control' : 'other'),
    missedOther: make(stable, 'SPLIT', rule, 'other'),
  };
}

export function releaseDecisions(plan: Plan, release: Release): ReleaseDecisions {
  const make = maker(plan, release);
  const { stable, winner } = release;
  const variants = [...new Set(release.services.flatMap(({ subsets }) => Object.keys(subsets)))];
  return {
    disabled: make(stable, 'DISABLED', -1, 'other'),
    static: make(winner ?? stable, 'STATIC', -1, 'other'),
    default: make(stable, 'DEFAULT', -1, 'other'),
    unitMissing: make(stable, 'DEFAULT', -1, 'other', 'unit-missing'),
    unitMalformed: make(stable, 'ERROR', -1, 'other', 'unit-malformed'),
    cohortUnavailable: make(stable, 'ERROR', -1, 'other', 'cohort-unavailable'),
    override: perVariant(variants, (variant) => make(variant, 'OVERRIDE', -1, 'other')),
  };
}
