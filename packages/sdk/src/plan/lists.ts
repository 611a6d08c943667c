import { type Cohort, type Finding, type IdList, listKey, type Plan } from '@tinct/core';

/** Loads a plan's list cohorts, by {@link listKey}; rejects with a `TinctError` if one of them fails. */
export type LoadLists = (
  plan: Plan,
  baseDir: string,
  options: { readonly signal: AbortSignal; readonly warn: (found: Finding) => void },
) => Promise<ReadonlyMap<string, IdList>>;

type Lists = ReadonlyMap<string, IdList>;

const keyOf = (cohort: Cohort): string | undefined =>
  cohort.kind === 'list' ? listKey(cohort.list) : undefined;

/** The plan with only those list cohorts that are not held yet. */
function withoutHeld(plan: Plan, held: Lists): Plan {
  const wanted = Object.entries(plan.cohorts).filter(([, cohort]) => {
    const key = keyOf(cohort);
    return key !== undefined && !held.has(key);
  });
  return { ...plan, cohorts: Object.fromEntries(wanted) };
}

function ofPlan(plan: Plan, ...sources: readonly Lists[]): Lists {
  const lists = new Map<string, IdList>();
  for (const key of Object.values(plan.cohorts).map(keyOf)) {
    const list =
      key === undefined ? undefined : sources.find((source) => source.has(key))?.get(key);
    if (key !== undefined && list !== undefined) lists.set(key, list);
  }
  return lists;
}

/**
 * The plan's lists, of which those that are held already are not read again: an abort must not wait until twenty
 * million ids are sorted once more.
 */
export async function listsFor(
  plan: Plan,
  held: Lists,
  load: (missing: Plan) => Promise<Lists>,
): Promise<Lists> {
  const missing = withoutHeld(plan, held);
  const loaded = Object.keys(missing.cohorts).length === 0 ? new Map() : await load(missing);
  return ofPlan(plan, held, loaded);
}
