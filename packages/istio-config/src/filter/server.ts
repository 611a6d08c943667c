/** How Envoy reaches the server that decides, and how it notices that one is gone or frozen. */

export interface AuthzServer {
  readonly host: string;
  readonly port: number;
  readonly protocol: 'grpc' | 'http';
  /** What the gateway shows as `x-tinct-gateway`; without it, the server asks for a certificate. */
  readonly secret: string | undefined;
}

export const CLUSTER = 'tinct-ext-authz';
const SECRET_HEADER = 'x-tinct-gateway';
const GRPC_SERVICE = 'envoy.service.auth.v3.Authorization';

/** How long a request waits for its decision; then it goes on as stable. */
const TIMEOUT = '0.2s';
/** A frozen server costs requests their timeout until two checks have failed: less than a second. */
const HEALTH = {
  timeout: '0.2s',
  interval: '0.3s',
  no_traffic_interval: '0.3s',
  unhealthy_threshold: 2,
  healthy_threshold: 1,
};
/** Envoy's default of 1,024 would let requests go undecided under load, and say so nowhere. */
const MANY = 100_000;

const HTTP2 = {
  'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
    '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
    explicit_http_config: { http2_protocol_options: {} },
  },
};

/** Every address of the name is asked for its health; with none that is well, a check fails at once. */
export function clusterOf(server: AuthzServer): object {
  const { host, port, protocol } = server;
  const address = { socket_address: { address: host, port_value: port } };
  return {
    name: CLUSTER,
    type: 'STRICT_DNS',
    dns_lookup_family: 'V4_PREFERRED',
    connect_timeout: TIMEOUT,
    ...(protocol === 'grpc' ? { typed_extension_protocol_options: HTTP2 } : {}),
    load_assignment: {
      cluster_name: CLUSTER,
      endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }],
    },
    common_lb_config: { healthy_panic_threshold: { value: 0 } },
    ignore_health_on_host_removal: true,
    circuit_breakers: {
      thresholds: [{ max_connections: MANY, max_pending_requests: MANY, max_requests: MANY }],
    },
    health_checks: [{ ...HEALTH, ...healthOf(server) }],
  };
}

/** Over HTTP a check is a check like any other: of no release's host. */
function healthOf({ protocol, secret }: AuthzServer): object {
  if (protocol === 'grpc') return { grpc_health_check: { service_name: GRPC_SERVICE } };
  return {
    http_health_check: {
      host: 'health.invalid',
      path: '/',
      ...(secret !== undefined && { request_headers_to_add: [headerOf(secret)] }),
    },
  };
}

const headerOf = (value: string) => ({
  header: { key: SECRET_HEADER, value },
  append_action: 'OVERWRITE_IF_EXISTS_OR_ADD',
});

/** What ext_authz asks: everything, as it came. */
export function serviceOf(server: AuthzServer): object {
  return server.protocol === 'grpc' ? grpcService(server) : httpService(server);
}

function grpcService({ secret }: AuthzServer): object {
  return {
    grpc_service: {
      envoy_grpc: { cluster_name: CLUSTER },
      timeout: TIMEOUT,
      ...(secret !== undefined && { initial_metadata: [{ key: SECRET_HEADER, value: secret }] }),
    },
    // Without it, bytes beyond UTF-8 and duplicates are lost on the way.
    encode_raw_headers: true,
  };
}

const EVERYTHING = { patterns: [{ safe_regex: { regex: '.*' } }] };
/** Length and framing are the gateway's own. */
const OF_THE_CHECK = { patterns: [{ exact: 'content-length' }, { exact: 'transfer-encoding' }] };
/** What the server writes into a response. */
const TO_CLIENTS = ['set-cookie', 'cache-control', 'vary', 'x-tinct-explain'];
const TO_REFUSED = [...TO_CLIENTS, 'location', 'content-type', 'referrer-policy'];

const exactly = (names: readonly string[]) => ({ patterns: names.map((exact) => ({ exact })) });

function httpService({ host, port, secret }: AuthzServer): object {
  const shown = `${secret} %DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%`;
  return {
    http_service: {
      server_uri: { uri: `http://${host}:${port}`, cluster: CLUSTER, timeout: TIMEOUT },
      ...(secret !== undefined && {
        authorization_request: { headers_to_add: [{ key: SECRET_HEADER, value: shown }] },
      }),
      authorization_response: {
        allowed_upstream_headers: EVERYTHING,
        allowed_client_headers: exactly(TO_REFUSED),
        allowed_client_headers_on_success: exactly(TO_CLIENTS),
      },
    },
    allowed_headers: EVERYTHING,
    disallowed_headers: OF_THE_CHECK,
  };
}
