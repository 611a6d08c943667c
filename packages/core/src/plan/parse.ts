/** Text → plan: read, hold against the shape, check the meaning, resolve. Everything wrong is reported at once. */
import type { Finding } from '../errors.ts';
import { checkCohorts } from './check/cohorts.ts';
import { checkIdentity } from './check/identity.ts';
import { checkLimits } from './check/limits.ts';
import { checkReleases } from './check/releases.ts';
import type { Plan } from './plan.ts';
import { type Report, reporter } from './report.ts';
import { resolvePlan } from './resolve.ts';
import { readSource, type Source } from './source.ts';
import { checkStructure, type Structure } from './structure.ts';

export interface ParsedPlan {
  /** Absent exactly when one of the findings is an error. */
  readonly plan: Plan | undefined;
  /** In the order of the document. */
  readonly findings: readonly Finding[];
}

export interface ParseOptions {
  /** Named in each finding. */
  readonly file?: string;
  /** Reports lists without a digest too; `plan lock` is what takes it away. Default true. */
  readonly requirePinnedLists?: boolean;
}

/** Whether any finding is an error, so that there is no plan. */
export function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some(({ level }) => level === 'error');
}

function byPlace(a: Finding, b: Finding): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

function checkMeaning(source: Source, { draft }: Structure, report: Report): void {
  if (!checkLimits(draft, report)) return;
  checkIdentity(draft, report);
  checkCohorts(draft, report);
  checkReleases(source, draft, report);
}

/** Reads a plan from YAML 1.2 or JSON. Never throws: what is wrong is in the findings. */
export function parsePlan(text: string, options: ParseOptions = {}): ParsedPlan {
  const { source, findings: first } = readSource(text);
  if (source === undefined) return { plan: undefined, findings: withFile(first, options.file) };
  const { report, findings } = reporter(source);
  const structure = checkStructure(source, report);
  checkMeaning(source, structure, report);
  const ignored = options.requirePinnedLists === false ? 'TINCT_PLAN_LIST_UNPINNED' : undefined;
  const all = [...first, ...findings].filter(({ code }) => code !== ignored).sort(byPlace);
  const { document } = structure;
  const plan = document === undefined || hasErrors(all) ? undefined : resolvePlan(document);
  return { plan, findings: withFile(all, options.file) };
}

function withFile(findings: readonly Finding[], file: string | undefined): readonly Finding[] {
  return file === undefined ? findings : findings.map((found) => ({ ...found, file }));
}
