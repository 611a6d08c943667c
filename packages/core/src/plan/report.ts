/** Collects what is found in a plan, each finding with its place. */
import { type ErrorCode, type Finding, finding } from '../errors.ts';
import type { Path, Source } from './source.ts';

/** Says one thing about one place of the plan. */
export type Report = (code: ErrorCode, message: string, path: Path, hint?: string) => void;

/** Codes that speak of a key rather than of its value. */
const ABOUT_KEYS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'TINCT_PLAN_KEY_UNKNOWN',
  'TINCT_PLAN_NAME_RESERVED',
  'TINCT_PLAN_EXACTLY_ONE',
  'TINCT_PLAN_COHORT_EMPTY',
  'TINCT_PLAN_COHORT_UNUSED',
  'TINCT_PLAN_LIST_UNPINNED',
]);

export interface Reporter {
  readonly report: Report;
  readonly findings: Finding[];
}

export function reporter(source: Source): Reporter {
  const findings: Finding[] = [];
  const report: Report = (code, message, path, hint) => {
    const at = source.position(path, ABOUT_KEYS.has(code) ? 'key' : 'value');
    findings.push({ ...finding(code, message, path, hint), ...at });
  };
  return { report, findings };
}
