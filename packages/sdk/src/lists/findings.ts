/** What can be wrong with a list, in words. Never what stands in it: ids do not belong in logs. */
import {
  type Finding,
  finding,
  type IdList,
  type ListSource,
  TinctError,
  whyUnreadable,
} from '@tinct/core';
import { ColumnError } from './column.ts';
import { type BadLines, TooManyIdsError } from './ids.ts';

type Option = 'list' | 'sha256' | 'column';

function found(
  code: Parameters<typeof finding>[0],
  option: Option,
  file: string,
  message: string,
  hint?: string,
): Finding {
  return { ...finding(code, message, [option], hint), file };
}

/** A `TinctError` of several findings: the first one speaks for all. */
export function failed(findings: readonly [Finding, ...Finding[]]): TinctError {
  const [{ code, file, message: text, hint }] = findings;
  const message = file === undefined ? text : `${file}: ${text}`;
  return new TinctError(code, message, { hint, findings });
}

/** The list is not the one that the plan pins. */
export function digestFinding({ path, sha256 }: ListSource, actual: string): Finding {
  const message = `its digest is ${actual}; the plan says ${sha256}`;
  return found('TINCT_LIST_DIGEST', 'sha256', path, message);
}

/** Why reading stopped, if it is something that the list's owner can mend. */
export function stopFinding({ path }: ListSource, error: unknown): Finding | undefined {
  if (error instanceof ColumnError)
    return found('TINCT_LIST_COLUMN', 'column', path, error.message, error.hint);
  return error instanceof TooManyIdsError
    ? found('TINCT_LIST_TOO_LARGE', 'list', path, error.message)
    : undefined;
}

const counted = (count: number) => (count === 1 ? '1 bad line' : `${count} bad lines`);

/** The count and the first bad lines, if there are more than the source allows. */
export function badLineFindings(source: ListSource, { count, first }: BadLines): Finding[] {
  const { path, allowBadLines } = source;
  if (count <= allowBadLines) return [];
  const more = count > first.length ? `; the first ${first.length} follow` : '';
  const summary = `${counted(count)}, ${allowBadLines} allowed${more}`;
  const lines = first.map(({ line, reason }) => ({
    ...finding('TINCT_LIST_BAD_LINE', reason, ['list']),
    file: path,
    line,
    column: 1,
  }));
  return [found('TINCT_LIST_BAD_LINE', 'list', path, summary), ...lines];
}

/** Warns of bad lines that the source allows. */
export function skippedFinding(source: ListSource, { count }: BadLines): Finding | undefined {
  if (count === 0) return undefined;
  const message = `${counted(count)} skipped, ${source.allowBadLines} allowed`;
  return found('TINCT_LIST_LINES_SKIPPED', 'list', source.path, message);
}

/** Warns of a list that holds nobody. */
export function emptyFinding(
  cohort: string,
  { path }: ListSource,
  list: IdList,
): Finding | undefined {
  const message = `nobody is in \`${cohort}\``;
  return list.size === 0 ? found('TINCT_PLAN_COHORT_EMPTY', 'list', path, message) : undefined;
}

/** A list that could not be read. */
export function unreadable(path: string, error: unknown): TinctError {
  return failed([found('TINCT_LIST_UNREADABLE', 'list', path, whyUnreadable(error))]);
}
