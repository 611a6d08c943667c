/** What `createTinct` takes, and what it makes of it. */
import { canonicalName, type Finding, LABEL, TinctError } from '@tinct/core';
import { CACHING, type Caching } from './caching/caching.ts';
import { type Log, warnByProcess } from './inbound/failures.ts';
import type { Observer } from './inbound/incoming.ts';
import { type PlanOption, planSource } from './inbound/plan-option.ts';
import { TOKEN_DEFAULTS, type TokenOptions } from './jwt/tokens.ts';
import type { KeySet } from './keys/keyset.ts';
import { type AllowedHosts, hostPolicy, type IsAllowedHost } from './outbound/hosts.ts';
import type { LoadLists } from './plan/lists.ts';
import type { PlanSource } from './plan/source.ts';
import type { PlanInForce } from './plan/status.ts';
import { servedVersion, type VersionOptions } from './served/version.ts';
import { type Believes, believes, type Trust } from './trust/trust.ts';
import type { CookieSettings } from './visitor/jar.ts';

export interface TinctOptions extends VersionOptions {
  /** Whose colors are believed. It has no default: without it nobody's are, and a warning says so. */
  readonly trust: Trust;
  /** With a plan the service decides what no trusted peer has decided before; without, it carries only. */
  readonly plan?: PlanOption | undefined;
  /** Who is believed where the plan says `trust: hops`. Default nobody: whoever may choose a version need not be one who says who a user is. */
  readonly identityTrust?: Trust | undefined;
  /** Sign the visitor's cookie. Without them no ids are issued and nothing is remembered. */
  readonly keys?: KeySet | undefined;
  readonly cookie?: Partial<CookieSettings> | undefined;
  /** Who gets an id where the plan issues one. Default `navigations`. */
  readonly issueTo?: IssueTo | undefined;
  /** What shared caches are told of responses that depend on a decision made here. Default `auto`. */
  readonly caching?: Caching | undefined;
  readonly tokens?: Partial<Omit<TokenOptions, 'now'>> | undefined;
  /** Release → its routing header, where the plan gives it a name of its own and this service has no plan. */
  readonly routingHeaders?: Readonly<Record<string, string>> | undefined;
  readonly outbound?: OutboundOptions | undefined;
  /** How long requests wait for the first plan, in milliseconds. Default 1000. */
  readonly startMs?: number | undefined;
  /** Hears of what went wrong, at most once a minute of the same. Default: Node's warnings, on standard error. */
  readonly log?: Log | undefined;
  readonly observers?: readonly Observer[] | undefined;
  readonly onAccepted?: ((accepted: PlanInForce) => void) | undefined;
  readonly onRefused?: ((findings: readonly Finding[]) => void) | undefined;
  readonly loadLists?: LoadLists | undefined;
  /** Release → epoch that was aborted before this process began. */
  readonly killed?: ReadonlyMap<string, number> | undefined;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: (() => number) | undefined;
  /** Default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

export interface OutboundOptions {
  /** Where colors may go. Default: single-label names, `*.svc`, `*.svc.cluster.local` and loopback. */
  readonly hosts?: AllowedHosts | undefined;
  /** Whether the global `fetch` is colored, and all of undici's requests to other hosts are watched. Default true. */
  readonly fetch?: boolean | undefined;
  /** Whether requests of `node:http` and `node:https` are colored too, and with them those of axios, got and ws. Default false. */
  readonly http?: boolean | undefined;
}

export const ISSUE_TO = ['navigations', 'everyone', 'nobody'] as const;
export type IssueTo = (typeof ISSUE_TO)[number];

/** The options with every default filled in. */
export interface Settings {
  readonly believesColors: Believes;
  readonly believesIdentity: Believes;
  readonly isTrustMissing: boolean;
  readonly plan: PlanSource | undefined;
  readonly keys: KeySet | undefined;
  readonly cookie: CookieSettings;
  readonly issueTo: IssueTo;
  readonly caching: Caching;
  readonly tokens: Omit<TokenOptions, 'now'>;
  /** Release → routing header, in lower case. */
  readonly headerOf: ReadonlyMap<string, string>;
  readonly mayColor: IsAllowedHost;
  readonly colorsFetch: boolean;
  readonly colorsHttp: boolean;
  readonly startMs: number;
  readonly served: string | undefined;
  readonly log: Log;
  readonly now: () => number;
}

const MAX_AGE_MS = 400 * 86_400_000;
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

function malformed(option: string, message: string): TinctError {
  return new TinctError('TINCT_SDK_OPTION_MALFORMED', `${option}: ${message}`);
}

function oneOf<T extends string>(option: string, value: string, known: readonly T[]): T {
  const found = known.find((candidate) => candidate === value);
  if (found === undefined) throw malformed(option, `\`${value}\` is none of ${known.join(', ')}`);
  return found;
}

function routingHeaders(given: TinctOptions['routingHeaders'] = {}): ReadonlyMap<string, string> {
  const headers = Object.entries(given).map(([release, header]) => {
    if (!LABEL.test(release)) throw malformed('routingHeaders', `\`${release}\` is no release`);
    if (!HEADER_NAME.test(header))
      throw malformed(`routingHeaders.${release}`, `\`${header}\` is no name of a header`);
    return [release, canonicalName(header)] as const;
  });
  return new Map(headers);
}

function duration(option: string, ms: number): number {
  if (!Number.isFinite(ms) || ms < 0) throw malformed(option, `${ms} is no number of milliseconds`);
  return ms;
}

function deciding(options: TinctOptions) {
  const { name = 'tinct', domain, maxAgeMs = MAX_AGE_MS } = options.cookie ?? {};
  return {
    plan: options.plan === undefined ? undefined : planSource(options.plan),
    keys: options.keys,
    cookie: { name, domain, maxAgeMs },
    issueTo: oneOf('issueTo', options.issueTo ?? 'navigations', ISSUE_TO),
    caching: oneOf('caching', options.caching ?? 'auto', CACHING),
    tokens: { ...TOKEN_DEFAULTS, ...options.tokens },
    startMs: duration('startMs', options.startMs ?? 1000),
  };
}

/** Fills in the defaults; throws a `TinctError` that names the option that doesn't fit. */
export function resolveOptions(options: TinctOptions): Settings {
  const { outbound = {}, env = process.env } = options;
  // What JavaScript lets through the types.
  const trust = options.trust as Trust | undefined;
  return {
    believesColors: believes(trust ?? 'none', 'trust'),
    believesIdentity: believes(options.identityTrust ?? 'none', 'identityTrust'),
    isTrustMissing: trust === undefined,
    ...deciding(options),
    headerOf: routingHeaders(options.routingHeaders),
    mayColor: hostPolicy(outbound.hosts),
    colorsFetch: outbound.fetch ?? true,
    colorsHttp: outbound.http ?? false,
    served: servedVersion(options, env),
    log: options.log ?? warnByProcess,
    now: options.now ?? Date.now,
  };
}
