/** Releases: each alone (names, winner, subsets), and all together (headers, services, crowded hosts). */
import { parseTime } from '../../conditions/time.ts';
import type { Report } from '../report.ts';
import type { Path, Source } from '../source.ts';
import type { Draft, ReleaseDraft } from '../structure.ts';
import { valueAt } from '../tree.ts';
import { checkBaseline } from './baseline.ts';
import { RESERVED } from './draft.ts';
import { checkHeaders } from './headers.ts';
import { checkHosts } from './hosts.ts';
import { checkReach } from './reach.ts';
import { checkRules } from './rules.ts';
import { checkUnit, isYielded } from './units.ts';
import { checkVariant } from './values.ts';

export function checkReleases(source: Source, draft: Draft, report: Report): void {
  checkCounter(['metadata', 'revision'], source, report);
  for (const [name, release] of Object.entries(draft.releases)) {
    checkName(name, ['releases', name], report);
    if (release !== undefined) checkRelease(name, release, source, draft, report);
  }
  checkHeaders(draft, report);
  checkServices(draft, report);
  checkHosts(draft, report);
}

function checkRelease(
  name: string,
  release: ReleaseDraft,
  source: Source,
  draft: Draft,
  report: Report,
): void {
  const path: Path = ['releases', name];
  checkVariants(release, path, report);
  checkWinner(release, path, report);
  checkBaseline(release, path, report);
  checkMoment(release, path, report);
  checkCounter([...path, 'epoch'], source, report);
  if (!release.damaged.has('services') && Object.keys(release.services).length === 0) {
    report('TINCT_PLAN_SERVICE_MISSING', `\`${name}\` moves no service`, [...path, 'services']);
  }
  checkUnits(release, path, draft, report);
  checkRules({ source, draft, release, report }, [...path, 'rules']);
  checkReach(release, draft, [...path, 'rules'], report);
}

function checkName(name: string, path: Path, report: Report): void {
  if (RESERVED.has(name))
    report('TINCT_PLAN_NAME_RESERVED', `\`${name}\` is a name of Tinct's own`, path);
}

function checkVariants(release: ReleaseDraft, path: Path, report: Report): void {
  const { stable, winner } = release;
  if (stable !== undefined) checkVariant(stable, [...path, 'stable'], release, report);
  if (winner !== undefined) checkVariant(winner, [...path, 'winner'], release, report);
  for (const [service, of] of Object.entries(release.services)) {
    for (const [variant, labels] of Object.entries(of?.subsets ?? {})) {
      checkSubset(variant, labels, [...path, 'services', service, 'subsets', variant], report);
    }
  }
}

/** Digits alone: `1e3` or `0x1f` could not be raised by whoever edits the text, and `1.5` may have been rounded. */
function checkCounter(path: Path, source: Source, report: Report): void {
  const value = valueAt(source.value, path);
  const written = source.written(path);
  if (!Number.isSafeInteger(value) || written === undefined || /^[1-9]\d*$/.test(written)) return;
  const message = `${written}: not a positive whole number`;
  if (Number(value) > 0)
    report('TINCT_PLAN_COUNTER_MALFORMED', message, path, 'write it in digits alone');
}

/** The unit type of the release; where it names none, one of those by default. */
function checkUnits(release: ReleaseDraft, path: Path, draft: Draft, report: Report): void {
  if (release.damaged.has('unit') || release.rules.length === 0) return;
  if (release.unit === undefined && isYielded('anonymous', draft)) return;
  checkUnit(release.unit, 'user', path, draft, report);
}

/** `labels` is whatever stands there: behind a malformed name nothing was held against the shape. */
function checkSubset(variant: string, labels: unknown, path: Path, report: Report): void {
  if (RESERVED.has(variant)) checkName(variant, path, report);
  if (typeof labels === 'object' && labels !== null && Object.keys(labels).length === 0)
    report('TINCT_PLAN_SUBSET_EMPTY', `\`${variant}\` selects every pod of the service`, path);
}

/** A winner stays in place when a completed release is aborted: `resume` goes back to it. */
function checkWinner(release: ReleaseDraft, path: Path, report: Report): void {
  if (release.damaged.has('state') || release.damaged.has('winner')) return;
  const { state = 'running', winner } = release;
  if (state === 'completed' && winner === undefined) {
    report(
      'TINCT_PLAN_WINNER',
      'a completed release names its winner',
      [...path, 'state'],
      'add `winner`',
    );
  }
  if ((state === 'running' || state === 'paused') && winner !== undefined) {
    const hint = 'say `state: completed`, or remove it';
    report('TINCT_PLAN_WINNER', `a ${state} release has no winner`, [...path, 'winner'], hint);
  }
}

function checkMoment({ stickySince }: ReleaseDraft, path: Path, report: Report): void {
  if (stickySince !== undefined && parseTime(stickySince) === undefined) {
    report('TINCT_PLAN_TIME_MALFORMED', `"${stickySince}": not a point in time`, [
      ...path,
      'stickySince',
    ]);
  }
}

/** A service moves with at most one release that is under way. */
function checkServices(draft: Draft, report: Report): void {
  const movedBy = new Map<string, string>();
  for (const [name, release] of Object.entries(draft.releases)) {
    if (release === undefined || release.damaged.has('state')) continue;
    if (release.state === 'aborted' || release.state === 'completed') continue;
    for (const [service, of] of Object.entries(release.services)) {
      if (of === undefined) continue;
      const other = movedBy.get(of.host);
      const path = ['releases', name, 'services', service, 'host'];
      if (other !== undefined && other !== name) {
        report('TINCT_PLAN_SERVICE_TAKEN', `\`${of.host}\` already moves with \`${other}\``, path);
      }
      movedBy.set(of.host, name);
    }
  }
}
