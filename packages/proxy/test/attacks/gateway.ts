/** What a gateway does with a verdict, as Envoy does it: it overwrites, removes, and adds to the response. */
import type { Seen } from '../helpers.ts';

/** Where the gateway's clients come from. */
export const DOWNSTREAM = '127.0.0.1';
export const SECRET = 'a-secret-of-the-gateway';

export type Pair = readonly [name: string, value: string];

export const pairsOf = (raw: readonly string[]): Pair[] =>
  raw.flatMap((name, i): Pair[] => (i % 2 === 0 ? [[name, raw[i + 1] ?? '']] : []));

/** Envoy writes names in lower case, and its peer behind `X-Forwarded-For`. */
export function received(raw: readonly string[]): Pair[] {
  const pairs = pairsOf(raw).map(([name, value]): Pair => [name.toLowerCase(), value]);
  const said = pairs.filter(([name]) => name === 'x-forwarded-for').map(([, value]) => value);
  const others = pairs.filter(([name]) => !/^x-forwarded-(?:for|proto)$/.test(name));
  const forwardedFor = [...said, DOWNSTREAM].join(',');
  return [...others, ['x-forwarded-for', forwardedFor], ['x-forwarded-proto', 'http']];
}

export interface Mutation {
  readonly set: readonly Pair[];
  readonly remove: readonly string[];
}

/** A request that the gateway sends on, to the version that its routes choose. */
export function sentOn(
  pairs: readonly Pair[],
  { set, remove }: Mutation,
  { method, url }: Pick<Seen, 'method' | 'url'>,
): Seen {
  const overwritten = new Set(set.map(([name]) => name.toLowerCase()));
  const kept = [...pairs.filter(([name]) => !overwritten.has(name)), ...set];
  // Envoy removes last.
  const gone = new Set(remove.map((name) => name.toLowerCase()));
  const left = kept.filter(([name]) => !gone.has(name.toLowerCase()));
  // Since 1.39 Envoy's matcher takes any of several values.
  const isV2 = left.some(([name, value]) => name === 'x-tinct-my-service' && value === 'v2');
  return { version: isV2 ? 'v2' : 'v1', method, url, raw: left.flat(), body: '' };
}
