/** What happened to the plan, in lines: what came into force and how it differs, or why it did not. */
import { type CompiledPlan, diffPlans, type Finding, formatFinding, type Plan } from '@tinct/core';

/** A plan that came into force. */
export function acceptedLines({ plan }: CompiledPlan, before: Plan | undefined): string[] {
  const head = `revision ${plan.revision} is in force`;
  if (before === undefined) return [head];
  const { releases } = diffPlans(before, plan);
  const changes = releases.flatMap(({ release, changes }) =>
    changes.map((change) => `  ${release}: ${change}`),
  );
  return [head, ...changes];
}

/** A plan that did not: the last good one stays. */
export function refusedLines(findings: readonly Finding[], inForce: Plan | undefined): string[] {
  const stays =
    inForce === undefined ? 'everyone gets v1' : `revision ${inForce.revision} stays in force`;
  return [
    `the plan is refused; ${stays}:`,
    ...findings.map((found) => `  ${formatFinding(found)}`),
  ];
}
