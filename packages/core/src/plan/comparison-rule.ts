/** Which of a release's rules forms the arms; one answer for the plan as it is written and as it is resolved. */

/** Whom a rule is for, whatever it gives them. */
interface Conditional {
  readonly users?: unknown;
  readonly cohort?: unknown;
  readonly when?: unknown;
}

/** Whether a rule asks nothing but a share. */
export function isUnconditional({ users, cohort, when }: Conditional): boolean {
  return users === undefined && cohort === undefined && when === undefined;
}

/**
 * The percentage rule whose units are compared: the last one that speaks of everyone, else the last one; -1 is none.
 * Units of other percentages have other chances, and mixing them would compare unlike populations.
 */
export function comparisonIndex<R extends Conditional>(
  rules: readonly (R | undefined)[],
  isShare: (rule: R) => boolean,
): number {
  const share = (rule: R | undefined) => rule !== undefined && isShare(rule);
  const ofEveryone = (rule: R | undefined) => share(rule) && isUnconditional(rule as R);
  const last = rules.findLastIndex(ofEveryone);
  return last >= 0 ? last : rules.findLastIndex(share);
}
