/** Where requests go, and how services are spoken to. */
import { z } from 'zod';
import { label, origin, text } from './values.ts';

/** A path prefix. */
const PREFIX = /^\/[^?#*\s]*$/;
/** A host name without a port, with an optional leading `*.`. */
const ROUTE_HOST = /^(\*\.)?[a-z0-9._-]+$/;

export const directSchema = z
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

export const upstreamTlsSchema = z
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
