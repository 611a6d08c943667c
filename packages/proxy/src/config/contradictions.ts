/** What is wrong with a configuration of the proxy although each of its values is right. */
import type { Path } from '@tinct/core';
import { idle } from './idle.ts';
import type { IsChosen, Objection } from './objection.ts';
import type { ProxyConfig } from './schema.ts';

const missing = (message: string, path: Path): Objection => ({
  code: 'TINCT_CONFIG_KEY_MISSING',
  message,
  path,
});
const wrong = (message: string, path: Path): Objection => ({
  code: 'TINCT_CONFIG_VALUE',
  message,
  path,
});

/** Certificates that nobody could show: the listener would speak in the clear. */
export function clearText({ tls }: Pick<ProxyConfig, 'tls'>): Objection[] {
  if (tls.certificates.length > 0 || tls.clientAuthority === undefined) return [];
  return [
    missing(
      '`tls.certificates` is missing: without one there is no TLS, and nobody could show a certificate',
      ['tls', 'clientAuthority'],
    ),
  ];
}

type Pair = { readonly cert?: string | undefined; readonly key?: string | undefined };

function halfPair({ cert, key }: Pair, path: Path): Objection[] {
  if ((cert === undefined) === (key === undefined)) return [];
  const [given, other] = cert === undefined ? ['key', 'cert'] : ['cert', 'key'];
  return [missing(`\`${given}\` needs \`${other}\``, [...path, given])];
}

const originOf = (url: string): string => new URL(url.replace(/^h2c:/i, 'http:')).origin;

/** Every URL that requests may go to. */
function upstreams({ upstream, direct, routes }: ProxyConfig): ReadonlySet<string> {
  const all = [direct, ...routes.map((route) => route.direct ?? {})].flatMap((releases) =>
    Object.values(releases).flatMap((urls) => Object.values(urls)),
  );
  return new Set([upstream, ...routes.map((route) => route.upstream), ...all].map(originOf));
}

function ofUpstreamTls(config: ProxyConfig): Objection[] {
  const { byUrl, ...usual } = config.upstreamTls;
  const used = upstreams(config);
  const path = ['upstreamTls', 'byUrl'];
  return [
    ...halfPair(usual, ['upstreamTls']),
    ...Object.entries(byUrl).flatMap(([url, one]) => [
      ...halfPair(one, [...path, url]),
      ...(/^https:/i.test(url) ? [] : [wrong(`"${url}": it is no URL of https`, [...path, url])]),
      ...(used.has(originOf(url))
        ? []
        : [wrong(`"${url}": no request goes there`, [...path, url])]),
    ]),
  ];
}

const isAny = (host: string): boolean => host === '0.0.0.0' || host === '::';

function onePort({ listen, admin }: ProxyConfig): Objection[] {
  const meets = listen.host === admin.host || isAny(listen.host) || isAny(admin.host);
  if (!admin.enabled || listen.port === 0 || listen.port !== admin.port || !meets) return [];
  return [wrong(`\`admin.port\` and \`listen.port\` are both ${admin.port}`, ['admin', 'port'])];
}

export const contradictions = (config: ProxyConfig, isChosen: IsChosen): Objection[] => [
  ...idle(config, isChosen),
  ...onePort(config),
  ...clearText(config),
  ...ofUpstreamTls(config),
];
