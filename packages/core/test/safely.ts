/** Parsing as every caller may: nothing is thrown, each finding has its place, and a plan can be compiled. */
import {
  compilePlan,
  type ErrorCode,
  formatFinding,
  hasErrors,
  type ParsedPlan,
  parsePlan,
} from '../src/index.ts';

/** Throws, in a test, when `parsePlan` breaks one of its promises. */
export function safely(text: string): ParsedPlan {
  const parsed = parsePlan(text);
  for (const found of parsed.findings) {
    const line = formatFinding(found);
    if ((found.line ?? 0) < 1 || (found.column ?? 0) < 1) throw new Error(`no place: ${line}`);
    if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(line)) throw new Error(`more than a line: ${line}`);
  }
  if ((parsed.plan === undefined) !== hasErrors(parsed.findings))
    throw new Error('there is a plan exactly when there is no error');
  if (parsed.plan !== undefined) compilePlan(parsed.plan);
  return parsed;
}

export const codesOf = (text: string): ErrorCode[] => safely(text).findings.map(({ code }) => code);

export const many = (count: number, of: (i: number) => string, between = ', '): string =>
  Array.from({ length: count }, (_, i) => of(i)).join(between);
