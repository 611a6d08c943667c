/**
 * The EnvoyFilter that puts Tinct's decisions into a gateway that is there already: it asks `tinct ext-authz`, and takes
 * away what clients say of colors, whether the server answers or not.
 */
import { DECISION_HEADER, type Plan } from '@tinct/core';
import { type Document, document, ownName } from '../documents/document.ts';
import { type AuthzServer, CLUSTER, clusterOf, serviceOf } from './server.ts';
import { stripScript } from './strip.ts';
import { filterTarget, type GatewayTarget } from './target.ts';

export interface FilterOptions {
  readonly namespace: string;
  readonly target: GatewayTarget;
  readonly server: AuthzServer;
  /** The only hosts for which the server is asked; empty: all. Colors are taken from everyone. */
  readonly hosts: readonly string[];
  /** `members`: Tinct's members of client baggage go. `all`: the whole header does. */
  readonly baggage: 'members' | 'all';
  /** Whether headers with an underscore in their name stay. Those that read like a color go all the same. */
  readonly keepUnderscores: boolean;
}

const FILTER = 'tinct.ext_authz';
const TYPE = 'type.googleapis.com/envoy.extensions.filters';
const HCM = 'envoy.filters.network.http_connection_manager';
/** What Envoy says of an undecided request: a client must not. */
const UNDECIDED = 'x-envoy-auth-failure-mode-allowed';

const listener = (more: object = {}) => ({
  context: 'GATEWAY',
  listener: { filterChain: { filter: { name: HCM, ...more } } },
});

/** One document for one gateway. Its headers are the plan's: make it anew when a release is added. */
export function extAuthzFilter(plan: Plan, options: FilterOptions): Document {
  const headers = Object.values(plan.releases)
    .map(({ header }) => header)
    .sort();
  const patches = [
    patch('CLUSTER', { context: 'GATEWAY' }, 'ADD', clusterOf(options.server)),
    patch('NETWORK_FILTER', listener(), 'MERGE', { typed_config: connections(headers, options) }),
    patch('HTTP_FILTER', listener(), 'INSERT_FIRST', {
      name: 'tinct.strip',
      typed_config: {
        '@type': `${TYPE}.http.lua.v3.Lua`,
        default_source_code: {
          inline_string: stripScript({ headers, baggage: options.baggage === 'members' }),
        },
      },
    }),
    patch(
      'HTTP_FILTER',
      listener({ subFilter: { name: 'envoy.filters.http.router' } }),
      'INSERT_BEFORE',
      asking(options),
    ),
    ...options.hosts.map(askFor),
  ];
  return document(
    ['networking.istio.io/v1alpha3', 'EnvoyFilter'],
    { name: ownName('ext-authz'), namespace: options.namespace },
    { ...filterTarget(options.target), priority: 10, configPatches: patches },
  );
}

const patch = (applyTo: string, match: object, operation: string, value: object) => ({
  applyTo,
  match,
  patch: { operation, value },
});

/** Before routes are chosen: colors that routes would follow, also when nobody answers. */
function connections(headers: readonly string[], { baggage, keepUnderscores }: FilterOptions) {
  const gone = [...headers, DECISION_HEADER, UNDECIDED, ...(baggage === 'all' ? ['baggage'] : [])];
  return {
    '@type': `${TYPE}.network.http_connection_manager.v3.HttpConnectionManager`,
    ...(keepUnderscores
      ? {}
      : { common_http_protocol_options: { headers_with_underscores_action: 'DROP_HEADER' } }),
    early_header_mutation_extensions: [
      {
        name: 'envoy.http.early_header_mutation.header_mutation',
        typed_config: {
          '@type':
            'type.googleapis.com/envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation',
          mutations: gone.map((remove) => ({ remove })),
        },
      },
    ],
  };
}

function asking({ server, hosts }: FilterOptions) {
  return {
    name: FILTER,
    ...(hosts.length > 0 && { disabled: true }),
    typed_config: {
      '@type': `${TYPE}.http.ext_authz.v3.ExtAuthz`,
      transport_api_version: 'V3',
      stat_prefix: CLUSTER,
      // The route was chosen before the decision was made.
      clear_route_cache: true,
      // No decision means stable, not an error.
      failure_mode_allow: true,
      failure_mode_allow_header_add: true,
      ...serviceOf(server),
    },
  };
}

/** The filter is off; a virtual host turns it on for itself. */
const askFor = (host: string) =>
  patch(
    'VIRTUAL_HOST',
    { context: 'GATEWAY', routeConfiguration: { vhost: { domainName: host } } },
    'MERGE',
    {
      typed_per_filter_config: {
        [FILTER]: {
          '@type': 'type.googleapis.com/envoy.config.route.v3.FilterConfig',
          config: {
            '@type': `${TYPE}.http.ext_authz.v3.ExtAuthzPerRoute`,
            check_settings: {},
          },
        },
      },
    },
  );
