/** What changed between two plans, in words; who moves; and what is risky. */
import { type Finding, finding } from '../errors.ts';
import { formatPercent } from '../percent.ts';
import { acceptPlan } from './accept.ts';
import { isReshuffled, movement, type PopulationMovement, widens } from './movement.ts';
import type { Plan, Release, Service } from './plan.ts';
import { changed, keysOf, own, ruleChanges } from './words.ts';

export { ruleText } from './words.ts';

export interface ReleaseDiff {
  readonly release: string;
  /** In words, one thing each. */
  readonly changes: readonly string[];
  /** Populations in which someone moves. */
  readonly movement: readonly PopulationMovement[];
}

export interface PlanDiff {
  /** Changes outside releases, in words. */
  readonly changes: readonly string[];
  /** Releases in which something changed. */
  readonly releases: readonly ReleaseDiff[];
  /** Why the new plan would be refused (errors), and what is risky (warnings). */
  readonly findings: readonly Finding[];
}

/** Compares two plans. */
export function diffPlans(old: Plan, next: Plan): PlanDiff {
  const names = keysOf(old.releases, next.releases);
  const releases = names.map((name) =>
    diffRelease(name, own(old.releases, name), own(next.releases, name)),
  );
  return {
    changes: [...scalarChanges(old, next), ...namedChanges(old, next)],
    releases: releases.filter(({ changes }) => changes.length > 0),
    findings: [
      ...acceptPlan(old, next).findings,
      ...names.flatMap((name) => risks(own(old.releases, name), own(next.releases, name))),
    ],
  };
}

function scalarChanges(old: Plan, next: Plan): string[] {
  return [
    ...changed('name', old.name, next.name),
    ...changed('revision', old.revision, next.revision),
    ...changed('owner', old.owner, next.owner),
    ...changed('identity', old.identity, next.identity),
    ...changed('istio', old.istio, next.istio),
  ];
}

function namedChanges(old: Plan, next: Plan): string[] {
  return [
    ...entryChanges('attribute', old.attributes, next.attributes),
    ...entryChanges('cohort', old.cohorts, next.cohorts),
  ];
}

function entryChanges<T>(
  what: string,
  old: Readonly<Record<string, T>>,
  next: Readonly<Record<string, T>>,
): string[] {
  return keysOf(old, next).flatMap((name) => {
    const [before, after] = [own(old, name), own(next, name)];
    if (before === undefined) return [`${what} ${name} added`];
    if (after === undefined) return [`${what} ${name} removed`];
    return changed(`${what} ${name}`, before, after);
  });
}

function diffRelease(
  release: string,
  old: Release | undefined,
  next: Release | undefined,
): ReleaseDiff {
  if (old === undefined || next === undefined) {
    const change = old === undefined ? 'added' : 'removed: its requests are no longer colored';
    return { release, changes: [change], movement: [] };
  }
  const moving = movement(old, next).filter(({ moved }) => moved > 0);
  return {
    release,
    changes: [...releaseChanges(old, next), ...ruleChanges(old.rules, next.rules)],
    movement: moving,
  };
}

const PLAIN = [
  'state',
  'epoch',
  'stable',
  'winner',
  'units',
  'salt',
  'header',
  'hosts',
  'paths',
  'slo',
  'baseline',
  'metrics',
  'memory',
] as const;

function releaseChanges(old: Release, next: Release): string[] {
  const since = (at: number) => (at === 0 ? undefined : new Date(at).toISOString());
  return [
    ...PLAIN.flatMap((key) => changed(key, old[key], next[key])),
    ...changed('stickySince', since(old.stickySince), since(next.stickySince)),
    ...entryChanges('service', byName(old.services), byName(next.services)),
  ];
}

function byName(services: readonly Service[]): Record<string, Service> {
  return Object.fromEntries(services.map((service) => [service.name, service]));
}

/** More than this many times the old share at once is a large step. */
const JUMP_FACTOR = 5;
/** A share below one percent counts as one percent. */
const JUMP_FLOOR = 1_000;

function risks(old: Release | undefined, next: Release | undefined): Finding[] {
  if (old === undefined || next === undefined) return [];
  return [...saltRisk(old, next), ...jumpRisk(old, next), ...pausedRisk(old, next)];
}

function saltRisk(old: Release, next: Release): Finding[] {
  if (!isReshuffled(old, next)) return [];
  const what = old.salt === next.salt ? 'unit type' : 'salt';
  return [
    finding(
      'TINCT_PLAN_SALT_CHANGED',
      `the ${what} of \`${next.name}\` changed: every unit gets a new bucket`,
      ['releases', next.name],
    ),
  ];
}

function jumpRisk(old: Release, next: Release): Finding[] {
  const everyone = movement(old, next).at(-1);
  if (everyone === undefined || next.stable !== old.stable) return [];
  const outside = (shares: ReadonlyMap<string, number>) => 100_000 - (shares.get(next.stable) ?? 0);
  const [before, after] = [outside(everyone.before), outside(everyone.after)];
  if (after <= JUMP_FACTOR * Math.max(before, JUMP_FLOOR)) return [];
  const step = `${formatPercent(before)} % to ${formatPercent(after)} %`;
  return [
    finding('TINCT_PLAN_JUMP', `\`${next.name}\` goes from ${step} of ${everyone.who} at once`, [
      'releases',
      next.name,
    ]),
  ];
}

function pausedRisk(old: Release, next: Release): Finding[] {
  if (old.state !== 'paused' || next.state !== 'paused' || !widens(old, next)) return [];
  return [
    finding(
      'TINCT_PLAN_PAUSED',
      `\`${next.name}\` is paused, and more units would leave \`${old.stable}\``,
      ['releases', next.name],
    ),
  ];
}
