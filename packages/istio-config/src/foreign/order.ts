/**
 * Where a copy with one header more would win over a rule that its original loses against. Of the rules of an HTTPRoute
 * that match, the longest path wins, then a method, then more headers, then more query parameters, then the first.
 */
import { type Finding, finding, isRecord } from '@tinct/core';

type Rec = Readonly<Record<string, unknown>>;

interface Ranked {
  readonly match: Rec;
  /** Path and method: compared before headers. */
  readonly before: readonly number[];
  readonly headers: number;
  readonly query: number;
  readonly rule: number;
}

/**
 * Rules by their indexes in `led` get copies that ask for a color's header too, where they name none of `headers` already.
 * Tinct's own are passed over.
 */
export function overtaken(
  rules: readonly unknown[],
  led: readonly number[],
  headers: readonly string[],
  isOwn: (rule: unknown) => boolean,
): Finding[] {
  const all = rules.flatMap((rule, i) => (isRecord(rule) && !isOwn(rule) ? ranked(rule, i) : []));
  const copied = all.filter(
    ({ rule, match }) =>
      led.includes(rule) && !headers.some((one) => exacts(match['headers']).has(one)),
  );
  const others = all.filter((one) => !copied.includes(one));
  const pairs = copied.flatMap((copy) =>
    others
      .filter((other) => isOvertaken(other, copy))
      .map((other) => [copy.rule, other.rule] as const),
  );
  const distinct = new Map(pairs.map((pair) => [pair.join(), pair]));
  return [...distinct.values()].map(([copy, other]) =>
    finding(
      'TINCT_ISTIO_ORDER',
      `a colored request that rule ${other} gets now would go the way of rule ${copy}, which asks for one header more`,
      ['spec', 'rules', other],
    ),
  );
}

function ranked(rule: Rec, index: number): Ranked[] {
  const matches =
    Array.isArray(rule['matches']) && rule['matches'].length > 0 ? rule['matches'] : [{}];
  return matches.filter(isRecord).map((match) => ({
    match,
    before: rankOf(match),
    headers: sizeOf(match['headers']),
    query: sizeOf(match['queryParams']),
    rule: index,
  }));
}

const sizeOf = (list: unknown): number => (Array.isArray(list) ? list.length : 0);

function rankOf({ path, method }: Rec): number[] {
  if (isRecord(method))
    return [String(method['service'] ?? '').length, String(method['method'] ?? '').length];
  const { type = 'PathPrefix', value = '/' } = isRecord(path) ? path : {};
  return [type === 'Exact' ? 1 : 0, String(value).length, method === undefined ? 0 : 1];
}

/** Whether `other` wins over the copied rule now, and not over its copy. */
function isOvertaken(other: Ranked, copied: Ranked): boolean {
  if (other.before.some((rank, i) => rank !== copied.before[i])) return false;
  if (isApart(other.match, copied.match)) return false;
  const wins =
    other.headers - copied.headers || other.query - copied.query || copied.rule - other.rule;
  // The copy has one header more, and stands behind all others.
  const stillWins = other.headers - (copied.headers + 1) || other.query - copied.query || 1;
  return wins > 0 && stillWins < 0;
}

/** Whether surely no request meets both. */
function isApart(a: Rec, b: Rec): boolean {
  if (
    typeof a['method'] === 'string' &&
    typeof b['method'] === 'string' &&
    a['method'] !== b['method']
  )
    return true;
  return (
    isPathApart(a['path'], b['path']) ||
    isListApart(a['headers'], b['headers']) ||
    isListApart(a['queryParams'], b['queryParams'])
  );
}

/** Of the same kind and length, paths are the same or apart. */
function isPathApart(a: unknown, b: unknown): boolean {
  if (!isRecord(a) || !isRecord(b)) return false;
  const isRegex = [a, b].some(({ type }) => type === 'RegularExpression');
  return !isRegex && (a['value'] ?? '/') !== (b['value'] ?? '/');
}

function isListApart(a: unknown, b: unknown): boolean {
  const [mine, yours] = [exacts(a), exacts(b)];
  return [...mine].some(([name, value]) => yours.has(name) && yours.get(name) !== value);
}

function exacts(list: unknown): ReadonlyMap<string, unknown> {
  const all = Array.isArray(list) ? list.filter(isRecord) : [];
  const exact = all.filter(({ type }) => (type ?? 'Exact') === 'Exact');
  return new Map(exact.map(({ name, value }) => [String(name).toLowerCase(), value]));
}
