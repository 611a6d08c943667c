/** Cohorts: exactly one kind each, lists pinned, unit types that someone yields. */
import type { Report } from '../report.ts';
import { COHORT_KINDS, type CohortDocument, type ConditionDocument } from '../schema.ts';
import type { Path } from '../source.ts';
import type { Draft, ReleaseDraft } from '../structure.ts';
import { checkCondition, neverHolds } from './conditions.ts';
import { present } from './draft.ts';
import { exactlyOne } from './identity.ts';
import { checkUnit } from './units.ts';

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
  if (cohort.when !== undefined) checkWhen(name, cohort.when, path, draft, report);
  if (cohort.when === undefined) checkUnit(cohort.unit, 'user', path, draft, report);
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

function checkWhen(
  name: string,
  when: ConditionDocument,
  path: Path,
  draft: Draft,
  report: Report,
): void {
  checkCondition(when, [...path, 'when'], draft, report);
  if (neverHolds(when))
    report('TINCT_PLAN_COHORT_EMPTY', `the \`when\` of \`${name}\` can never hold`, path);
}

/** Says nothing when a rule is too damaged to tell which cohort it uses. */
function checkUse(draft: Draft, report: Report): void {
  const releases = Object.values(draft.releases);
  const isSure = (release: ReleaseDraft | undefined) =>
    release !== undefined && !release.damaged.has('rules') && !release.rules.includes(undefined);
  if (!releases.every(isSure)) return;
  const used = new Set(releases.flatMap((of) => of?.rules.map((rule) => rule?.cohort) ?? []));
  for (const name of Object.keys(draft.cohorts)) {
    if (!used.has(name))
      report('TINCT_PLAN_COHORT_UNUSED', `no rule uses \`${name}\``, ['cohorts', name]);
  }
}
