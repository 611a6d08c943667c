/** Conditions as docs/spec/deciding.md has them, walked each time anew. */
import { isIPv4, isIPv6 } from 'node:net';
import type { AttributeValue } from '../../src/decide/types.ts';
import type { Comparison, Condition, SemverOperator } from '../../src/plan/plan.ts';

export type Truth = 'true' | 'false' | 'unknown';
export type Values = Readonly<Record<string, AttributeValue | undefined>>;

const truth = (holds: boolean): Truth => (holds ? 'true' : 'false');

function all(parts: readonly Truth[]): Truth {
  if (parts.includes('false')) return 'false';
  return parts.includes('unknown') ? 'unknown' : 'true';
}

function any(parts: readonly Truth[]): Truth {
  if (parts.includes('true')) return 'true';
  return parts.includes('unknown') ? 'unknown' : 'false';
}

export function conditionTruth(condition: Condition, values: Values): Truth {
  switch (condition.kind) {
    case 'all':
      return all(condition.conditions.map((inner) => conditionTruth(inner, values)));
    case 'any':
      return any(condition.conditions.map((inner) => conditionTruth(inner, values)));
    case 'not': {
      const inner = conditionTruth(condition.condition, values);
      return inner === 'unknown' ? 'unknown' : truth(inner === 'false');
    }
    case 'attribute': {
      const value = present(new Map(Object.entries(values)).get(condition.attribute));
      return all(condition.comparisons.map((comparison) => comparisonTruth(comparison, value)));
    }
  }
}

/** A number that is not finite is as if it were absent. */
function present(value: AttributeValue | undefined): AttributeValue | undefined {
  return typeof value === 'number' && !Number.isFinite(value) ? undefined : value;
}

function comparisonTruth(comparison: Comparison, value: AttributeValue | undefined): Truth {
  if (comparison.op === 'exists') return truth((value !== undefined) === comparison.operand);
  if (value === undefined) return 'unknown';
  const holds = compare(comparison, value);
  return holds === undefined ? 'unknown' : truth(holds);
}

/** Whether a comparison holds for a value that is there; `undefined`: the value is mistyped. */
function compare(comparison: Comparison, value: AttributeValue): boolean | undefined {
  const { op, operand } = comparison;
  if (op === 'equals') return typeof value === typeof operand ? value === operand : undefined;
  if (op === 'in') {
    const alike = operand.filter((one) => typeof one === typeof value);
    return alike.length === 0 ? undefined : alike.some((one) => one === value);
  }
  if (op === 'contains' && Array.isArray(value)) return value.some((member) => member === operand);
  if (typeof value === 'number') return compareNumber(comparison, value);
  return typeof value === 'string' ? compareText(comparison, value) : undefined;
}

function compareNumber({ op, operand }: Comparison, value: number): boolean | undefined {
  if (op === 'gt') return value > operand;
  if (op === 'gte') return value >= operand;
  if (op === 'lt') return value < operand;
  return op === 'lte' ? value <= operand : undefined;
}

function compareText(comparison: Comparison, text: string): boolean | undefined {
  const { op, operand } = comparison;
  if (op === 'startsWith') return text.slice(0, operand.length) === operand;
  if (op === 'endsWith') return operand === '' || text.slice(-operand.length) === operand;
  if (op === 'contains') return text.split(operand).length > 1 || operand === '';
  if (op === 'matches') return text.length > 1024 ? undefined : wholeMatch(operand, text);
  if (op === 'semver') return semverHolds(operand, text);
  if (op === 'inCidr') return inRanges(operand, text);
  if (op !== 'before' && op !== 'after') return undefined;
  const at = instant(text);
  if (at === undefined) return undefined;
  const bound = instant(operand) as number;
  return op === 'before' ? at < bound : at > bound;
}

/** RE2's expressions in V8's engine: right for those that mean the same in both, and the tests use no others. */
function wholeMatch(pattern: string, text: string): boolean {
  const [, flags = '', bare = ''] = /^(?:\(\?([is]+)\))?(.*)$/s.exec(pattern) ?? [];
  return new RegExp(`^(?:${bare})$`, `u${flags}`).test(text);
}

/** The expression that https://semver.org suggests. */
const VERSION =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\+([0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*))?$/;

/** Numbers and identifiers in the order of their weight; `undefined` for what is no version. */
function version(text: string): { core: string[]; pre: string[] } | undefined {
  const match = text.length > 256 ? null : VERSION.exec(text);
  if (match === null) return undefined;
  const core = [match[1], match[2], match[3]] as string[];
  const pre = match[4]?.split('.') ?? [];
  const numbers = [...core, ...pre].filter((part) => /^\d+$/.test(part));
  return numbers.some((part) => BigInt(part) > 2n ** 53n - 1n) ? undefined : { core, pre };
}

function identifierOrder(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(b === undefined) - Number(a === undefined);
  const numbers = [a, b].map((part) => /^\d+$/.test(part));
  if (numbers[0] && numbers[1]) return Number(BigInt(a) - BigInt(b));
  if (numbers[0] !== numbers[1]) return numbers[0] ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** SemVer 2.0.0, section 11. */
function versionOrder(a: string, b: string): number | undefined {
  const [left, right] = [version(a), version(b)];
  if (left === undefined || right === undefined) return undefined;
  for (let i = 0; i < 3; i++) {
    const order = identifierOrder(left.core[i], right.core[i]);
    if (order !== 0) return order;
  }
  if (left.pre.length === 0 || right.pre.length === 0) return right.pre.length - left.pre.length;
  const length = Math.max(left.pre.length, right.pre.length);
  for (let i = 0; i < length; i++) {
    const order = identifierOrder(left.pre[i], right.pre[i]);
    if (order !== 0) return order;
  }
  return 0;
}

function semverHolds(
  bounds: Readonly<Partial<Record<SemverOperator, string>>>,
  text: string,
): boolean | undefined {
  if (version(text) === undefined) return undefined;
  const { eq, gt, gte, lt, lte } = bounds;
  const order = (bound: string) => versionOrder(text, bound) as number;
  return (
    (eq === undefined || order(eq) === 0) &&
    (gt === undefined || order(gt) > 0) &&
    (gte === undefined || order(gte) >= 0) &&
    (lt === undefined || order(lt) < 0) &&
    (lte === undefined || order(lte) <= 0)
  );
}

const isLeap = (year: number) => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
const monthLengths = (year: number) => [
  31,
  isLeap(year) ? 29 : 28,
  31,
  30,
  31,
  30,
  31,
  31,
  30,
  31,
  30,
  31,
];

/** Days since 1970-01-01, counted year by year. */
function dayNumber(year: number, month: number, day: number): number {
  let days = day - 1;
  for (const length of monthLengths(year).slice(0, month - 1)) days += length;
  for (let y = 1970; y < year; y++) days += isLeap(y) ? 366 : 365;
  for (let y = year; y < 1970; y++) days -= isLeap(y) ? 366 : 365;
  return days;
}

/** RFC 3339 → milliseconds since 1970. */
export function instant(text: string): number | undefined {
  const match =
    /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):(\d\d))$/.exec(
      text,
    );
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const [offsetHour, offsetMinute] = [Number(match[9] ?? 0), Number(match[10] ?? 0)];
  if (month < 1 || month > 12 || day < 1 || day > (monthLengths(year)[month - 1] as number))
    return undefined;
  if (hour > 23 || minute > 59 || second > 59 || offsetHour > 23 || offsetMinute > 59)
    return undefined;
  const offset = (match[8] === '-' ? -1 : 1) * (offsetHour * 60 + offsetMinute);
  const minutes = dayNumber(year, month, day) * 1440 + hour * 60 + minute - offset;
  return minutes * 60_000 + second * 1000 + Number((match[7] ?? '').padEnd(3, '0').slice(0, 3));
}

interface Ip {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

const octets = (text: string) =>
  text.split('.').reduce((sum, octet) => sum * 256n + BigInt(octet), 0n);

/** The 128 bits of an IPv6 address without a zone. */
function bits128(text: string): bigint {
  const dotted = text.slice(text.lastIndexOf(':') + 1);
  if (dotted.includes('.')) {
    const tail = octets(dotted);
    const groups = `${(tail >> 16n).toString(16)}:${(tail & 0xffffn).toString(16)}`;
    return bits128(text.slice(0, -dotted.length) + groups);
  }
  const [head = '', rest] = text.split('::');
  const groupsOf = (part: string) => (part === '' ? [] : part.split(':'));
  const before = groupsOf(head);
  const after = rest === undefined ? [] : groupsOf(rest);
  const middle = Array<string>(8 - before.length - after.length).fill('0');
  return [...before, ...middle, ...after].reduce(
    (sum, group) => sum * 65536n + BigInt(`0x${group}`),
    0n,
  );
}

function ip(text: string): Ip | undefined {
  if (isIPv4(text)) return { bits: 32, value: octets(text) };
  if (!isIPv6(text) || text.includes('%')) return undefined;
  const value = bits128(text);
  return value >> 32n === 0xffffn ? { bits: 32, value: value & 0xffffffffn } : { bits: 128, value };
}

function inRange(range: string, address: Ip): boolean {
  const [network = '', length = ''] = range.split('/');
  const of = ip(network) as Ip;
  const mapped = network.includes(':') && of.bits === 32;
  const kept = Number(length) - (mapped ? 96 : 0);
  const shift = BigInt(of.bits - kept);
  return of.bits === address.bits && of.value >> shift === address.value >> shift;
}

function inRanges(ranges: readonly string[], text: string): boolean | undefined {
  const address = ip(text);
  return address && ranges.some((range) => inRange(range, address));
}
