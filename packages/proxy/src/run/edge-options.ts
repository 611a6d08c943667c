/** A configuration becomes an edge's options. */
import { resolve } from 'node:path';
import { type Path, TinctError } from '@tinct/core';
import { ConfigMapPlanSource, FilePlanSource, type PlanSource, UrlPlanSource } from '@tinct/sdk';
import type { LoadedConfig } from '../config/load.ts';
import { milliseconds } from '../config/schema/values.ts';
import type { ProxyConfig } from '../config/schema.ts';
import type { UpstreamTls, UpstreamTlsOptions } from '../forward/certificates.ts';
import type { EdgeOptions } from '../options.ts';
import type { VisitorOptions } from '../visitor/settings.ts';

/** What relative paths are relative to. */
export interface Folders {
  /** Of the configuration's file, for the paths in it. */
  readonly config: string;
  /** For paths in variables and flags. */
  readonly cwd: string;
}

/** A path of the configuration, from where it was written. */
export function pathOf(
  path: Path,
  written: string,
  { originOf }: Pick<LoadedConfig, 'originOf'>,
  folders: Folders,
): string {
  return resolve(originOf(path).kind === 'file' ? folders.config : folders.cwd, written);
}

/** Inside of a cluster every process is told where its API server is. */
function apiServer(given: string | undefined, env: Environment): string {
  if (given !== undefined) return given;
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = env;
  if (host === undefined || host === '')
    throw new TinctError('TINCT_CONFIG_KEY_MISSING', '`plan.apiServer` is missing', {
      hint: 'name the API server: this process runs in no cluster that tells',
    });
  return `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Throws a `TinctError` when it isn't known where an API server is. */
export function planSource(
  { plan }: Pick<ProxyConfig, 'plan'>,
  loaded: Pick<LoadedConfig, 'originOf'>,
  folders: Folders,
  env: Environment,
): PlanSource {
  const { configMap, key } = plan;
  if (configMap !== undefined) {
    const [namespace = '', name = ''] = configMap.split('/');
    const account = pathOf(['plan', 'account'], plan.account, loaded, folders);
    const server = apiServer(plan.apiServer, env);
    return new ConfigMapPlanSource({ server, account, namespace, name, key });
  }
  if (plan.url !== undefined)
    return new UrlPlanSource(plan.url, {
      everyMs: milliseconds(plan.every),
      timeoutMs: milliseconds(plan.timeout),
    });
  return new FilePlanSource(pathOf(['plan', 'file'], plan.file ?? '', loaded, folders));
}

export type Located = readonly [Pick<LoadedConfig, 'originOf'>, Folders];

/** TLS from clients, by the files that the configuration names. */
export function tlsOptions(
  { tls }: Pick<ProxyConfig, 'tls'>,
  at: Located,
): Pick<EdgeOptions, 'tls'> {
  const { certificates, clientAuthority, minVersion } = tls;
  if (certificates.length === 0) return {};
  const file = (path: Path, written: string) => pathOf(['tls', ...path], written, ...at);
  const files = certificates.map(({ cert, key }, i) => ({
    cert: file(['certificates', i, 'cert'], cert),
    key: file(['certificates', i, 'key'], key),
  }));
  const authority =
    clientAuthority === undefined
      ? {}
      : { clientAuthority: file(['clientAuthority'], clientAuthority) };
  return { tls: { certificates: files, minVersion, ...authority } };
}

function upstreamTls({ upstreamTls: tls }: ProxyConfig, at: Located): UpstreamTlsOptions {
  const located = ({ authority, cert, key, ...how }: UpstreamTls, path: Path): UpstreamTls => {
    const file = (name: string, written: string | undefined) =>
      written === undefined ? undefined : pathOf([...path, name], written, ...at);
    return {
      ...how,
      authority: file('authority', authority),
      cert: file('cert', cert),
      key: file('key', key),
    };
  };
  const { byUrl, ...usual } = tls;
  const special = Object.entries(byUrl).map(([url, one]) => {
    return [url, located(one, ['upstreamTls', 'byUrl', url])] as const;
  });
  return { ...located(usual, ['upstreamTls']), byUrl: Object.fromEntries(special) };
}

type VisitorConfig = Pick<
  ProxyConfig,
  'cookie' | 'tokens' | 'issueTo' | 'trustedForDecisions' | 'caching' | 'debugToken'
>;

/** Identity, cookies, caches and testers. */
export function visitorOptions({ cookie, tokens, ...config }: VisitorConfig): VisitorOptions {
  const { issueTo, trustedForDecisions, caching, debugToken } = config;
  return {
    cookie: { name: cookie.name, domain: cookie.domain, maxAgeMs: milliseconds(cookie.maxAge) },
    tokens: {
      algorithms: tokens.algorithms,
      clockSkewMs: milliseconds(tokens.clockSkew),
      waitMs: milliseconds(tokens.wait),
    },
    issueTo,
    trustedForDecisions,
    caching,
    debugToken,
  };
}

/** What the configuration says of the edge itself. */
export function edgeOptions(config: ProxyConfig, ...at: Located): Omit<EdgeOptions, 'plan'> {
  const {
    listen,
    upstream,
    direct,
    routes,
    trustedHops,
    proxyProtocol,
    via,
    timeouts,
    limits,
    shutdown,
    metrics,
    traces: { enabled, ...traces },
  } = config;
  return {
    ...listen,
    ...tlsOptions(config, at),
    metrics,
    upstreamTls: upstreamTls(config, at),
    ...visitorOptions(config),
    upstream,
    direct,
    routes,
    trustedHops,
    proxyProtocol,
    via,
    timeouts: {
      connectMs: milliseconds(timeouts.connect),
      headMs: milliseconds(timeouts.head),
      headersMs: milliseconds(timeouts.headers),
      bodyMs: milliseconds(timeouts.body),
      totalMs: milliseconds(timeouts.total),
    },
    limits,
    graceMs: milliseconds(shutdown.grace),
    ...(enabled ? { traces } : {}),
  };
}
