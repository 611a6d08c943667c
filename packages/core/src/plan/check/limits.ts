/** How much of each a plan may have. Beyond that nothing else is checked: it would take too long. */
import type { Report } from '../report.ts';
import type { Path } from '../source.ts';
import type { Draft } from '../structure.ts';

export const MAX_IDENTITY = 100;
export const MAX_ATTRIBUTES = 1_000;
export const MAX_COHORTS = 1_000;
export const MAX_RELEASES = 1_000;
/** Of a release. */
export const MAX_SERVICES = 100;
/** Of a release. */
export const MAX_RULES = 1_000;
/** In all scopes together. */
export const MAX_HOSTS = 10_000;
/** Of a rule or a cohort. */
export const MAX_INLINE_IDS = 10_000;

/** Whether the plan keeps to the limits; reports each that it does not keep to. */
export function checkLimits(draft: Draft, report: Report): boolean {
  const over = [...counts(draft)].filter(({ count, most }) => count > most);
  for (const { count, most, what, path } of over) {
    const message = `${count.toLocaleString('en')} ${what}; at most ${most.toLocaleString('en')}`;
    const hint = what === 'ids' ? 'use a cohort with a `list`' : 'divide the plan';
    report('TINCT_PLAN_TOO_LARGE', message, path, hint);
  }
  return over.length === 0;
}

interface Count {
  readonly count: number;
  readonly most: number;
  readonly what: string;
  readonly path: Path;
}

function sizeOf(map: object): number {
  return Object.keys(map).length;
}

function* counts({ identity, attributes, cohorts, releases }: Draft): Generator<Count> {
  yield of(identity.length, MAX_IDENTITY, 'identity sources', ['identity']);
  yield of(sizeOf(attributes), MAX_ATTRIBUTES, 'attributes', ['attributes']);
  yield of(sizeOf(cohorts), MAX_COHORTS, 'cohorts', ['cohorts']);
  yield of(sizeOf(releases), MAX_RELEASES, 'releases', ['releases']);
  const hosts = Object.values(releases).flatMap((release) => release?.scope?.hosts ?? []);
  yield of(hosts.length, MAX_HOSTS, 'hosts', ['releases']);
  for (const [name, cohort] of Object.entries(cohorts))
    yield of(cohort?.users?.length ?? 0, MAX_INLINE_IDS, 'ids', ['cohorts', name, 'users']);
  for (const [name, release] of Object.entries(releases)) {
    const path: Path = ['releases', name];
    const { rules = [], services = {} } = release ?? {};
    yield of(sizeOf(services), MAX_SERVICES, 'services', [...path, 'services']);
    yield of(rules.length, MAX_RULES, 'rules', [...path, 'rules']);
    for (const [i, rule] of rules.entries())
      yield of(rule?.users?.length ?? 0, MAX_INLINE_IDS, 'ids', [...path, 'rules', i, 'users']);
  }
}

function of(count: number, most: number, what: string, path: Path): Count {
  return { count, most, what, path };
}
