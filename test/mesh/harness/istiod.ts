/** A real istiod that reads a real API server, and what it says of the Envoys that it configures. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { program } from '../parts/parts.ts';
import type { ApiServer } from './api-server.ts';
import { type Child, type Children, until } from './child.ts';
import { sumOf } from './metrics.ts';

const PORTS = { xds: 15_010, http: 8080, monitoring: 15_014, control: 9876 } as const;

export interface Istiod {
  /** Where Envoys ask for their configuration, `address:port`. */
  readonly xds: string;
  /** How many times an Envoy has refused what it was given. */
  xdsRejects(): Promise<number>;
  /** How many times an Envoy was given something. */
  pushes(): Promise<number>;
  readonly child: Child;
}

interface Place {
  readonly children: Children;
  readonly folder: string;
  readonly address: string;
}

const ENVIRONMENT = {
  ENABLE_CA_SERVER: 'false',
  PILOT_ENABLE_METADATA_EXCHANGE: 'false',
  PILOT_ENABLE_ALPN_FILTER: 'false',
  INJECT_ENABLED: 'false',
  VALIDATION_WEBHOOK_CONFIG_NAME: '',
  POD_NAMESPACE: 'istio-system',
};

export async function startIstiod(
  { children, folder, address }: Place,
  { kubeconfig }: Pick<ApiServer, 'kubeconfig'>,
  environment: Readonly<Record<string, string>> = {},
): Promise<Istiod> {
  const xds = `${address}:${PORTS.xds}`;
  const meshConfig = join(folder, 'mesh.json');
  const defaultConfig = { discoveryAddress: xds };
  writeFileSync(
    meshConfig,
    JSON.stringify({ enableAutoMtls: false, enableTracing: false, defaultConfig }),
  );
  const args = [
    'discovery',
    '--registries=Kubernetes',
    `--kubeconfig=${kubeconfig}`,
    `--meshConfig=${meshConfig}`,
    `--grpcAddr=${xds}`,
    `--httpAddr=${address}:${PORTS.http}`,
    `--monitoringAddr=${address}:${PORTS.monitoring}`,
    '--secureGRPCAddr=',
    '--httpsAddr=',
    // It listens on 127.0.0.1 whatever is said, and does not need to.
    '--ctrlz_port=0',
    '--clusterID=Kubernetes',
  ];
  const env = { ...ENVIRONMENT, ...environment };
  const child = children.start('istiod', program('istiod'), args, { env });
  const ready = async () => (await fetch(`http://${address}:${PORTS.http}/ready`)).ok;
  await until('istiod is ready', ready, { alive: [child] });
  const metrics = async () => (await fetch(`http://${address}:${PORTS.monitoring}/metrics`)).text();
  return {
    xds,
    child,
    xdsRejects: async () => sumOf(await metrics(), 'pilot_total_xds_rejects'),
    pushes: async () => sumOf(await metrics(), 'pilot_xds_pushes'),
  };
}
