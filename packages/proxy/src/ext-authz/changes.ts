/** What a gateway must do to a request so that the service sees it as it would see it behind Tinct's own edge. */

import type { ColoredRequest } from '../color.ts';
import { isHopByHop } from '../hop-by-hop.ts';
import type { Changes, Header } from './check.ts';

/** The gateway writes these itself, from what it knows. */
const GATEWAYS: ReadonlySet<string> = new Set([
  'host',
  'expect',
  'x-forwarded-for',
  'x-forwarded-proto',
]);
/** Believed of trusted hops; gateways pass on what anybody says. */
const OF_HOPS: ReadonlySet<string> = new Set(['x-forwarded-host', 'forwarded']);

function valuesByName(raw: readonly string[]): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = (raw[i] as string).toLowerCase();
    const known = values.get(name);
    if (known === undefined) values.set(name, [raw[i + 1] as string]);
    else known.push(raw[i + 1] as string);
  }
  return values;
}

const joined = (name: string, values: readonly string[]): string =>
  values.join(name === 'cookie' ? '; ' : ', ');

const isSame = (some: readonly string[], others: readonly string[]): boolean =>
  some.length === others.length && some.every((value, i) => value === others[i]);

/** `raw`: the request as it came, names and values in turn. `trusted`: whether it came from a trusted hop. */
export function changesOf(
  raw: readonly string[],
  { headers }: Pick<ColoredRequest, 'headers'>,
  trusted: boolean,
): Changes {
  const [before, after] = [valuesByName(raw), valuesByName(headers)];
  const isLeft = (name: string) =>
    isHopByHop(name) || GATEWAYS.has(name) || (trusted && OF_HOPS.has(name));
  const remove = [...before.keys()].filter((name) => !after.has(name) && !isLeft(name));
  const set = [...after].flatMap(([name, values]): Header[] =>
    isSame(values, before.get(name) ?? []) ? [] : [[name, joined(name, values)]],
  );
  return { set, remove };
}
