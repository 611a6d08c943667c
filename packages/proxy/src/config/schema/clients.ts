/** How clients come in, and what is taken from them. */
import { z } from 'zod';
import { count, duration, port, text } from './values.ts';

export const listenSchema = z
  .strictObject({
    host: text('The address to listen on; `0.0.0.0` or `::` for all.').default('127.0.0.1'),
    port: port('The port; 0 takes any that is free.').default(8080),
  })
  .describe('Where clients connect.');

export const timeoutsSchema = z
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
