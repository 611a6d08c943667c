/** A real kube-apiserver with its etcd, and the kinds of Istio and of the Gateway API in it. */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CRDS, program } from '../parts/parts.ts';
import { type Child, type Children, until } from './child.ts';
import { Kube, type KubeObject } from './kube.ts';

const PORTS = { etcd: 2379, etcdPeer: 2380, api: 6443 } as const;

export interface ApiServer {
  readonly kube: Kube;
  readonly server: string;
  /** The file that tells kubectl, istioctl, istiod and Tinct how to reach it, as an administrator. */
  readonly kubeconfig: string;
  /** The certificate that names it, PEM. */
  readonly ca: string;
  /** Ends it at once and starts it again; etcd keeps what was in it. */
  restart(whileAway?: () => Promise<void>): Promise<void>;
}

interface Place {
  readonly children: Children;
  readonly folder: string;
  readonly address: string;
}

export async function startApiServer({ children, folder, address }: Place): Promise<ApiServer> {
  const etcd = startEtcd({ children, folder, address });
  const token = randomBytes(16).toString('hex');
  const key = makeAccountKey(folder);
  const pki = join(folder, 'pki');
  writeFileSync(join(folder, 'tokens.csv'), `${token},admin,admin,"system:masters"\n`);
  const args = [
    `--etcd-servers=http://${address}:${PORTS.etcd}`,
    `--bind-address=${address}`,
    `--advertise-address=${address}`,
    `--secure-port=${PORTS.api}`,
    `--cert-dir=${pki}`,
    '--service-cluster-ip-range=10.96.0.0/24',
    '--authorization-mode=RBAC',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${key}.pub`,
    `--service-account-signing-key-file=${key}`,
    // There is no controller that would make a service account for each namespace.
    '--disable-admission-plugins=ServiceAccount',
    `--token-auth-file=${join(folder, 'tokens.csv')}`,
    '--endpoint-reconciler-type=none',
  ];
  const start = () => children.start('kube-apiserver', program('apiServer'), args);
  let child = start();
  const certificate = join(pki, 'apiserver.crt');
  const alive = [etcd, child];
  const ca = await until('the API server’s certificate', () => readFileSync(certificate, 'utf8'), {
    alive,
  });
  const server = `https://${address}:${PORTS.api}`;
  const kube = new Kube({ server, ca, token });
  const ready = () =>
    until(
      'the API server is ready',
      async () => (await kube.ask('GET', '/readyz')).status === 200,
      { alive: [etcd, child] },
    );
  await ready();
  await define(kube);
  const kubeconfig = join(folder, 'kubeconfig.json');
  writeFileSync(kubeconfig, kubeconfigOf(server, certificate, token));
  return {
    kube,
    server,
    kubeconfig,
    ca,
    async restart(whileAway = async () => {}) {
      await child.stop();
      await whileAway();
      child = start();
      await ready();
    },
  };
}

function startEtcd({ children, folder, address }: Place): Child {
  const [client, peer] = [`http://${address}:${PORTS.etcd}`, `http://${address}:${PORTS.etcdPeer}`];
  return children.start('etcd', 'etcd', [
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    '--unsafe-no-fsync',
  ]);
}

/** Signs the tokens of service accounts. */
function makeAccountKey(folder: string): string {
  const key = join(folder, 'sa.key');
  spawnSync('openssl', ['genrsa', '-out', key, '2048']);
  spawnSync('openssl', ['rsa', '-in', key, '-pubout', '-out', `${key}.pub`]);
  return key;
}

const kubeconfigOf = (server: string, certificate: string, token: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'mesh', cluster: { server, 'certificate-authority': certificate } }],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'mesh', context: { cluster: 'mesh', user: 'admin' } }],
    'current-context': 'mesh',
  });

/** Brings in the kinds of Istio and of the Gateway API. */
async function define(kube: Kube): Promise<void> {
  const definitions: KubeObject[] = JSON.parse(readFileSync(CRDS, 'utf8'));
  await Promise.all(definitions.map((each) => kube.apply([each])));
  for (const each of definitions)
    await until(`${each.metadata.name} is known`, async () => isEstablished(await kube.get(each)));
}

function isEstablished({ status }: KubeObject): boolean {
  const { conditions = [] } = status as { conditions?: { type: string; status: string }[] };
  return conditions.some(({ type, status }) => type === 'Established' && status === 'True');
}
