/** The edge, and what answers gateways. */
import { type ErrorEntry, error, warning } from './entry.ts';

export const EDGE = {
  // The edge
  TINCT_PLAN_UNREADABLE: error(
    'The plan cannot be read',
    'The file is missing, is no regular file, may not be read, or is not UTF-8.',
    'Check the path and its permissions. The plan in force stays until this is mended.',
  ),
  TINCT_SOURCE_UNSUPPORTED: warning(
    'A source that this program cannot read',
    'It yields nothing here: as if every request lacked it.',
    'Give the program keys to sign ids with (`tinct keys generate`), or use a header or a cookie.',
  ),
  TINCT_JWKS_UNREADABLE: error(
    'The keys of an issuer cannot be read',
    'The URL in `jwks` does not answer, or with something else than a JWK Set.',
    'Check the URL and what answers there. Keys in hand hold for a day; without any, no token of this issuer names a user.',
  ),
  TINCT_EDGE_OPTION_MALFORMED: error(
    "An option of the edge that doesn't fit",
    'The edge does not start with an option that it would have to guess.',
    'Write what the message asks for.',
  ),
  TINCT_EDGE_ADDRESS: error(
    'The edge cannot listen there',
    'Another program holds the port, the host is not this machine, or the port needs more rights.',
    'Choose another port or address; port 0 takes any that is free.',
  ),
  TINCT_EDGE_CERTIFICATE: error(
    'A certificate that cannot be used',
    'A file of `tls` cannot be read, is no PEM, or the key belongs to another certificate.',
    'Mend the files; while the edge runs, the certificates of before stay in force.',
  ),
  TINCT_EDGE_TRACES: error(
    'Traces without OpenTelemetry',
    'The edge loads OpenTelemetry’s SDK only where `traces` is on, and Tinct does not bring it along.',
    'Install @opentelemetry/api, @opentelemetry/core, @opentelemetry/sdk-node and @opentelemetry/sdk-trace beside it.',
  ),
  TINCT_EDGE_VARIANT_UNROUTED: error(
    'A variant without a URL',
    'The edge sends this release straight to a URL per variant, and one of the variants has none.',
    'Give the edge a URL for each variant of the release.',
  ),
  TINCT_EDGE_DIRECT_UNUSED: warning(
    'URLs for a release that the plan does not have',
    'The edge sends a release straight to a URL per variant, and the plan in force has none of this name: the URLs do nothing, and its users go to `upstream`.',
    'Write the name as the plan has it, or take the URLs out.',
  ),
  TINCT_EDGE_NODE_OLD: warning(
    'A Node that an edge should not run on',
    'In older releases of Node a client can hold connections by breaking the rules of HTTP/2, and requests that are reset at once may end the process.',
    'Run the newest release of Node 22, 24 or 26.',
  ),
  TINCT_EDGE_REQUEST_MALFORMED: error(
    'A request that cannot be forwarded (400)',
    'Its target or its Host is missing, doubled or no such thing: two programs on the way could read it differently.',
    'Send one Host header and an origin-form target such as `/path?query`.',
  ),
  TINCT_EDGE_HEAD_SLOW: error(
    'A request whose head took too long (408)',
    'A connection began a request and did not finish its head within `timeouts.head`.',
    'Send it at once; raise `timeouts.head` for clients that cannot.',
  ),
  TINCT_EDGE_BODY_SLOW: error(
    'A request whose body took too long (408)',
    'Its client paused for longer than `timeouts.body` before all of the body had come, or sent it for longer than `timeouts.total`.',
    'Send on; raise `timeouts.body` for clients that cannot.',
  ),
  TINCT_EDGE_BODY_TOO_LARGE: error(
    'A body that is too large (413)',
    'It is longer than `limits.bodyBytes`, by its Content-Length or by what came of it.',
    'Send less, or raise `limits.bodyBytes`.',
  ),
  TINCT_EDGE_TARGET_TOO_LONG: error(
    'A target that is too long (414)',
    'Path and query together are longer than `limits.targetBytes`.',
    'Send what is long in the body, or raise `limits.targetBytes`.',
  ),
  TINCT_EDGE_HEAD_TOO_LARGE: error(
    'A head that is too large (431)',
    'Request line and headers together are larger than `limits.headerBytes`; cookies that pile up are the usual cause.',
    'Send less, or raise `limits.headerBytes`.',
  ),
  TINCT_EDGE_OVERRIDE_REFUSED: error(
    'An override link that does not hold (403)',
    'Its token has ended, was signed by a key that is not in use here, or is no override token.',
    'Make a new one with `tinct override create`.',
  ),
  TINCT_EDGE_METHOD_REFUSED: error(
    'A method that the edge refuses (501)',
    'CONNECT would open a tunnel past it; TRACE would echo what other hops added; `OPTIONS *` asks about a server, not about a page that some version answers.',
    'Use another method.',
  ),
  TINCT_EDGE_UPGRADE_REFUSED: error(
    'A WebSocket that the edge refuses (501)',
    'A WebSocket begins with a GET of HTTP/1.1 or an extended CONNECT of HTTP/2, and reaches services of HTTP/1.1.',
    'Send one of these; name an upstream `http:` or `https:` where its services have WebSockets.',
  ),
  TINCT_EDGE_UPSTREAM_UNREACHABLE: error(
    'The upstream cannot be reached (503)',
    'No connection came about: nothing of the request was sent.',
    'Check that the service runs and that its URL is right.',
  ),
  TINCT_EDGE_UPSTREAM_INSECURE: error(
    'No TLS with the upstream (502)',
    'Its certificate is not believed, is for another name or has ended, or the service takes none of ours: nothing of the request was sent.',
    'Name its authority in `upstreamTls.authority`, its name in `upstreamTls.serverName`; renew what has ended.',
  ),
  TINCT_EDGE_UPSTREAM_BROKEN: error(
    'The upstream broke off (502)',
    'The connection ended, or what came was not HTTP, before an answer was there.',
    "Look into the service's own log.",
  ),
  TINCT_EDGE_UPSTREAM_SLOW: error(
    'The upstream did not answer in time (504)',
    'The service took longer than the edge waits.',
    'Mend the service, or give the edge a longer `timeouts.headers`.',
  ),
  TINCT_EDGE_OVERLOADED: error(
    'The edge has enough to do (503)',
    'As many requests as it may take on at a time are in flight.',
    'Try again after `Retry-After`; add replicas, or raise `limits.requests`.',
  ),

  // The ext_authz server
  TINCT_AUTHZ_OPTION_MALFORMED: error(
    "An option of the ext_authz server that doesn't fit",
    'The server does not start with an option that it would have to guess.',
    'Write what the message asks for.',
  ),
  TINCT_AUTHZ_STRANGER: error(
    'A check that is not the gateway’s (503, UNAUTHENTICATED)',
    'It does not carry the shared secret, or its connection shows no certificate of `tls.clientAuthority`.',
    'Give the gateway the secret as `x-tinct-gateway`, or a certificate; the answers are for nobody else.',
  ),
} as const satisfies Record<string, ErrorEntry>;
