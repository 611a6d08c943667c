/** Cohorts: exactly one kind each, lists pinned, unit types that someone yields. */
import type { Report } from '../report.ts';
import { COHORT_KINDS, type CohortDocument } from '../schema.ts';
import type { Path } from '../source.ts';
import type { Draft } from '../structure.ts';
import { checkCondition } from './conditions.ts';
import { present } from './draft.ts';
import { exactlyOne } from './identity.ts';
import { checkUnit } from './units.ts';
import { checkIds } from './values.ts';

const LIST_OPTIONS = ['sha256', 'format', 'column', 'allowBadLines'] as const;

export function checkCohorts(draft: Draft, report: Report): void {
  for (const [name, cohort] of Object.entries(draft.cohorts)) {
    if (cohort === undefined) continue;
    const path: Path = ['cohorts', name];
    if (!exactlyOne(present(cohort, COHORT_KINDS), COHORT_KINDS, path, report)) continue;
    checkCohort(name, cohort, path, draft, report);
  }
  checkUse(draft, report);
}

function checkCohort(
  name: string,
  cohort: CohortDocument,
  path: Path,
  draft: Draft,
  report: Report,
): void {
  if (cohort.list === undefined) checkNoList(cohort, path, report);
  else if (cohort.sha256 === undefined) {
    report(
      'TINCT_PLAN_LIST_UNPINNED',
      `the list of \`${name}\` has no digest`,
      [...path, 'list'],
      'run `tinct plan lock`',
    );
  }
  if (cohort.users?.length === 0)
    report('TINCT_PLAN_COHORT_EMPTY', `nobody is in \`${name}\``, path);
  if (cohort.users !== undefined) checkIds(cohort.users, [...path, 'users'], report);
  if (cohort.when !== undefined) checkCondition(cohort.when, [...path, 'when'], draft, report);
  if (cohort.when === undefined)
    checkUnit(
      cohort.unit ?? 'user',
      [...path, ...(cohort.unit === undefined ? [] : ['unit'])],
      draft,
      report,
    );
  else if (cohort.unit !== undefined) {
    report('TINCT_PLAN_LIST_OPTION', '`unit` says of whom the ids are; `when` has none', [
      ...path,
      'unit',
    ]);
  }
}

function checkNoList(cohort: CohortDocument, path: Path, report: Report): void {
  for (const option of present(cohort, LIST_OPTIONS)) {
    report('TINCT_PLAN_LIST_OPTION', `\`${option}\` describes a list, and this cohort has none`, [
      ...path,
      option,
    ]);
  }
}

function checkUse(draft: Draft, report: Report): void {
  const rules = Object.values(draft.releases).flatMap(({ rules }) => rules);
  if (rules.includes(undefined)) return;
  const used = new Set(rules.map((rule) => rule?.cohort));
  for (const name of Object.keys(draft.cohorts)) {
    if (!used.has(name))
      report('TINCT_PLAN_COHORT_UNUSED', `no rule uses \`${name}\``, ['cohorts', name]);
  }
}
