import { TinctError } from '@tinct/core';
import type { BrainOptions } from '../brain.ts';
import type { TlsOptions } from '../downstream/tls.ts';
import type { Inquiry } from '../exchange.ts';
import {
  duration,
  type Limits,
  limits,
  portNumber,
  type Served,
  type Settings,
  tlsOptions,
} from '../options.ts';
import { type VisitorOptions, visitorSettings } from '../visitor/settings.ts';

/** What `startExtAuthz` takes. */
export interface ExtAuthzOptions extends VisitorOptions, BrainOptions {
  /**
   * What gateways show in `x-tinct-gateway`: one of these, each at least 16 characters. Needed unless gateways show
   * certificates of `tls.clientAuthority`; where there is both, both are needed.
   */
  readonly secrets?: readonly string[] | undefined;
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** Default 0: any that is free. HTTP/2 is taken for gRPC, HTTP/1.1 for the HTTP form. */
  readonly port?: number;
  /** Addresses and CIDR ranges of the gateway's peers that are believed where the plan says `trust: hops`. Default nobody. */
  readonly trustedHops?: readonly string[];
  /** How many hops stand between the gateway and the one that is judged, by `X-Forwarded-For`. Default 0: the gateway's peer. */
  readonly forwardedHops?: number;
  /** Whether others may listen there too, and the kernel deals out the connections. Linux. */
  readonly reusePort?: boolean;
  /** Gateways come by TLS; without, in the clear. */
  readonly tls?: TlsOptions;
  /** Hears why certificates that changed are not in force; those of before stay. */
  readonly onTlsRefused?: (error: TinctError) => void;
  /** Beyond `requests` in flight, a check is answered with the stable version. */
  readonly limits?: Partial<Pick<Limits, 'connections' | 'requests' | 'headerBytes'>>;
  /** How long `close` lets running checks finish, in milliseconds. Default 10,000. */
  readonly graceMs?: number;
  /** Closes the server when it aborts. */
  readonly signal?: AbortSignal;
  /** Hears what each check was told. */
  readonly onServed?: ((served: Served<Inquiry>) => void) | undefined;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number;
}

/** The options with every default filled in. */
export interface ExtAuthzSettings
  extends Pick<
    Settings,
    'host' | 'port' | 'reusePort' | 'trustedHops' | 'visitor' | 'tls' | 'limits' | 'graceMs' | 'now'
  > {
  readonly secrets: readonly string[];
  readonly forwardedHops: number;
}

const MIN_SECRET = 16;
/** Envoy takes 60 KiB of its clients by default, and says a little more itself. */
const HEADER_BYTES = 98_304;
const MAX_HOPS = 16;

function malformed(option: string, message: string): TinctError {
  return new TinctError('TINCT_AUTHZ_OPTION_MALFORMED', `${option}: ${message}`);
}

/** Throws a `TinctError` unless there is a way to tell the gateway from everybody else. */
export function checkSecrets(secrets: readonly string[], tls: TlsOptions | undefined): void {
  if (secrets.length === 0 && tls?.clientAuthority === undefined)
    throw malformed('secrets', 'there is none, and no `tls.clientAuthority`: anyone could ask');
  if (secrets.some((secret) => !/^[\x21-\x7e]+$/.test(secret) || secret.length < MIN_SECRET))
    throw malformed('secrets', `each has at least ${MIN_SECRET} visible ASCII characters`);
}

function hopCount(count: number): number {
  if (!Number.isInteger(count) || count < 0 || count > MAX_HOPS)
    throw malformed('forwardedHops', `${count} is no whole number from 0 to ${MAX_HOPS}`);
  return count;
}

/** Fills in the defaults; throws a `TinctError` that names the option that doesn't fit. */
export function resolveExtAuthz(options: ExtAuthzOptions): ExtAuthzSettings {
  const secrets = options.secrets ?? [];
  checkSecrets(secrets, options.tls);
  return {
    secrets,
    host: options.host ?? '127.0.0.1',
    port: portNumber(options.port ?? 0),
    reusePort: options.reusePort ?? false,
    trustedHops: options.trustedHops ?? [],
    forwardedHops: hopCount(options.forwardedHops ?? 0),
    visitor: visitorSettings(options),
    tls: tlsOptions(options.tls),
    limits: limits({ headerBytes: HEADER_BYTES, ...options.limits }),
    graceMs: duration('graceMs', options.graceMs ?? 10_000),
    now: options.now ?? Date.now,
  };
}
