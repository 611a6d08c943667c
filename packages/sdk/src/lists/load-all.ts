import {
  type Finding,
  type IdList,
  type ListSource,
  listKey,
  type Plan,
  TinctError,
} from '@tinct/core';
import { digestOf } from './digest.ts';
import { digestFinding, emptyFinding, failed, skippedFinding } from './findings.ts';
import { type LoadListOptions, loadList } from './load.ts';

export interface LoadListsOptions extends Omit<LoadListOptions, 'baseDir'> {
  /** Takes warnings: an empty list, bad lines that the plan allows. */
  readonly warn?: ((found: Finding) => void) | undefined;
}

/** A cohort that reads a list. */
interface Use {
  readonly cohort: string;
  readonly source: ListSource;
}

/**
 * Loads a plan's lists, by {@link listKey}, one after the other, so that little more than one of them is in the
 * making at a time.
 *
 * What several cohorts read is loaded once, as strictly as the strictest of them asks. Copies of a file under
 * other names must have the same digest. Rejects with a `TinctError` that
 * holds what is wrong with all the lists, each finding at its cohort, or with the signal's reason.
 */
export async function loadLists(
  plan: Plan,
  baseDir: string,
  options: LoadListsOptions = {},
): Promise<ReadonlyMap<string, IdList>> {
  const lists = new Map<string, IdList>();
  const failures: Finding[] = [];
  for (const [key, uses] of Map.groupBy(usesOf(plan), ({ source }) => listKey(source))) {
    const [use, ...copies] = filesOf(uses);
    if (use === undefined) continue;
    const list = await attempt(use, failures, () => loadUse(use, baseDir, options));
    if (list !== undefined) lists.set(key, list);
    for (const copy of copies) {
      await attempt(copy, failures, () => checkCopy(copy.source, baseDir, options));
    }
  }
  const [first, ...others] = failures;
  if (first !== undefined) throw failed([first, ...others]);
  return lists;
}

function usesOf(plan: Plan): Use[] {
  return Object.entries(plan.cohorts).flatMap(([cohort, definition]) =>
    definition.kind === 'list' ? [{ cohort, source: definition.list }] : [],
  );
}

/** The strictest use, and one of each other file that should be a copy of it. */
function filesOf(uses: readonly Use[]): Use[] {
  const strict = uses.toSorted((a, b) => a.source.allowBadLines - b.source.allowBadLines);
  return strict.filter(
    ({ source }, i) => i === strict.findIndex((use) => use.source.path === source.path),
  );
}

async function loadUse(
  { cohort, source }: Use,
  baseDir: string,
  { warn, ...options }: LoadListsOptions,
): Promise<IdList> {
  const { list, badLines } = await loadList(source, { ...options, baseDir });
  const found = [skippedFinding(source, badLines), emptyFinding(cohort, source, list)];
  for (const each of found) if (each !== undefined) warn?.(atCohort(cohort, each));
  return list;
}

async function checkCopy(
  source: ListSource,
  baseDir: string,
  { open, signal }: LoadListsOptions,
): Promise<void> {
  const digest = await digestOf(source.path, { baseDir, open, signal });
  if (digest !== source.sha256) throw failed([digestFinding(source, digest)]);
}

/** Notes what is wrong with a list and goes on; what is no user's mistake ends everything. */
async function attempt<Result>(
  { cohort }: Use,
  failures: Finding[],
  work: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof TinctError)) throw error;
    failures.push(...error.findings.map((found) => atCohort(cohort, found)));
    return undefined;
  }
}

const atCohort = (cohort: string, found: Finding): Finding => ({
  ...found,
  path: ['cohorts', cohort, ...found.path],
});
