/** How the edge is run: its end, its admin server, its logs and traces. */
import { z } from 'zod';
import { duration, label, port, ratio, secret, text } from './values.ts';

export const shutdownSchema = z
  .strictObject({
    notReady: duration(
      'After SIGTERM, how long the edge is not ready and still takes requests, so that balancers notice.',
    ).default('0s'),
    grace: duration('After that, how long running requests may take to finish.').default('10s'),
  })
  .describe('How it ends.');

export const adminSchema = z
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

export const logSchema = z
  .strictObject({
    level: z.enum(LOG_LEVELS).describe('The least that is logged.').default('info'),
    requests: z.boolean().describe('Whether each request gets a line.').default(false),
  })
  .describe('Lines of JSON on stdout, named as ECS names them.');

export const tracesSchema = z
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
