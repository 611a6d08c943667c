/** A real Envoy that istiod configures, as a gateway or as a sidecar. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EnvoyVersion, envoyProgram } from '../parts/parts.ts';
import { type Child, type Children, until } from './child.ts';
import { sumOf } from './metrics.ts';

const ADMIN_PORT = 15_000;

export interface EnvoyOptions {
  readonly name: string;
  readonly version: EnvoyVersion;
  readonly role: 'router' | 'sidecar';
  readonly namespace: string;
  /** Its own address: what it listens on by itself. */
  readonly address: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Of istiod, `address:port`. */
  readonly xds: string;
  /** Who it is to istiod and to others, where the mesh has identities. */
  readonly identity?: Identity | undefined;
}

export interface Identity {
  readonly account: string;
  /** Where its certificates come from, `address:port`. */
  readonly secrets: string;
}

export interface Envoy {
  readonly version: EnvoyVersion;
  readonly admin: string;
  readonly child: Child;
  /** The sum of a counter of `/stats/prometheus`; labels by parts of their text. */
  stat(metric: string, ...labels: readonly string[]): Promise<number>;
  /** What istiod has given it, by version and time, sorted: the same as long as nothing was pushed. */
  configuration(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

let started = 0;

export async function startEnvoy(
  { children, folder }: { children: Children; folder: string },
  options: EnvoyOptions,
): Promise<Envoy> {
  started += 1;
  const file = join(folder, `envoy-${options.name}-${started}.json`);
  writeFileSync(file, JSON.stringify(bootstrap(options), null, 2));
  const args = ['-c', file, '--concurrency', '1', '-l', 'warning', '--disable-hot-restart'];
  const child = children.start(`envoy-${options.name}`, envoyProgram(options.version), args);
  const admin = `http://${options.address}:${ADMIN_PORT}`;
  const page = async (path: string) => (await fetch(`${admin}${path}`)).text();
  await until(`${options.name} is ready`, async () => (await page('/ready')).startsWith('LIVE'), {
    alive: [child],
  });
  return {
    version: options.version,
    admin,
    child,
    stat: async (metric, ...labels) => sumOf(await page('/stats/prometheus'), metric, ...labels),
    configuration: async () => versionsIn(JSON.parse(await page('/config_dump'))).sort(),
    stop: () => child.stop(),
  };
}

/** The dump's order is not the same each time, so what was updated when is taken out of it. */
function versionsIn(dump: unknown): string[] {
  if (typeof dump !== 'object' || dump === null) return [];
  const { version_info: version, last_updated: at } = dump as Record<string, unknown>;
  const own = at === undefined ? [] : [`${version} ${at}`];
  return [...own, ...Object.values(dump).flatMap(versionsIn)];
}

/** Everything but its name and where istiod is comes from istiod. */
function bootstrap(options: EnvoyOptions): unknown {
  const { name, role, namespace, address, labels, xds, identity } = options;
  const workload = `${name}.${namespace}`;
  const fromIstiod = { ads: {}, resource_api_version: 'V3', initial_fetch_timeout: '0s' };
  return {
    node: {
      id: `${role}~${address}~${workload}~${namespace}.svc.cluster.local`,
      cluster: workload,
      metadata: {
        NAMESPACE: namespace,
        ISTIO_VERSION: '1.31.0',
        CLUSTER_ID: 'Kubernetes',
        INSTANCE_IPS: address,
        LABELS: labels,
        // No iptables: the application speaks to a listener that a Sidecar resource binds.
        ...(role === 'sidecar' ? { INTERCEPTION_MODE: 'NONE' } : {}),
      },
    },
    admin: { address: socketAddress(`${address}:${ADMIN_PORT}`) },
    layered_runtime: {
      layers: [{ name: 'static', static_layer: { 're2.max_program_size.error_level': 32_768 } }],
    },
    dynamic_resources: {
      ads_config: {
        api_type: 'GRPC',
        transport_api_version: 'V3',
        grpc_services: [
          { envoy_grpc: { cluster_name: 'xds' }, initial_metadata: shown(namespace, identity) },
        ],
      },
      lds_config: fromIstiod,
      cds_config: fromIstiod,
    },
    static_resources: {
      clusters: [
        grpcCluster('xds', xds),
        ...(identity === undefined ? [] : [grpcCluster('sds-grpc', identity.secrets)]),
      ],
    },
  };
}

/** By which istiod knows who asks: what a proxy in front of istiod would say of its certificate. */
const shown = (namespace: string, identity: Identity | undefined): unknown[] =>
  identity === undefined
    ? []
    : [
        {
          key: 'x-forwarded-client-cert',
          value: `URI=spiffe://cluster.local/ns/${namespace}/sa/${identity.account}`,
        },
      ];

const grpcCluster = (name: string, at: string): unknown => ({
  name,
  type: 'STATIC',
  connect_timeout: '1s',
  typed_extension_protocol_options: {
    'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
      '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
      explicit_http_config: { http2_protocol_options: {} },
    },
  },
  load_assignment: {
    cluster_name: name,
    endpoints: [{ lb_endpoints: [{ endpoint: { address: socketAddress(at) } }] }],
  },
});

function socketAddress(at: string): unknown {
  const [address, port] = at.split(':');
  return { socket_address: { address, port_value: Number(port) } };
}
