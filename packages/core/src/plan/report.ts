/** Collects what is found in a plan, each finding with its place. */
import { type ErrorCode, type Finding, finding } from '../errors.ts';
import type { What } from './places.ts';
import type { Path, Source } from './source.ts';

/** Says one thing about one place of the plan: about its value, unless the code or the caller says its key. */
export type Report = (
  code: ErrorCode,
  message: string,
  path: Path,
  hint?: string,
  what?: What,
) => void;

/** Codes that speak of a key rather than of its value. */
const ABOUT_KEYS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'TINCT_PLAN_KEY_UNKNOWN',
  'TINCT_PLAN_NAME_RESERVED',
  'TINCT_PLAN_EXACTLY_ONE',
  'TINCT_PLAN_TRUST_MISSING',
  'TINCT_PLAN_SERVICE_MISSING',
  'TINCT_PLAN_HOST_CROWDED',
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
  const report: Report = (code, message, path, hint, what) => {
    const at = source.position(path, what ?? (ABOUT_KEYS.has(code) ? 'key' : 'value'));
    findings.push({ ...finding(code, message, path, hint), ...at });
  };
  return { report, findings };
}
