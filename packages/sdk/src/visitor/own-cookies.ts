/** Tinct's own cookies: their names, and how they are taken out of a request. */

export interface CookieNames {
  /** The visitor's id and memory. */
  readonly visitor: string;
  /** A tester's override token. */
  readonly override: string;
  /** What is taken out of requests: these under either prefix. */
  readonly all: ReadonlySet<string>;
}

/** `__Host-` holds a cookie to the one host that set it; a cookie of a domain can only be `__Secure-`. */
export function cookieNames(name: string, domain: string | undefined): CookieNames {
  const prefix = domain === undefined ? '__Host-' : '__Secure-';
  const all = ['__Host-', '__Secure-'].flatMap((either) => [
    `${either}${name}`,
    `${either}${name}-override`,
  ]);
  return { visitor: `${prefix}${name}`, override: `${prefix}${name}-override`, all: new Set(all) };
}

export interface OwnCookies {
  /** All values of each: two are as good as none. */
  readonly visitor: readonly string[];
  readonly override: readonly string[];
}

const NONE: OwnCookies = { visitor: [], override: [] };

interface Taken {
  /** The request's headers without Tinct's cookies; everyone else's keep their bytes. */
  readonly headers: string[];
  readonly own: OwnCookies;
}

const nameOf = (pair: string): string => {
  const equals = pair.indexOf('=');
  return equals === -1 ? '' : pair.slice(0, equals).trim();
};

/**
 * Takes Tinct's cookies out of the headers, which are changed: no service needs to know who a visitor is to Tinct.
 */
export function takeCookies(headers: string[], names: CookieNames): Taken {
  const first = firstOwn(headers);
  if (first < 0) return { headers, own: NONE };
  const own = { visitor: [] as string[], override: [] as string[] };
  for (let i = first; i + 1 < headers.length; i += 2) {
    const value = headers[i + 1] as string;
    if (!mayHoldOwn(headers[i] as string, value)) continue;
    const rest = foreign(value, names, own);
    if (rest !== undefined) headers[i + 1] = rest;
    else {
      headers.splice(i, 2);
      i -= 2;
    }
  }
  return { headers, own };
}

/** Both prefixes begin with these. */
function mayHoldOwn(name: string, value: string): boolean {
  return name.length === 6 && name.toLowerCase() === 'cookie' && value.includes('__');
}

function firstOwn(headers: readonly string[]): number {
  for (let i = 0; i + 1 < headers.length; i += 2)
    if (mayHoldOwn(headers[i] as string, headers[i + 1] as string)) return i;
  return -1;
}

/** Notes a pair that is one of ours; says whether it is. */
function takeOwn(
  pair: string,
  { visitor, override, all }: CookieNames,
  own: { visitor: string[]; override: string[] },
): boolean {
  const name = nameOf(pair);
  if (!all.has(name)) return false;
  const text = pair.slice(pair.indexOf('=') + 1).trim();
  if (name === visitor) own.visitor.push(text);
  else if (name === override) own.override.push(text);
  return true;
}

/** What is left of a header's value; all of it, byte for byte, where nothing in it is ours. */
function foreign(
  value: string,
  names: CookieNames,
  own: { visitor: string[]; override: string[] },
): string | undefined {
  let rest: string | undefined;
  let isChanged = false;
  for (let at = 0; at <= value.length; ) {
    const found = value.indexOf(';', at);
    const end = found < 0 ? value.length : found;
    const pair = value.slice(at, end);
    // Both prefixes begin with these: most names are nobody's concern.
    if (pair.includes('__') && takeOwn(pair, names, own)) isChanged = true;
    else rest = rest === undefined ? pair : `${rest};${pair}`;
    at = end + 1;
  }
  if (!isChanged) return value;
  const trimmed = rest?.trim() ?? '';
  return trimmed === '' ? undefined : trimmed;
}
