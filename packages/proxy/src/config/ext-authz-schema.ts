/** The configuration of `tinct ext-authz`: what it shares with the proxy's is the proxy's. */
import { z } from 'zod';
import { clearText } from './contradictions.ts';
import { idle } from './idle.ts';
import type { IsChosen, Objection } from './objection.ts';
import { limitsSchema, tlsSchema } from './schema/clients.ts';
import { count, port, ranges, secret, text } from './schema/values.ts';
import { CHOICES, configSchema } from './schema.ts';
import type { Setting } from './settings.ts';
import { type ConfigShape, shapeOf } from './shape.ts';

const shared = configSchema.pick({
  trustedForDecisions: true,
  plan: true,
  state: true,
  keys: true,
  cookie: true,
  issueTo: true,
  caching: true,
  tokens: true,
  debugToken: true,
  workers: true,
  shutdown: true,
  admin: true,
  log: true,
});

const own = {
  listen: z
    .strictObject({
      host: text('The address to listen on; `0.0.0.0` or `::` for all.').default('127.0.0.1'),
      port: port('The port; 0 takes any that is free.').default(9191),
    })
    .describe('Where gateways ask: by HTTP/2 in gRPC, by HTTP/1.1 in HTTP.')
    .prefault({}),
  gateway: z
    .strictObject({
      secret: secret(
        'What gateways show as `x-tinct-gateway`. Needed, unless they show certificates of `tls.clientAuthority`; where there is both, both are needed.',
      ).optional(),
      secretFile: text(
        'A file that holds the secret, instead; or several, one in each line: any of them will do. Read again by SIGHUP.',
      ).optional(),
    })
    .describe('How gateways are told from everybody else.')
    .prefault({}),
  trustedHops: ranges(
    'Peers of the gateway that are believed where the plan says `trust: hops`. Nobody is by default.',
  ),
  forwardedHops: count(
    'How many hops stand between the gateway and the one that is judged, by `X-Forwarded-For`. 0: the gateway’s own peer is.',
  )
    .max(16)
    .default(0),
  tls: tlsSchema
    .extend({
      clientAuthority: text(
        'A PEM file: only gateways with a certificate of this authority are answered.',
      ).optional(),
    })
    .describe('TLS from gateways, with HTTP/1.1 and HTTP/2 by ALPN.')
    .prefault({}),
  limits: limitsSchema
    .pick({ connections: true })
    .extend({
      requests: count(
        'Checks in flight at a time; one more gets the stable version, undecided. 0: any number.',
      ).default(0),
      headerBytes: z
        .int()
        .min(1024)
        .max(1_048_576)
        .describe("A check's line and headers together, in the HTTP form; more gets 431.")
        .default(98_304),
    })
    .describe('What one server takes on before it says no.')
    .prefault({}),
};

export const extAuthzSchema = z
  .strictObject({ ...own, ...shared.shape })
  .describe('How the ext_authz server runs.');

/** The configuration with every default filled in; durations are texts as they are written. */
export type ExtAuthzConfig = z.output<typeof extAuthzSchema>;

/** Whoever may ask is told what mints cookies: that must not be everybody. */
function strangers({ gateway, tls }: ExtAuthzConfig): Objection[] {
  const { secret: given, secretFile } = gateway;
  if (given !== undefined || secretFile !== undefined || tls.clientAuthority !== undefined)
    return [];
  const message =
    'one of `gateway.secret`, `gateway.secretFile` and `tls.clientAuthority` is needed: without, anyone could ask';
  return [{ code: 'TINCT_CONFIG_KEY_MISSING', message, path: ['gateway'] }];
}

const objections = (config: ExtAuthzConfig, isChosen: IsChosen): Objection[] => [
  ...idle(config, isChosen),
  ...strangers(config),
  ...clearText(config),
];

/** The configuration's JSON Schema, 2020-12: what may be written. */
export function extAuthzJsonSchema(): Record<string, unknown> {
  return {
    title: 'Tinct ext_authz configuration',
    ...z.toJSONSchema(extAuthzSchema, { target: 'draft-2020-12', io: 'input' }),
  };
}

/** Of `tinct ext-authz`. */
export const EXT_AUTHZ: ConfigShape<ExtAuthzConfig> = shapeOf(
  extAuthzSchema,
  extAuthzJsonSchema(),
  [...CHOICES, { path: ['gateway'], keys: ['secret', 'secretFile'], needed: false }],
  objections,
);

/** The variables and flags of `tinct ext-authz`. */
export const EXT_AUTHZ_SETTINGS: readonly Setting[] = EXT_AUTHZ.settings;
