/**
 * Comparisons, three-valued: `true`, `false`, and `undefined` for *unknown*,
 * which is what a missing or mistyped attribute gives.
 */

import { RE2JS } from 're2js';
import { compare, type SemVer } from 'semver';
import type { AttributeValue } from '../decide/types.ts';
import type { Comparison, Scalar, SemverOperator } from '../plan/plan.ts';
import { parseTime } from './time.ts';
import { type Cidr, inCidr, parseAddress, parseCidr, parseSemver } from './values.ts';

/** Kleene's three values. */
export type Kleene = boolean | undefined;

/** Tests an attribute's value; `undefined` is a missing value. */
export type Test = (value: AttributeValue | undefined) => Kleene;

/** The longest text that `matches` looks at: linear time is still time. */
export const MAX_MATCHED = 1024;

/** What a value is; anything that is no attribute value counts as missing. */
export function typeOf(value: unknown): 'string' | 'number' | 'boolean' | 'list' | 'missing' {
  if (typeof value === 'string' || typeof value === 'boolean') return typeof value as 'string';
  if (typeof value === 'number') return Number.isFinite(value) ? 'number' : 'missing';
  return Array.isArray(value) ? 'list' : 'missing';
}

function onText(test: (text: string) => Kleene): Test {
  return (value) => (typeof value === 'string' ? test(value) : undefined);
}

function onNumber(test: (number: number) => boolean): Test {
  return (value) => (typeof value === 'number' && Number.isFinite(value) ? test(value) : undefined);
}

function sameAs(operand: Scalar): Test {
  return (value) => (typeOf(value) === typeof operand ? value === operand : undefined);
}

/** True if one is equal; unknown if none is and the value's type is none of theirs. */
function oneOf(operands: readonly Scalar[]): Test {
  const set = new Set<unknown>(operands);
  const types = new Set<string>(operands.map((operand) => typeof operand));
  return (value) => (types.has(typeOf(value)) ? set.has(value) : undefined);
}

function contains(part: string): Test {
  return (value) => {
    if (typeof value === 'string') return value.includes(part);
    return Array.isArray(value) ? value.includes(part) : undefined;
  };
}

/** Whether a pattern that {@link patternFault} finds fine matches a whole text, in linear time. */
export function wholeMatch(pattern: string): (text: string) => boolean {
  const compiled = RE2JS.compile(pattern);
  return (text) => compiled.matches(text);
}

function matches(pattern: string): Test {
  const test = wholeMatch(pattern);
  return onText((text) => (text.length <= MAX_MATCHED ? test(text) : undefined));
}

const SEMVER_TESTS: Record<SemverOperator, (order: number) => boolean> = {
  eq: (order) => order === 0,
  gt: (order) => order > 0,
  gte: (order) => order >= 0,
  lt: (order) => order < 0,
  lte: (order) => order <= 0,
};

function semver(operand: Readonly<Partial<Record<SemverOperator, string>>>): Test {
  const bounds = (Object.entries(operand) as [SemverOperator, string][]).map(
    ([operator, text]) => [SEMVER_TESTS[operator], parseSemver(text) as SemVer] as const,
  );
  return onText((text) => {
    const version = parseSemver(text);
    if (version === undefined) return undefined;
    return bounds.every(([test, bound]) => test(compare(version, bound)));
  });
}

function time(test: (at: number) => boolean): Test {
  return onText((text) => {
    const at = parseTime(text);
    return at === undefined ? undefined : test(at);
  });
}

function address(ranges: readonly string[]): Test {
  const cidrs = ranges.map((range) => parseCidr(range) as Cidr);
  return onText((text) => {
    const parsed = parseAddress(text);
    return parsed === undefined ? undefined : cidrs.some((cidr) => inCidr(parsed, cidr));
  });
}

/** The test of a comparison that the plan's checks have accepted. */
export function compileComparison(comparison: Comparison): Test {
  const { op, operand } = comparison;
  switch (op) {
    case 'exists':
      return (value) => (typeOf(value) !== 'missing') === operand;
    case 'equals':
      return sameAs(operand);
    case 'in':
      return oneOf(operand);
    case 'startsWith':
      return onText((text) => text.startsWith(operand));
    case 'endsWith':
      return onText((text) => text.endsWith(operand));
    case 'contains':
      return contains(operand);
    case 'matches':
      return matches(operand);
    case 'gt':
      return onNumber((number) => number > operand);
    case 'gte':
      return onNumber((number) => number >= operand);
    case 'lt':
      return onNumber((number) => number < operand);
    case 'lte':
      return onNumber((number) => number <= operand);
    case 'semver':
      return semver(operand);
    case 'before':
      return time((at) => at < (parseTime(operand) as number));
    case 'after':
      return time((at) => at > (parseTime(operand) as number));
    case 'inCidr':
      return address(operand);
  }
}

/** Why `matches` cannot run a pattern; `undefined` when it can. */
export function patternFault(pattern: string): string | undefined {
  try {
    RE2JS.compile(pattern);
    return undefined;
  } catch (cause) {
    return cause instanceof Error
      ? cause.message.replace(/^error parsing regexp: /, '')
      : 'unknown';
  }
}
