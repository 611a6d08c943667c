/** Releases: each alone (names, winner, subsets), and all together (headers, services, crowded hosts). */
import { parseTime } from '../../conditions/values.ts';
import type { Report } from '../report.ts';
import type { Path, Source } from '../source.ts';
import type { Draft, ReleaseDraft } from '../structure.ts';
import { routingHeader } from './draft.ts';
import { checkReach } from './reach.ts';
import { checkRules } from './rules.ts';
import { checkUnit } from './units.ts';
import { checkVariant } from './values.ts';

/** Names that Tinct's own headers and labels use. */
export const RESERVED: ReadonlySet<string> = new Set([
  'explain',
  'served',
  'routed',
  'decision',
  'release',
  'variant',
]);
/** The most releases that apply to one host: Envoy accepts 100 headers by default. */
export const MAX_RELEASES_PER_HOST = 48;
export const MAX_RELEASES = 1_000;

export function checkReleases(source: Source, draft: Draft, report: Report): void {
  const releases = Object.entries(draft.releases);
  if (releases.length > MAX_RELEASES) {
    report('TINCT_PLAN_TOO_LARGE', `${releases.length} releases; at most ${MAX_RELEASES}`, [
      'releases',
    ]);
  }
  for (const [name, release] of releases) checkRelease(name, release, source, draft, report);
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
  checkName(name, path, report);
  checkVariants(release, path, report);
  checkWinner(release, path, report);
  checkMoment(release, path, report);
  if (Object.keys(release.services).length === 0) {
    report('TINCT_PLAN_SERVICE_MISSING', `\`${name}\` moves no service`, [...path, 'services']);
  }
  if (release.unit !== undefined) checkUnit(release.unit, [...path, 'unit'], draft, report);
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
    for (const variant of Object.keys(of?.subsets ?? {})) {
      if (RESERVED.has(variant))
        checkName(variant, [...path, 'services', service, 'subsets', variant], report);
    }
  }
}

/** A winner stays in place when a completed release is aborted: `resume` goes back to it. */
function checkWinner(release: ReleaseDraft, path: Path, report: Report): void {
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
    report('TINCT_PLAN_TIME_MALFORMED', `"${stickySince}" is no point in time`, [
      ...path,
      'stickySince',
    ]);
  }
}

/** Header names that the plan reads from requests, in lower case → what they are. */
function headersRead(draft: Draft): Map<string, string> {
  const read = new Map<string, string>();
  for (const source of draft.identity) {
    for (const header of [
      source?.header,
      source?.jwt === undefined ? undefined : (source.jwt.header ?? 'authorization'),
    ]) {
      if (header !== undefined) read.set(header.toLowerCase(), 'an identity');
    }
  }
  for (const [name, source] of Object.entries(draft.attributes)) {
    if (source?.header !== undefined)
      read.set(source.header.toLowerCase(), `the attribute \`${name}\``);
  }
  return read;
}

/** Headers that Tinct or HTTP itself needs on every request. */
const TAKEN: ReadonlySet<string> = new Set([
  'x-tinct-decision',
  'x-tinct-served',
  'x-tinct-routed',
  'x-tinct-explain',
  'baggage',
  'traceparent',
  'tracestate',
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'te',
  'trailer',
  'upgrade',
  'expect',
  'cookie',
  'set-cookie',
  'authorization',
  'forwarded',
  'via',
  'keep-alive',
  'proxy-connection',
  'proxy-authorization',
  'proxy-authenticate',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'content-type',
  'date',
]);

function checkHeaders(draft: Draft, report: Report): void {
  const taken = headersRead(draft);
  for (const [name, release] of Object.entries(draft.releases)) {
    const header = routingHeader(name, release);
    const by =
      taken.get(header) ?? (TAKEN.has(header) ? 'what HTTP or Tinct itself needs' : undefined);
    const path = ['releases', name, ...(release.header === undefined ? [] : ['header'])];
    if (by !== undefined && !RESERVED.has(name))
      report('TINCT_PLAN_HEADER_TAKEN', `\`${header}\` already carries ${by}`, path);
    taken.set(header, `the release \`${name}\``);
  }
}

/** A service moves with at most one release that is under way. */
function checkServices(draft: Draft, report: Report): void {
  const movedBy = new Map<string, string>();
  for (const [name, release] of Object.entries(draft.releases)) {
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

function appliesTo(host: string, hosts: readonly string[] | undefined): boolean {
  return (
    hosts?.some(
      (pattern) =>
        pattern === host || (pattern.startsWith('*.') && host.endsWith(pattern.slice(1))),
    ) ?? true
  );
}

function checkHosts(draft: Draft, report: Report): void {
  const releases = Object.entries(draft.releases);
  if (releases.length <= MAX_RELEASES_PER_HOST) return;
  const hosts = new Set(releases.flatMap(([, { scope }]) => scope?.hosts ?? ['*']));
  for (const host of hosts) {
    const applying = releases.filter(([, { scope }]) => appliesTo(host, scope?.hosts));
    const last = applying[MAX_RELEASES_PER_HOST];
    if (last === undefined) continue;
    const where = host === '*' ? 'every host' : `\`${host}\``;
    report(
      'TINCT_PLAN_HOST_CROWDED',
      `${applying.length} releases apply to ${where}; at most ${MAX_RELEASES_PER_HOST}`,
      ['releases', last[0]],
    );
  }
}
