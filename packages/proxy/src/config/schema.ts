/**
 * The proxy's configuration as a shape: the one source of its types, its variables, its flags and its reference page.
 * A complaint's message is a code where another than the usual one fits better.
 */
import { z } from 'zod';
import { VIA_NAME } from '../options.ts';
import { limitsSchema, listenSchema, timeoutsSchema, tlsSchema } from './schema/clients.ts';
import { adminSchema, logSchema, shutdownSchema, tracesSchema } from './schema/operation.ts';
import { planSchema } from './schema/plan.ts';
import { directSchema, routeSchema, upstreamTlsSchema } from './schema/services.ts';
import { origin, ranges, secret, text } from './schema/values.ts';
import { cookieSchema, tokensSchema } from './schema/visitors.ts';

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
    trustedHops: ranges(
      'Peers that are believed where the plan says `trust: hops`, and for `X-Forwarded-*`. Nobody is by default.',
    ),
    proxyProtocol: ranges(
      'Load balancers whose every connection begins with a PROXY protocol header (v1 or v2): the client’s address is the one in it. Nobody is by default.',
    ),
    trustedForDecisions: ranges(
      'Peers whose `x-tinct-decision` stands: an edge before this one. Nobody is by default; `trustedHops` are not.',
    ),
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
