/** What differs, in words. */
import { outcomeText } from '../decide/explain.ts';
import type { Rule } from './plan.ts';

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

type Entries = Readonly<Record<string, unknown>>;

function isMap(value: unknown): value is Entries {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function own<T>(of: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(of, name) ? of[name] : undefined;
}

/** The keys of either. */
export function keysOf(a: object, b: object): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])];
}

/** `epoch: 1 → 2`: a line for each value that differs; maps key by key. */
export function changed(what: string, before: unknown, after: unknown): string[] {
  if (same(before, after)) return [];
  if (isMap(before) && isMap(after)) {
    return keysOf(before, after).flatMap((key) =>
      changed(`${what} ${key}`, own(before, key), own(after, key)),
    );
  }
  const [a, b] = shortened(show(before), show(after));
  return [`${what}: ${a} → ${b}`];
}

function show(value: unknown): string {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return 'none';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const LONGEST = 100;
/** How much of two long texts is shown before the place where they begin to differ. */
const CONTEXT = 20;

/** Long texts are cut so that what differs can be seen. */
function shortened(a: string, b: string): [string, string] {
  if (a.length <= LONGEST && b.length <= LONGEST) return [a, b];
  let equal = 0;
  while (equal < a.length && a[equal] === b[equal]) equal++;
  const from = equal > LONGEST - CONTEXT ? equal - CONTEXT : 0;
  return [cut(a, from), cut(b, from)];
}

function cut(text: string, from = 0): string {
  const end = from + LONGEST - 1;
  const rest = text.length > end + 1 ? `${text.slice(from, end)}…` : text.slice(from);
  return from > 0 ? `…${rest}` : rest;
}

/** `"1", "2", "3" and 5 more`. */
export function idsText(ids: readonly string[]): string {
  const shown = ids.slice(0, 3).map((id) => JSON.stringify(id));
  const more = ids.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}

/** Whom a rule is for, in words. */
function whoText({ users, cohort, when }: Rule): string {
  const who = [
    users && `users ${users.length === 0 ? 'none' : idsText(users)}`,
    cohort && `cohort ${cohort}`,
    when && `when ${cut(JSON.stringify(when))}`,
  ].filter((part) => part !== undefined);
  return who.length === 0 ? 'everyone' : who.join(' and ');
}

/** A rule in words: whom it is for, and what they get. */
export function ruleText(rule: Rule): string {
  return `${whoText(rule)}: ${outcomeText(rule.outcome)}`;
}

function ruleChange(i: number, before: Rule, after: Rule): string {
  const outcome = outcomeChange(before, after);
  const rule = `rule ${i} (${whoText(after)})`;
  const otherUsers = !same(before.users, after.users);
  const otherConditions = !same([before.cohort, before.when], [after.cohort, after.when]);
  if (!otherUsers && !otherConditions) return `${rule}: ${outcome}`;
  if (otherConditions || before.users === undefined || after.users === undefined || outcome)
    return `rule ${i} (${ruleText(before)}) is now ${ruleText(after)}`;
  return `${rule}: ${usersChange(before.users, after.users)}`;
}

/** Empty when the outcome is the same. */
function outcomeChange({ outcome: before }: Rule, { outcome: after }: Rule): string {
  if (same(before, after)) return '';
  const [a, b] = [outcomeText(before), outcomeText(after)];
  return a === b ? `${a}, now in other buckets` : `${a}, now ${b}`;
}

function usersChange(before: readonly string[], after: readonly string[]): string {
  const missingIn = (of: readonly string[], from: readonly string[]) => {
    const known = new Set(of);
    return from.filter((id) => !known.has(id));
  };
  const [added, removed] = [missingIn(before, after), missingIn(after, before)];
  const parts = [
    ...(added.length > 0 ? [`${added.length} added (${idsText(added)})`] : []),
    ...(removed.length > 0 ? [`${removed.length} removed (${idsText(removed)})`] : []),
  ];
  return parts.length > 0 ? parts.join(', ') : 'the same users, written otherwise';
}

/** How many items are equal from the start. */
function equalFromStart(a: readonly unknown[], b: readonly unknown[]): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (!same(a[i], b[i])) return i;
  return length;
}

/** Rules that are added or removed among others do not make the others change. */
export function ruleChanges(old: readonly Rule[], next: readonly Rule[]): string[] {
  const start = equalFromStart(old, next);
  const [a, b] = [old.slice(start), next.slice(start)];
  const end = equalFromStart(a.toReversed(), b.toReversed());
  const [removed, added] = [a.slice(0, a.length - end), b.slice(0, b.length - end)];
  return Array.from({ length: Math.max(removed.length, added.length) }, (_, i) => {
    const [before, after] = [removed[i], added[i]];
    if (before === undefined) return `rule ${start + i} added: ${ruleText(after as Rule)}`;
    if (after === undefined) return `rule ${start + i} removed: ${ruleText(before)}`;
    return ruleChange(start + i, before, after);
  });
}
