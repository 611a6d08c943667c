/** What `deploy/` makes, held against a real API server (strict, dry run) and against the programs that it starts. */
import { spawnSync } from 'node:child_process';
import t, { type Test } from 'tap';
import { type KubeObject, objectsOf } from '../harness/kube.ts';
import { type Mesh, startMesh } from '../harness/mesh.ts';
import { folderOf, tinct } from '../harness/tinct.ts';
import { HELM, ROOT } from '../parts/parts.ts';
import { prepareHelm } from '../parts/prepare.ts';

const NAMESPACE: KubeObject = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'tinct', labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
};

interface Ran {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

function run(command: string, args: readonly string[]): Ran {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: ROOT, encoding: 'utf8' });
  return { status, out: stdout, err: stderr };
}

/** `helm template` with values as `--set` takes them. */
const helm = (...values: string[]): Ran =>
  run(HELM, [
    ...['template', 'tinct', 'deploy/helm/tinct', '--namespace', 'tinct'],
    ...values.flatMap((value) => ['--set', value]),
  ]);

const PROXY = ['upstream=http://edge.istio-system.svc.cluster.local:80'];
const AUTHZ = ['mode=ext-authz', 'secrets.gateway=tinct-gateway'];
const EVERYTHING = [
  ...['autoscaling.enabled=true', 'serviceMonitor.enabled=true', 'secrets.keys=tinct-keys'],
  ...['secrets.adminToken=tinct-admin', 'podAnnotations.a=b', 'podLabels.c=d', 'nodeSelector.e=f'],
  ...['networkPolicy.adminFrom[0].namespaceSelector.matchLabels.monitoring=yes'],
  ...['networkPolicy.from[0].ipBlock.cidr=10.0.0.0/8', 'service.annotations.g=h'],
  ...['serviceAccount.annotations.i=j', 'imagePullSecrets[0].name=registry'],
  ...['config.trustedHops={10.0.0.0/8}', 'config.shutdown.grace=30s'],
];

/** Which program a Deployment starts, by its first argument. */
function programOf(objects: readonly KubeObject[]): { mode: string; pod: Record<string, unknown> } {
  const deployment = objects.find(({ kind }) => kind === 'Deployment');
  // biome-ignore lint/suspicious/noExplicitAny: what the API server has just checked
  const pod = (deployment as any).spec.template.spec;
  return { mode: pod.containers[0].args[0], pod };
}

/** The API server takes every object, and the program the configuration. */
async function accepted(t: Test, mesh: Mesh, yaml: string): Promise<void> {
  // The Prometheus operator's kind is not there.
  const objects = objectsOf(yaml).filter(({ kind }) => kind !== 'ServiceMonitor');
  t.ok(objects.length > 6, `${objects.length} objects`);
  await mesh.api.kube.apply(objects, { dryRun: true });
  const { mode, pod } = programOf(objects);
  const isConfig = ({ kind, data }: KubeObject) =>
    kind === 'ConfigMap' && Object.hasOwn(data as object, 'tinct.yaml');
  const { data } = objects.find(isConfig) as unknown as { data: Record<string, string> };
  const folder = folderOf(mesh, `config-${Math.trunc(performance.now() * 1000)}`, {
    'tinct.yaml': (data['tinct.yaml'] ?? '').replaceAll(/\/(etc|var\/lib)\/tinct/g, '.'),
  });
  const printed = await tinct(folder, mode, '--config', 'tinct.yaml', '--print-config');
  t.equal(printed.status, 0, printed.err);
  t.match(pod, {
    automountServiceAccountToken: Boolean,
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        securityContext: {
          readOnlyRootFilesystem: true,
          allowPrivilegeEscalation: false,
          capabilities: { drop: ['ALL'] },
        },
      },
    ],
  });
}

const hasKubectl = run('sh', ['-c', 'command -v kubectl']).status === 0;

t.test('the chart and the kustomizations are what the API server takes', async (t) => {
  await prepareHelm();
  const mesh = await startMesh(t);
  await mesh.apply([NAMESPACE]);
  const ways: Record<string, string[]> = {
    proxy: PROXY,
    'proxy with everything': [...PROXY, ...EVERYTHING],
    'proxy with a plan by URL': [...PROXY, 'plan.url=https://plans.example/shop.yaml'],
    'ext-authz': AUTHZ,
    'ext-authz with everything': [...AUTHZ, ...EVERYTHING],
    'a plan elsewhere': [
      ...PROXY,
      'plan.configMap.namespace=shop',
      'image.digest=sha256:'.padEnd(84, 'a'),
    ],
  };
  for (const [name, values] of Object.entries(ways)) {
    const { status, out, err } = helm(...values);
    t.equal(status, 0, `${name}: ${err}`);
    await accepted(t, mesh, out);
    t.equal(out.includes('ServiceMonitor'), values.includes('serviceMonitor.enabled=true'));
  }
  t.notMatch(
    helm(...PROXY, 'plan.url=https://a.example').out,
    'kind: Role',
    'no rights without need',
  );

  const skip = hasKubectl || process.env['TINCT_REQUIRE_PARTS'] === '1' ? false : 'no kubectl here';
  await t.test('kustomize', { skip }, async (t) => {
    for (const folder of ['base', 'ext-authz']) {
      const { status, out, err } = run('kubectl', ['kustomize', `deploy/kustomize/${folder}`]);
      t.equal(status, 0, err);
      await accepted(t, mesh, out);
    }
  });
});

t.test('the chart says what is missing', async (t) => {
  await prepareHelm();
  const refused = (...values: string[]) => {
    const { status, err } = helm(...values);
    t.not(status, 0, values.join(' '));
    return err;
  };
  t.match(refused(), 'upstream is needed');
  t.match(refused('mode=ext-authz'), 'secrets.gateway is needed');
  t.match(refused(...PROXY, 'plan.configMap.name='), 'plan.configMap.name or plan.url is needed');
  t.match(refused(...PROXY, 'mode=both'), /mode/);
  t.match(refused(...PROXY, 'secrets.key=a'), /secrets/);
  t.equal(
    helm('mode=ext-authz', 'config.tls.clientAuthority=ca.pem').status,
    0,
    'a certificate will do',
  );
});
