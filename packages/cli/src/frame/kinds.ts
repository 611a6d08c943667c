/** The kinds of values that options take. */
import { isIP } from 'node:net';
import { parseDuration, parsePercent, parseTime } from '@tinct/core/basics';
import type { Kind } from './options.ts';

const kind = <T>(expects: string, read: (text: string) => T | undefined): Kind<T> => ({
  expects,
  read,
});

/** Any text but an empty one. */
export const text = (expects: string): Kind<string> =>
  kind(expects, (given) => (given === '' ? undefined : given));

export const file = text('the path of a file, or - for stdin');

export function oneOf<const T extends string>(...choices: readonly T[]): Kind<T> {
  return kind(choices.join(' or '), (given) => choices.find((choice) => choice === given));
}

export function wholeNumber(from: number, to: number = Number.MAX_SAFE_INTEGER): Kind<number> {
  const expects = `a whole number from ${from}${to === Number.MAX_SAFE_INTEGER ? '' : ` to ${to}`}`;
  return kind(expects, (given) => {
    const number = /^\d{1,16}$/.test(given) ? Number(given) : Number.NaN;
    return number >= from && number <= to ? number : undefined;
  });
}

/** With decimals, as people write them. */
export function number(from: number, to: number): Kind<number> {
  return kind(`a number from ${from} to ${to}`, (given) => {
    const read = /^\d{1,9}(\.\d{1,9})?$/.test(given) ? Number(given) : Number.NaN;
    return read >= from && read <= to ? read : undefined;
  });
}

/** Thousandths of a percent. */
export const percentage: Kind<number> = kind(
  'a percentage from 0 to 100 with at most three decimals',
  (given) => {
    const thousandths = parsePercent(given);
    return thousandths !== undefined && thousandths <= 100_000 ? thousandths : undefined;
  },
);

/** An http or https URL without a user, query or fragment. */
export const url: Kind<URL> = kind('a URL such as http://10.0.0.7:9900', (given) => {
  const parsed = URL.canParse(given) ? new URL(given) : undefined;
  const plain = parsed !== undefined && `${parsed.username}${parsed.search}${parsed.hash}` === '';
  return plain && /^https?:$/.test(parsed.protocol) ? parsed : undefined;
});

/** Milliseconds since the epoch. */
export const time: Kind<number> = kind(
  'a point in time as RFC 3339 has it: 2026-01-31T08:00:00Z',
  parseTime,
);

/** Milliseconds. */
export const duration: Kind<number> = kind(
  'a whole number with a unit: 90s, 30m, 2h',
  parseDuration,
);

/** A name and a value. */
export type Pair = readonly [name: string, value: string];

const pairAt = (given: string, at: number, trim: boolean): Pair | undefined => {
  if (at < 1) return undefined;
  const [name, value] = [given.slice(0, at), given.slice(at + 1)];
  return trim ? [name.trim(), value.trim()] : [name, value];
};

/** Spaces belong to the value. */
export const assignment: Kind<Pair> = kind('NAME=VALUE', (given) =>
  pairAt(given, given.indexOf('='), false),
);

export const header: Kind<Pair> = kind("a header as it is sent: 'NAME: VALUE'", (given) => {
  const pair = pairAt(given, given.indexOf(':'), true);
  return pair !== undefined && /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(pair[0]) ? pair : undefined;
});

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** A host or an IPv4 address, with a port. */
export const address: Kind<Address> = kind('a host and a port: tinct.tinct.svc:9191', (given) => {
  const [, host, digits] =
    /^([a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?):(\d{1,5})$/i.exec(given) ?? [];
  const port = Number(digits);
  return host !== undefined && port >= 1 && port <= 65_535 ? { host, port } : undefined;
});

/** An address of IPv4 or IPv6, or a range of them. */
export const addressRange: Kind<string> = kind('an address or a range: 10.1.0.0/16', (given) => {
  const [ip = '', bits, ...more] = given.split('/');
  const version = isIP(ip);
  const most = version === 4 ? 32 : 128;
  const fits = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most);
  return version !== 0 && fits && more.length === 0 ? given : undefined;
});
