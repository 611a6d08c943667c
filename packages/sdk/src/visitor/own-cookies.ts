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

/** Takes Tinct's cookies out of the headers: no service needs to know who a visitor is to Tinct. */
export function takeCookies(headers: string[], names: CookieNames): Taken {
  const at = firstOwn(headers);
  if (at < 0) return { headers, own: NONE };
  const own = { visitor: [] as string[], override: [] as string[] };
  const kept = headers.slice(0, at);
  let isChanged = false;
  for (let i = at; i + 1 < headers.length; i += 2) {
    const [name, value] = [headers[i] as string, headers[i + 1] as string];
    const rest = mayHoldOwn(name, value) ? foreign(value, names, own) : value;
    isChanged ||= rest !== value;
    if (rest !== undefined) kept.push(name, rest);
  }
  return isChanged ? { headers: kept, own } : { headers, own: NONE };
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

/** What is left of a header's value; all of it, byte for byte, where nothing in it is ours. */
function foreign(
  value: string,
  { visitor, override, all }: CookieNames,
  own: { visitor: string[]; override: string[] },
): string | undefined {
  const pairs = value.split(';');
  const others = pairs.filter((pair) => {
    const name = nameOf(pair);
    if (name === visitor || name === override) {
      const text = pair.slice(pair.indexOf('=') + 1).trim();
      (name === visitor ? own.visitor : own.override).push(text);
    }
    return !all.has(name);
  });
  if (others.length === pairs.length) return value;
  const rest = others.join(';').trim();
  return rest === '' ? undefined : rest;
}
