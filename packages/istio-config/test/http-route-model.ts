/**
 * A small model of how the Gateway API chooses a rule of an HTTPRoute. Written from its reference, and from nothing of
 * what it judges: of all matches that hold, an exact path wins, then the longest prefix, then a method, then more headers,
 * then more query parameters, then the first rule.
 */
import type { Rec } from './istio-model.ts';

export interface HttpRequest {
  readonly path: string;
  readonly method: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
}

/** The rule that an HTTPRoute gives a request. */
export function ruleOf(object: Rec, request: HttpRequest): Rec | undefined {
  const rules = (object['spec'] as Rec)['rules'] as Rec[];
  const found = rules.flatMap((rule) => {
    const matches = (rule['matches'] as Rec[] | undefined) ?? [];
    return (matches.length === 0 ? [{}] : matches)
      .filter((match) => holds(match, request))
      .map((match) => ({ rule, rank: rankOf(match) }));
  });
  // Sorting keeps the order of equals: the first rule.
  return found.sort((a, b) => compare(b.rank, a.rank))[0]?.rule;
}

interface Named {
  readonly name: string;
  readonly value: string;
}

function rankOf(match: Rec): number[] {
  const { type, value } = pathOf(match);
  const size = (list: unknown) => (list as unknown[] | undefined)?.length ?? 0;
  return [
    type === 'Exact' ? 1 : 0,
    value.length,
    match['method'] === undefined ? 0 : 1,
    size(match['headers']),
    size(match['queryParams']),
  ];
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [i, rank] of a.entries()) if (rank !== b[i]) return rank - (b[i] ?? 0);
  return 0;
}

const pathOf = (match: Rec): { type: string; value: string } =>
  (match['path'] as { type: string; value: string } | undefined) ?? {
    type: 'PathPrefix',
    value: '/',
  };

function holds(match: Rec, { path, method, headers, query }: HttpRequest): boolean {
  const { type, value } = pathOf(match);
  const prefix = value.replace(/\/$/, '');
  const isUnder = path === prefix || path.startsWith(`${prefix}/`);
  if (type === 'Exact' ? path !== value : !isUnder) return false;
  if (match['method'] !== undefined && match['method'] !== method) return false;
  const all = (key: string) => (match[key] as Named[] | undefined) ?? [];
  return (
    all('headers').every((one) => headers[one.name.toLowerCase()] === one.value) &&
    all('queryParams').every((one) => query[one.name] === one.value)
  );
}
