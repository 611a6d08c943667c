/** What was found while documents were made: errors end the command, warnings are said. */
import { type Finding, hasErrors, placed } from '@tinct/core';
import type { Session } from '../frame/session.ts';
import { type PlanFile, refused } from '../plan/load.ts';
import { findingsText } from '../text/findings.ts';

/** Findings whose paths are those of the plan. */
export async function checked(
  findings: readonly Finding[],
  { text, name }: PlanFile,
  { err }: Session,
): Promise<void> {
  const all = placed(findings, text, name);
  if (hasErrors(all)) throw refused(all);
  if (all.length > 0) await err.write(findingsText(all, err.style));
}
