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

function isOurs(value: string, { all }: CookieNames): boolean {
  return value.includes('__') && value.split(';').some((pair) => all.has(nameOf(pair)));
}

/** Takes Tinct's cookies out of the headers: no service needs to know who a visitor is to Tinct. */
export function takeCookies(headers: string[], names: CookieNames): Taken {
  const has = headers.some(
    (value, i) => i % 2 === 1 && isCookie(headers, i) && isOurs(value, names),
  );
  if (!has) return { headers, own: NONE };
  const own = { visitor: [] as string[], override: [] as string[] };
  const kept: string[] = [];
  for (let i = 1; i < headers.length; i += 2) {
    const [name, value] = [headers[i - 1] as string, headers[i] as string];
    const rest = isCookie(headers, i) ? foreign(value, names, own) : value;
    if (rest !== undefined) kept.push(name, rest);
  }
  return { headers: kept, own };
}

function isCookie(headers: readonly string[], i: number): boolean {
  const name = headers[i - 1] as string;
  return name.length === 6 && name.toLowerCase() === 'cookie';
}

function foreign(
  value: string,
  names: CookieNames,
  own: { visitor: string[]; override: string[] },
): string | undefined {
  if (!isOurs(value, names)) return value;
  const others: string[] = [];
  for (const pair of value.split(';')) {
    const name = nameOf(pair);
    if (!names.all.has(name)) others.push(pair);
    const text = pair.slice(pair.indexOf('=') + 1).trim();
    if (name === names.visitor) own.visitor.push(text);
    if (name === names.override) own.override.push(text);
  }
  const rest = others.join(';').trim();
  return rest === '' ? undefined : rest;
}
