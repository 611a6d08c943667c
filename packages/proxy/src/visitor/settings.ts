/** What the edge is told about identity, cookies, caches and testers. */
import { TinctError } from '@tinct/core';
import {
  ALGORITHMS,
  CACHING,
  type Caching,
  type CookieSettings,
  type KeySet,
  TOKEN_DEFAULTS,
  type TokenOptions,
} from '@tinct/sdk';

export interface VisitorOptions {
  /** Sign cookies and check override links. Without: no ids are issued, nothing is remembered, no override is taken. */
  readonly keys?: KeySet | undefined;
  readonly cookie?: Partial<CookieSettings> | undefined;
  /** Who gets an id where the plan issues one and the request has none. Default `navigations`. */
  readonly issueTo?: IssueTo | undefined;
  /** Addresses and ranges of peers whose `x-tinct-decision` stands. Default nobody; `trustedHops` are not. */
  readonly trustedForDecisions?: readonly string[] | undefined;
  /** What shared caches are told of responses that depend on a decision. Default `auto`. */
  readonly caching?: Caching | undefined;
  readonly tokens?:
    | Partial<Pick<TokenOptions, 'algorithms' | 'clockSkewMs' | 'waitMs'>>
    | undefined;
  /** Who sends it as `x-tinct-debug` gets `x-tinct-explain` in the response. At least 16 characters. */
  readonly debugToken?: string | undefined;
}

const ISSUE_TO = ['navigations', 'everyone', 'nobody'] as const;
export type IssueTo = (typeof ISSUE_TO)[number];

export interface VisitorSettings {
  readonly keys: KeySet | undefined;
  readonly cookie: CookieSettings;
  readonly issueTo: IssueTo;
  readonly trustedForDecisions: readonly string[];
  readonly caching: Caching;
  readonly tokens: Omit<TokenOptions, 'now'>;
  readonly debugToken: string | undefined;
}

/** Of a cookie's name, behind its prefix. */
export const COOKIE_NAME = /^[A-Za-z0-9_-]{1,40}$/;
export const COOKIE_DOMAIN =
  /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/i;
const MIN_DEBUG_TOKEN = 16;
const MAX_AGE_MS = 400 * 86_400_000;

/** From a minute to 400 days, which is the longest that browsers keep a cookie. */
export const isCookieAge = (ms: number): boolean => ms >= 60_000 && ms <= MAX_AGE_MS;

function malformed(option: string, message: string): TinctError {
  return new TinctError('TINCT_EDGE_OPTION_MALFORMED', `${option}: ${message}`);
}

function oneOf<T extends string>(option: string, value: string, known: readonly T[]): T {
  const found = known.find((candidate) => candidate === value);
  if (found === undefined) throw malformed(option, `\`${value}\` is none of ${known.join(', ')}`);
  return found;
}

function cookieSettings({
  name = 'tinct',
  domain,
  maxAgeMs = MAX_AGE_MS,
}: Partial<CookieSettings>) {
  if (!COOKIE_NAME.test(name))
    throw malformed('cookie.name', `\`${name}\` is not 1 to 40 letters, digits, \`-\` or \`_\``);
  if (domain !== undefined && !COOKIE_DOMAIN.test(domain))
    throw malformed('cookie.domain', `\`${domain}\` is no domain such as \`shop.example\``);
  if (!isCookieAge(maxAgeMs))
    throw malformed('cookie.maxAgeMs', `${maxAgeMs} is not from a minute to 400 days`);
  return { name, domain, maxAgeMs };
}

function tokenSettings({
  algorithms = ALGORITHMS,
  clockSkewMs = TOKEN_DEFAULTS.clockSkewMs,
  waitMs = TOKEN_DEFAULTS.waitMs,
}: NonNullable<VisitorOptions['tokens']>): VisitorSettings['tokens'] {
  const strange = algorithms.find((name) => !ALGORITHMS.includes(name));
  if (strange !== undefined || algorithms.length === 0)
    throw malformed(
      'tokens.algorithms',
      `${strange ?? 'none'}: known are ${ALGORITHMS.join(', ')}`,
    );
  for (const [name, ms] of Object.entries({ clockSkewMs, waitMs }))
    if (!Number.isFinite(ms) || ms < 0)
      throw malformed(`tokens.${name}`, `${ms} is no number of milliseconds`);
  return { ...TOKEN_DEFAULTS, algorithms, clockSkewMs, waitMs };
}

/** Fills in the defaults; throws a `TinctError` that names the option that doesn't fit. */
export function visitorSettings(options: VisitorOptions): VisitorSettings {
  const { keys, debugToken } = options;
  if (debugToken !== undefined && debugToken.length < MIN_DEBUG_TOKEN)
    throw malformed('debugToken', `it is shorter than ${MIN_DEBUG_TOKEN} characters`);
  return {
    keys,
    cookie: cookieSettings(options.cookie ?? {}),
    issueTo: oneOf('issueTo', options.issueTo ?? 'navigations', ISSUE_TO),
    trustedForDecisions: options.trustedForDecisions ?? [],
    caching: oneOf('caching', options.caching ?? 'auto', CACHING),
    tokens: tokenSettings(options.tokens ?? {}),
    debugToken,
  };
}
