import type { Decision, Finding } from '@tinct/core';
import { TinctError } from '@tinct/core';
import type { IssuerNews, LoadLists, Peer, PlanInForce, PlanSource } from '@tinct/sdk';
import type { TlsOptions } from './downstream/tls.ts';
import type { Exchange, Inquiry } from './exchange.ts';
import type { UpstreamTlsOptions } from './forward/certificates.ts';
import { type DirectUrls, Routes } from './forward/routes.ts';
import type { EdgeErrorNews } from './record/error-news.ts';
import type { Ledger } from './record/ledger.ts';
import type { IsReached, Outcome } from './record/recorder.ts';
import type { Refusal } from './refusal.ts';
import type { TraceOptions } from './traces/contract.ts';
import { type VisitorOptions, type VisitorSettings, visitorSettings } from './visitor/settings.ts';

/** What `startEdge` takes. */
export interface EdgeOptions extends VisitorOptions {
  /** Where the plan comes from. */
  readonly plan: PlanSource;
  /** Where requests go, such as `http://127.0.0.1:8080`; `https://…` by TLS; `h2c://…` for HTTP/2 in the clear, as gRPC speaks it. */
  readonly upstream: string;
  /** Release → variant → URL, for those without a mesh: decided requests go straight to a version. */
  readonly direct?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Some requests go elsewhere: by host, then by the longest path. */
  readonly routes?: readonly RouteOptions[];
  /** How those with `https:` are spoken to. */
  readonly upstreamTls?: UpstreamTlsOptions | undefined;
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** Default 0: any that is free. */
  readonly port?: number;
  /** Addresses and CIDR ranges of peers that are believed where the plan says `trust: hops`. Default nobody. */
  readonly trustedHops?: readonly string[];
  /** Addresses and CIDR ranges of load balancers whose connections begin with a PROXY protocol header. Default nobody. */
  readonly proxyProtocol?: readonly string[];
  /** By what name the edge adds itself to `Via`, of requests and responses. Default: it doesn't. */
  readonly via?: string | undefined;
  readonly timeouts?: Partial<Timeouts>;
  /** Clients come by TLS; without, in the clear. */
  readonly tls?: TlsOptions;
  /** Hears why certificates that changed are not in force; those of before stay. */
  readonly onTlsRefused?: (error: TinctError) => void;
  /** How long `close` lets running requests finish, in milliseconds. Default 10,000. */
  readonly graceMs?: number;
  /** Closes the edge when it aborts. */
  readonly signal?: AbortSignal;
  readonly limits?: Partial<Limits>;
  /** Release → epoch that was aborted before this process began. */
  readonly killed?: ReadonlyMap<string, number>;
  /** Spans of each request, by OpenTelemetry's SDK. Default: none, and nothing of it is loaded. */
  readonly traces?: TraceOptions | undefined;
  /** Hears how each request ended. */
  readonly onServed?: ((served: Served) => void) | undefined;
  /** Hears once of each kind of error that a new version has and no other has had within the hour. */
  readonly onNewError?: ((news: EdgeErrorNews) => void) | undefined;
  /** Hears of what was refused before it could be read as a request. */
  readonly onUnreadable?: ((unreadable: Unreadable) => void) | undefined;
  readonly onAccepted?: (accepted: PlanInForce) => void;
  readonly onRefused?: (findings: readonly Finding[]) => void;
  /** Hears that the plan in force is what the source holds again, after something else was refused. */
  readonly onMended?: () => void;
  /** Hears when the keys of a plan's issuer begin not to come, and when they come again. */
  readonly onIssuer?: (news: IssuerNews) => void;
  readonly loadLists?: LoadLists;
  /** What is counted; `edge`: nothing of releases, versions and users. Default `all`. */
  readonly metrics?: 'all' | 'edge';
  /** Where it counts. Default: in memory of its own. */
  readonly ledger?: Ledger;
  /** Whether others may listen at the same address, and the system shares connections among them. Linux, Node 23.1. */
  readonly reusePort?: boolean;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number;
}

/** Requests that do not go to the usual upstream. */
export interface RouteOptions {
  /** Without its port; `*.shop.example` means every host below it. Default: all. */
  readonly host?: string | undefined;
  /** A path prefix, by whole segments. Default: all. */
  readonly path?: string | undefined;
  readonly upstream: string;
  readonly direct?: EdgeOptions['direct'] | undefined;
}

/** What the edge takes on before it says no. */
export interface Limits {
  /** Connections at a time; more are closed at once. Default 0: any number. */
  readonly connections: number;
  /** Requests in flight at a time; more get 503. Default 0: any number. */
  readonly requests: number;
  /** A request's line and headers; more gets 431. Default 16,384. */
  readonly headerBytes: number;
  /** A request's path with its query; more gets 414. Default 8,192; 0: any that fits into the head. */
  readonly targetBytes: number;
  /** A request's body; more gets 413. Default 0: any length. */
  readonly bodyBytes: number;
  /** Streams that one connection of HTTP/2 has open at a time. Default 100. */
  readonly streams: number;
  /** Streams that one connection of HTTP/2 resets in a second, after a burst of six times as many. Default 33. */
  readonly resets: number;
}

/** What became of one request, for an access log. */
export interface Served<E extends Inquiry = Exchange> {
  readonly exchange: E;
  readonly decisions: readonly Decision[];
  /** Of the answer; 0 when the client went away before one. */
  readonly status: number;
  /** Absent: the edge refused it. */
  readonly outcome: Outcome | undefined;
  /** Whether a release's own service answered; absent where nothing was forwarded. */
  readonly isReached?: IsReached | undefined;
  /** Why the edge answered itself, or broke the answer off. */
  readonly refused?: Refusal | undefined;
  /** Where the edge traces: its span around the service's. */
  readonly span?: { readonly traceId: string; readonly spanId: string } | undefined;
}

/** What was no request that could be read. */
export interface Unreadable {
  readonly peer: Peer;
  readonly refused: Refusal;
}

/** In milliseconds; 0 switches one off. */
export interface Timeouts {
  /** Until a client has said its protocol, and the head of each request. Default 60,000. */
  readonly headMs: number;
  /** Until a connection to the upstream stands. Default 5,000. */
  readonly connectMs: number;
  /** From the end of the request until the upstream's response begins. Default 60,000. */
  readonly headersMs: number;
  /** Between two pieces of a body, in either direction. Default 300,000. */
  readonly bodyMs: number;
  /** From a request's head to the end of its response, whatever goes on. Default 0: as long as it takes. */
  readonly totalMs: number;
}

/** The options with every default filled in. */
export interface Settings {
  readonly routes: Routes;
  readonly host: string;
  readonly port: number;
  readonly reusePort: boolean;
  readonly trustedHops: readonly string[];
  readonly proxyProtocol: readonly string[];
  readonly timeouts: Timeouts;
  readonly via: string | undefined;
  readonly limits: Limits;
  readonly visitor: VisitorSettings;
  readonly tls: TlsOptions | undefined;
  readonly upstreamTls: UpstreamTlsOptions | undefined;
  readonly graceMs: number;
  readonly now: () => number;
}

export function malformed(option: string, message: string): TinctError {
  return new TinctError('TINCT_EDGE_OPTION_MALFORMED', `${option}: ${message}`);
}

function origin(option: string, text: string): string {
  // A URL knows no origin of a scheme that it doesn't know.
  const isHttp2 = /^h2c:/i.test(text);
  const known = text.replace(/^h2c:/i, 'http:');
  const url = URL.canParse(known) ? new URL(known) : undefined;
  const plain =
    (url?.protocol === 'http:' || url?.protocol === 'https:') &&
    url.pathname === '/' &&
    `${url.search}${url.hash}${url.username}` === '';
  if (url === undefined || !plain)
    throw malformed(option, `\`${text}\` is no plain URL such as \`http://127.0.0.1:8080\``);
  return isHttp2 ? url.origin.replace('http:', 'h2c:') : url.origin;
}

function directUrls(option: string, direct: EdgeOptions['direct'] = {}): DirectUrls {
  const releases = Object.entries(direct).map(([release, urls]) => {
    const variants = Object.entries(urls).map(
      ([variant, url]) => [variant, origin(`${option}.${release}.${variant}`, url)] as const,
    );
    return [release, new Map(variants)] as const;
  });
  return new Map(releases);
}

function routes({ upstream, direct, routes: special = [] }: EdgeOptions): Routes {
  const usual = { upstream: origin('upstream', upstream), direct: directUrls('direct', direct) };
  const routed = special.map(({ host, path = '/', ...to }, i) => ({
    host: host?.toLowerCase(),
    path,
    upstream: origin(`routes[${i}].upstream`, to.upstream),
    direct: directUrls(`routes[${i}].direct`, to.direct),
  }));
  return new Routes(routed, usual);
}

export function duration(option: string, ms: number): number {
  if (!Number.isFinite(ms) || ms < 0) throw malformed(option, `${ms} is no number of milliseconds`);
  return ms;
}

function timeouts({
  headMs = 60_000,
  connectMs = 5000,
  headersMs = 60_000,
  bodyMs = 300_000,
  totalMs = 0,
}: Partial<Timeouts> = {}): Timeouts {
  return {
    headMs: duration('timeouts.headMs', headMs),
    connectMs: duration('timeouts.connectMs', connectMs),
    headersMs: duration('timeouts.headersMs', headersMs),
    bodyMs: duration('timeouts.bodyMs', bodyMs),
    totalMs: duration('timeouts.totalMs', totalMs),
  };
}

const LIMITS: Limits = {
  connections: 0,
  requests: 0,
  headerBytes: 16_384,
  targetBytes: 8192,
  bodyBytes: 0,
  streams: 100,
  resets: 33,
};

export function limits(given: Partial<Limits> = {}): Limits {
  for (const [name, value] of Object.entries(given))
    if (!Number.isInteger(value) || value < 0)
      throw malformed(`limits.${name}`, `${value} is no whole number from 0`);
  return { ...LIMITS, ...given };
}

export function portNumber(port: number): number {
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw malformed('port', `${port} is no port`);
  return port;
}

export function tlsOptions(tls: TlsOptions | undefined): TlsOptions | undefined {
  if (tls?.certificates.length === 0) throw malformed('tls.certificates', 'there is none');
  return tls;
}

function upstreamTls(tls: UpstreamTlsOptions | undefined): UpstreamTlsOptions | undefined {
  for (const { cert, key } of [tls ?? {}, ...Object.values(tls?.byUrl ?? {})])
    if ((cert === undefined) !== (key === undefined))
      throw malformed('upstreamTls', '`cert` and `key` belong together');
  for (const url of Object.keys(tls?.byUrl ?? {}))
    if (!origin('upstreamTls.byUrl', url).startsWith('https:'))
      throw malformed('upstreamTls.byUrl', `\`${url}\` is not of https`);
  return tls;
}

/** A host with or without a port, or any other name (RFC 9110, 7.6.3). */
export const VIA_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?::\d{1,5})?$/;

function viaName(via: string | undefined): string | undefined {
  if (via !== undefined && !VIA_NAME.test(via)) throw malformed('via', `\`${via}\` is no name`);
  return via;
}

/** Fills in the defaults; throws a `TinctError` that names the option that doesn't fit. */
export function resolveOptions(options: EdgeOptions): Settings {
  return {
    routes: routes(options),
    host: options.host ?? '127.0.0.1',
    port: portNumber(options.port ?? 0),
    reusePort: options.reusePort ?? false,
    trustedHops: options.trustedHops ?? [],
    proxyProtocol: options.proxyProtocol ?? [],
    timeouts: timeouts(options.timeouts),
    via: viaName(options.via),
    limits: limits(options.limits),
    visitor: visitorSettings(options),
    tls: tlsOptions(options.tls),
    upstreamTls: upstreamTls(options.upstreamTls),
    graceMs: duration('graceMs', options.graceMs ?? 10_000),
    now: options.now ?? Date.now,
  };
}
