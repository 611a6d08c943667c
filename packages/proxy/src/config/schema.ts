/**
 * The proxy's configuration as a shape: the one source of its types, its variables, its flags and its reference page.
 * A complaint's message is a code where another than the usual one fits better.
 */
import { isIP } from 'node:net';
import { LABEL } from '@tinct/core';
import { ALGORITHMS } from '@tinct/sdk';
import { z } from 'zod';
import { VIA_NAME } from '../options.ts';
import { COOKIE_DOMAIN, COOKIE_NAME, isCookieAge } from '../visitor/settings.ts';

/** A whole number with a unit. */
export const DURATION = /^(0|[1-9]\d{0,8})(ms|s|m|h|d)$/;
/** `http://host:port`, and nothing behind it. */
export const ORIGIN = /^(?:https?|h2c):\/\/[^/?#@\s]+\/?$/i;
/** The same of an API server. */
const API_SERVER = /^https?:\/\/[^/?#@\s]+\/?$/i;
/** `namespace/name` of Kubernetes. */
const CONFIG_MAP = /^[a-z0-9][-a-z0-9]{0,62}\/[a-z0-9][-.a-z0-9]{0,252}$/;
/** A path prefix. */
const PREFIX = /^\/[^?#*\s]*$/;
/** A host name without a port, with an optional leading `*.`. */
const ROUTE_HOST = /^(\*\.)?[a-z0-9._-]+$/;

/** Whether a text is an address or a CIDR range. */
export function isRange(text: string): boolean {
  const [address = '', prefix, ...more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  const most = version === 6 ? 128 : 32;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= most);
}

export const text = (what: string) => z.string().min(1, { error: 'no text' }).describe(what);
const duration = (what: string) =>
  z
    .string({ error: 'a duration such as `500ms`, `10s`, `5m` is expected' })
    .regex(DURATION, { error: 'no duration such as `500ms`, `10s`, `5m`' })
    .describe(what);
export const port = (what: string) => z.int().min(0).max(65_535).describe(what);
export const count = (what: string) => z.int().min(0).describe(what);
const plainUrl = (pattern: RegExp, example: string, what: string) => {
  const isPlain = (given: string) =>
    pattern.test(given) && URL.canParse(given.replace(/^h2c:/i, 'http:'));
  return z
    .string()
    .refine(isPlain, { error: `no plain URL such as \`${example}\`, without a user or a path` })
    .describe(what);
};
const origin = (what: string) => plainUrl(ORIGIN, 'http://127.0.0.1:8080', what);
const label = (what: string) =>
  z.string().regex(LABEL, { error: 'no name: a-z, 0-9 and dash, at most 40' }).describe(what);
export const secret = (what: string) =>
  z
    .string()
    .min(16, { error: 'shorter than 16 characters' })
    .regex(/^[\x21-\x7e]+$/, { error: 'not of visible ASCII characters' })
    .meta({ secret: true })
    .describe(what);

/** Keys of which at most one is present. */
export interface Choice {
  readonly path: readonly string[];
  readonly keys: readonly string[];
  /** Exactly one. */
  readonly needed: boolean;
}

/** Keys that exclude each other. What a stronger layer chooses takes the others of weaker layers away. */
export const CHOICES: readonly Choice[] = [
  { path: ['plan'], keys: ['file', 'url', 'configMap'], needed: true },
  { path: ['admin'], keys: ['token', 'tokenFile'], needed: false },
];

const directSchema = z
  .record(label('The release.'), z.record(label('The variant.'), origin('Its URL.')))
  .describe(
    'Straight to a URL per version, for those without a mesh. A plan with a variant that has no URL here is refused.',
  );

export const routeSchema = z
  .strictObject({
    host: z
      .string()
      .regex(ROUTE_HOST, { error: 'no host in lower case, without a port' })
      .optional()
      .describe(
        'A host without its port; `*.shop.example` means every host below it. Default: all.',
      ),
    path: z
      .string()
      .regex(PREFIX, { error: 'no path such as `/api`' })
      .optional()
      .describe('A path prefix, by whole segments. Default: all.'),
    upstream: origin('Where these requests go.'),
    direct: directSchema.optional(),
  })
  .describe('Some requests that go elsewhere.');

const listenSchema = z
  .strictObject({
    host: text('The address to listen on; `0.0.0.0` or `::` for all.').default('127.0.0.1'),
    port: port('The port; 0 takes any that is free.').default(8080),
  })
  .describe('Where clients connect.');

const planSchema = z
  .strictObject({
    file: text('A file; its lists lie beside it. Changes are seen within a second.').optional(),
    url: z
      .url({ protocol: /^https?$/, error: 'no http or https URL' })
      .optional()
      .describe('A URL, asked again and again with the ETag of the last answer.'),
    configMap: z
      .string()
      .regex(CONFIG_MAP, { error: 'no `namespace/name`' })
      .optional()
      .describe(
        'A Kubernetes ConfigMap, `namespace/name`, watched at the API server. The service account needs `get` and `watch` on it.',
      ),
    key: text('Which key of the ConfigMap holds the plan.').default('plan.yaml'),
    apiServer: plainUrl(
      API_SERVER,
      'https://10.96.0.1:443',
      'The API server. Default: the cluster’s own, by KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT.',
    ).optional(),
    account: text('The folder with the service account’s `token` and `ca.crt`.').default(
      '/var/run/secrets/kubernetes.io/serviceaccount',
    ),
    every: duration('How often a URL is asked.').default('10s'),
    timeout: duration('How long an answer of a URL may take, as a whole.').default('10s'),
  })
  .describe('Where the plan comes from.');

const timeoutsSchema = z
  .strictObject({
    connect: duration('Until a connection to the upstream stands.').default('5s'),
    head: duration(
      'Until a client has said its protocol, shaken hands by TLS, and sent the head of each request (408).',
    ).default('60s'),
    headers: duration('From the end of the request until its response begins.').default('60s'),
    body: duration(
      'Between two pieces of a body, in either direction; a client that pauses longer gets 408.',
    ).default('5m'),
    total: duration(
      'From a request’s head to the end of its response, streams too; WebSockets are not counted. 0s: as long as it takes.',
    ).default('0s'),
  })
  .describe('How long the edge waits for others; `0s` switches one off.');

export const limitsSchema = z
  .strictObject({
    connections: count('Connections at a time; one more is closed at once. 0: any number.').default(
      0,
    ),
    requests: count(
      'Requests in flight at a time; one more gets 503 with Retry-After. 0: any number.',
    ).default(0),
    headerBytes: z
      .int()
      .min(1024)
      .max(1_048_576)
      .describe("A request's line and headers together; more gets 431.")
      .default(16_384),
    targetBytes: count(
      'Path and query together; more gets 414. 0: what fits into the head.',
    ).default(8192),
    bodyBytes: count('A request’s body; more gets 413. 0: any length.').default(0),
    streams: z
      .int()
      .min(1)
      .max(10_000)
      .describe('Streams that one connection of HTTP/2 has open at a time.')
      .default(100),
    resets: z
      .int()
      .min(1)
      .max(10_000)
      .describe(
        'Streams that one connection of HTTP/2 resets in a second, after a burst of six times as many; more end it.',
      )
      .default(33),
  })
  .describe('What one edge takes on before it says no.');

const shutdownSchema = z
  .strictObject({
    notReady: duration(
      'After SIGTERM, how long the edge is not ready and still takes requests, so that balancers notice.',
    ).default('0s'),
    grace: duration('After that, how long running requests may take to finish.').default('10s'),
  })
  .describe('How it ends.');

export const tlsSchema = z
  .strictObject({
    certificates: z
      .array(
        z
          .strictObject({
            cert: text('The certificate, then those between it and the authority.'),
            key: text('Its key.'),
          })
          .describe('PEM files.'),
      )
      .describe(
        'By the names in them (SNI), the first for all others. Read again when they change. Without one, clients come in the clear.',
      )
      .default([]),
    clientAuthority: text(
      'A PEM file. Clients may show a certificate, and those of this authority are trusted hops.',
    ).optional(),
    minVersion: z
      .enum(['TLSv1.2', 'TLSv1.3'])
      .describe('The oldest version of TLS.')
      .default('TLSv1.2'),
  })
  .describe('TLS from clients, with HTTP/1.1 and HTTP/2 by ALPN.');

const upstreamTlsShape = {
  protocol: z
    .enum(['auto', 'http1', 'http2'])
    .describe('What is spoken; `auto` is HTTP/2 where the service offers it (ALPN), else HTTP/1.1.')
    .default('auto'),
  authority: text(
    'A PEM file: only certificates of these authorities are believed. Default: the well-known ones.',
  ).optional(),
  serverName: text(
    'The name that the certificate must be for, also sent as SNI. Default: the URL’s host.',
  ).optional(),
  cert: text('A PEM file to show to services that ask who comes; needs `key`.').optional(),
  key: text('The key of `cert`.').optional(),
};

const upstreamTlsSchema = z
  .strictObject({
    ...upstreamTlsShape,
    byUrl: z
      .record(origin('A URL.'), z.strictObject(upstreamTlsShape))
      .describe('URLs of `https:` for which all of this is said anew.')
      .default({}),
  })
  .describe(
    'How services with `https:` are spoken to. Their certificates are always checked; files are read again when they change.',
  );

const cookieSchema = z
  .strictObject({
    name: z
      .string()
      .regex(COOKIE_NAME, { error: 'not 1 to 40 letters, digits, `-` or `_`' })
      .describe('Its name, behind the prefix `__Host-` or `__Secure-`.')
      .default('tinct'),
    domain: z
      .string()
      .regex(COOKIE_DOMAIN, { error: 'no domain such as `shop.example`' })
      .describe('Shares the cookie with the subdomains of this one. Default: the host alone.')
      .optional(),
    maxAge: duration('How long browsers keep it, from a minute to 400 days.')
      .refine((written) => !DURATION.test(written) || isCookieAge(milliseconds(written)), {
        error: 'not from a minute to 400 days',
      })
      .default('400d'),
  })
  .describe('The signed cookie that holds a visitor’s id and what was decided; needs `keys`.');

const tokensSchema = z
  .strictObject({
    algorithms: z
      .array(z.enum(ALGORITHMS as [string, ...string[]]))
      .min(1)
      .describe('The signatures of JWTs that are believed.')
      .default([...ALGORITHMS]),
    clockSkew: duration('How far the issuer’s clock may be off.').default('30s'),
    wait: duration('How long a request waits for keys that are not there yet.').default('1s'),
  })
  .describe('How JWTs are checked.');

const adminSchema = z
  .strictObject({
    enabled: z.boolean().describe('Whether there is an admin server.').default(true),
    host: text('The address to listen on. Probes from outside of the pod need `0.0.0.0`.').default(
      '127.0.0.1',
    ),
    port: port('The port; 0 takes any that is free.').default(9900),
    hosts: z
      .array(text('A host.'))
      .describe(
        'Names by which clients may address it in Host, beside IP addresses and localhost; others are refused, so that no web page reaches it by a name of its own.',
      )
      .default([]),
    token: secret(
      'What `Authorization: Bearer` must carry for what changes or reveals; without a token, that is refused.',
    ).optional(),
    tokenFile: text('A file that holds the token, instead.').optional(),
  })
  .describe('The admin server, on a port of its own.');

/** From the most that is logged to nothing. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;

const logSchema = z
  .strictObject({
    level: z.enum(LOG_LEVELS).describe('The least that is logged.').default('info'),
    requests: z.boolean().describe('Whether each request gets a line.').default(false),
  })
  .describe('Lines of JSON on stdout, named as ECS names them.');

const ratio = (what: string) => z.number().min(0).max(1).describe(what);

const tracesSchema = z
  .strictObject({
    enabled: z
      .boolean()
      .describe('Whether each request has spans. Needs OpenTelemetry’s packages beside Tinct.')
      .default(false),
    service: text('Their `service.name`; `OTEL_SERVICE_NAME` wins.').default('tinct'),
    ratio: ratio('The share of new traces that is sampled.').default(0.05),
    variants: z
      .record(label('The release.'), z.record(label('The variant.'), ratio('Its share.')))
      .describe('Another share for requests of a version; of several the largest.')
      .default({}),
    parents: z
      .enum(['hops', 'everyone'])
      .describe(
        'Whose traces are continued, and whose sampling is respected: `trustedHops`, or everyone.',
      )
      .default('hops'),
  })
  .describe('Spans by OpenTelemetry’s SDK. Where they are sent, its variables say (`OTEL_*`).');

export const configSchema = z
  .strictObject({
    listen: listenSchema.prefault({}),
    upstream: origin(
      'Where requests go: the gateway of the mesh, or the service. `https:` by TLS, `h2c:` HTTP/2 in the clear.',
    ),
    direct: directSchema.default({}),
    routes: z
      .array(routeSchema)
      .describe('Requests that go elsewhere: by host, then by the longest path.')
      .default([]),
    trustedHops: z
      .array(z.string().refine(isRange, { error: 'no address or range such as `10.0.0.0/8`' }))
      .describe(
        'Peers that are believed where the plan says `trust: hops`, and for `X-Forwarded-*`. Nobody is by default.',
      )
      .default([]),
    proxyProtocol: z
      .array(z.string().refine(isRange, { error: 'no address or range such as `10.0.0.0/8`' }))
      .describe(
        'Load balancers whose every connection begins with a PROXY protocol header (v1 or v2): the client’s address is the one in it. Nobody is by default.',
      )
      .default([]),
    trustedForDecisions: z
      .array(z.string().refine(isRange, { error: 'no address or range such as `10.0.0.0/8`' }))
      .describe(
        'Peers whose `x-tinct-decision` stands: an edge before this one. Nobody is by default; `trustedHops` are not.',
      )
      .default([]),
    plan: planSchema,
    state: text('A folder that keeps what was aborted here over a restart.').optional(),
    via: z
      .string()
      .regex(VIA_NAME, { error: 'no name such as `edge` or `edge.example:443`' })
      .optional()
      .describe(
        'By what name the edge adds itself to `Via`, of requests and responses. Default: it doesn’t.',
      ),
    timeouts: timeoutsSchema.prefault({}),
    tls: tlsSchema.prefault({}),
    upstreamTls: upstreamTlsSchema.prefault({}),
    keys: text(
      'A key file of `tinct keys generate`: signs cookies, checks override links. Without: no ids are issued, nothing is remembered, no override is taken.',
    ).optional(),
    cookie: cookieSchema.prefault({}),
    issueTo: z
      .enum(['navigations', 'everyone', 'nobody'])
      .describe('Who gets an id where the plan issues one and the request has none.')
      .default('navigations'),
    caching: z
      .enum(['auto', 'vary', 'private', 'off'])
      .describe('What shared caches are told of responses that depend on a decision.')
      .default('auto'),
    tokens: tokensSchema.prefault({}),
    debugToken: secret(
      'Who sends it as `x-tinct-debug` gets `x-tinct-explain` in the response.',
    ).optional(),
    limits: limitsSchema.prefault({}),
    workers: z
      .union([z.int().min(1).max(256), z.literal('auto')], {
        error: 'neither a number from 1 to 256 nor `auto`',
      })
      .describe(
        'How many threads take requests, each on a core of its own; `auto`: one for each core. More than 1 needs Linux and Node 23.1.',
      )
      .default(1),
    shutdown: shutdownSchema.prefault({}),
    admin: adminSchema.prefault({}),
    metrics: z
      .enum(['all', 'edge'])
      .describe(
        'What is counted: `all`; `edge`: nothing of releases, versions and users, so that no alert, no verdict and no `tinct watch` knows them.',
      )
      .default('all'),
    log: logSchema.prefault({}),
    traces: tracesSchema.prefault({}),
  })
  .describe('How the proxy runs.');

/** The configuration with every default filled in; durations are texts as they are written. */
export type ProxyConfig = z.output<typeof configSchema>;

/** The configuration's JSON Schema, 2020-12: what may be written. */
export function configJsonSchema(): Record<string, unknown> {
  return {
    title: 'Tinct proxy configuration',
    ...z.toJSONSchema(configSchema, { target: 'draft-2020-12', io: 'input' }),
  };
}

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** A duration of the configuration in milliseconds. */
export function milliseconds(written: string): number {
  const [, amount, unit = ''] = DURATION.exec(written) ?? [];
  return Number(amount) * (UNIT_MS[unit] ?? Number.NaN);
}
