/** Whether a plan may take the place of the one in force. */
import { type Finding, finding } from '../errors.ts';
import type { Plan, Release } from './plan.ts';

export interface Acceptance {
  readonly accepted: boolean;
  /** Whether the next plan is the one in force already. */
  readonly unchanged: boolean;
  readonly findings: readonly Finding[];
}

/** Two plans with the same text form mean the same, list digests included. */
export function samePlan(a: Plan, b: Plan): boolean {
  return canonical(a) === canonical(b);
}

/** JSON with sorted keys; the order of releases and rules stays what it is. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** A higher revision wins; the same revision must be the same plan; epochs never fall, and an abort is final for its epoch. */
export function acceptPlan(inForce: Plan | undefined, next: Plan): Acceptance {
  if (inForce === undefined) return { accepted: true, unchanged: false, findings: [] };
  if (inForce.revision === next.revision && samePlan(inForce, next)) {
    return { accepted: true, unchanged: true, findings: [] };
  }
  const findings = [...revisionFindings(inForce, next), ...epochFindings(inForce, next)];
  return { accepted: findings.length === 0, unchanged: false, findings };
}

function revisionFindings(inForce: Plan, next: Plan): Finding[] {
  const path = ['metadata', 'revision'];
  if (next.revision > inForce.revision) return [];
  return next.revision < inForce.revision
    ? [
        finding(
          'TINCT_PLAN_REVISION_LOWER',
          `revision ${next.revision} is lower than ${inForce.revision}, which is in force`,
          path,
          'use `tinct plan revert`',
        ),
      ]
    : [
        finding(
          'TINCT_PLAN_REVISION_REUSED',
          `revision ${next.revision} is in force with other content`,
          path,
          `raise it to ${next.revision + 1}`,
        ),
      ];
}

function epochFindings(inForce: Plan, next: Plan): Finding[] {
  return Object.values(next.releases).flatMap((release) => {
    const before = Object.hasOwn(inForce.releases, release.name)
      ? inForce.releases[release.name]
      : undefined;
    return before === undefined ? [] : epochFinding(before, release);
  });
}

function epochFinding(before: Release, after: Release): Finding[] {
  const path = ['releases', after.name, 'epoch'];
  if (after.epoch < before.epoch) {
    return [
      finding(
        'TINCT_PLAN_EPOCH_LOWER',
        `epoch ${after.epoch} of \`${after.name}\` is lower than ${before.epoch}`,
        path,
      ),
    ];
  }
  const revived =
    before.state === 'aborted' && after.state !== 'aborted' && after.epoch === before.epoch;
  return revived
    ? [
        finding(
          'TINCT_PLAN_EPOCH_KILLED',
          `epoch ${after.epoch} of \`${after.name}\` was aborted`,
          path,
          `use \`tinct plan resume ${after.name}\``,
        ),
      ]
    : [];
}
