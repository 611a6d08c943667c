import { type Finding, finding, formatFinding, TinctError } from '@tinct/core';

/** What a failed attempt has to say, in the form of a plan's findings. */
export function findingsOf(error: unknown): readonly Finding[] {
  if (!(error instanceof TinctError))
    return [
      finding('TINCT_PLAN_UNREADABLE', error instanceof Error ? error.message : `${error}`, []),
    ];
  return error.findings.length > 0
    ? error.findings
    : [finding(error.code, error.message, [], error.hint)];
}

/** Whether two refusals say the same. */
export function sameFindings(a: readonly Finding[], b: readonly Finding[]): boolean {
  return (
    a.length === b.length &&
    a.every((found, i) => formatFinding(found) === formatFinding(b[i] ?? found))
  );
}
