/** What changed between two plans, in words; who moves; and what is risky. */
import { outcomeText } from '../decide/explain.ts';
import { type Finding, finding } from '../errors.ts';
import { formatPercent } from '../percent.ts';
import { acceptPlan } from './accept.ts';
import { isReshuffled, movement, type PopulationMovement, widens } from './movement.ts';
import type { Plan, Release, Rule } from './plan.ts';

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
  const names = [...new Set([...Object.keys(old.releases), ...Object.keys(next.releases)])];
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

function own<T>(of: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(of, name) ? of[name] : undefined;
}

function changed(what: string, before: unknown, after: unknown): string[] {
  return same(before, after) ? [] : [`${what}: ${show(before)} → ${show(after)}`];
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function show(value: unknown): string {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return 'none';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
}

function scalarChanges(old: Plan, next: Plan): string[] {
  return [
    ...changed('name', old.name, next.name),
    ...changed('revision', old.revision, next.revision),
    ...changed('owner', old.owner, next.owner),
    ...changed('identity', old.identity, next.identity),
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
  return [...new Set([...Object.keys(old), ...Object.keys(next)])].flatMap((name) => {
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
  'services',
  'slo',
  'memory',
] as const;

function releaseChanges(old: Release, next: Release): string[] {
  const since = (at: number) => (at === 0 ? undefined : new Date(at).toISOString());
  return [
    ...PLAIN.flatMap((key) => changed(key, old[key], next[key])),
    ...changed('stickySince', since(old.stickySince), since(next.stickySince)),
  ];
}

/** Whom a rule is for, in words. */
function whoText({ users, cohort, when }: Rule): string {
  const who = [
    users && `users ${show(users)}`,
    cohort && `cohort ${cohort}`,
    when && `when ${show(when)}`,
  ].filter((part) => part !== undefined);
  return who.length === 0 ? 'everyone' : who.join(' and ');
}

/** A rule in words: whom it is for, and what they get. */
export function ruleText(rule: Rule): string {
  return `${whoText(rule)}: ${outcomeText(rule.outcome)}`;
}

function ruleChange(i: number, before: Rule, after: Rule): string {
  const who = whoText(after);
  if (whoText(before) !== who) return `rule ${i} (${ruleText(before)}) is now ${ruleText(after)}`;
  return `rule ${i} (${who}): ${outcomeText(before.outcome)}, now ${outcomeText(after.outcome)}`;
}

function ruleChanges(old: readonly Rule[], next: readonly Rule[]): string[] {
  const length = Math.max(old.length, next.length);
  return Array.from({ length }, (_, i) => i).flatMap((i) => {
    const [before, after] = [old[i], next[i]];
    if (before === undefined || after === undefined) {
      return [
        `rule ${i} ${before === undefined ? 'added' : 'removed'}: ${ruleText((before ?? after) as Rule)}`,
      ];
    }
    return same(before, after) ? [] : [ruleChange(i, before, after)];
  });
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
