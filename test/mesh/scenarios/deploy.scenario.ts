/** What `deploy/` makes, held against a real API server (strict, dry run) and against the programs that it starts. */
import { spawnSync } from 'node:child_process';
import t, { type Test } from 'tap';
import { until } from '../harness/child.ts';
import { Kube, type KubeObject, objectsOf } from '../harness/kube.ts';
import { type Mesh, startMesh } from '../harness/mesh.ts';
import { planText } from '../harness/shop.ts';
import { folderOf, startEdge, tinct } from '../harness/tinct.ts';
import { program, ROOT } from '../parts/parts.ts';

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
  run(program('helm'), [
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
  // Pod security is enforced on pods alone, and this makes none.
  const probe = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'probe', namespace: 'tinct' },
    spec: pod,
  };
  await mesh.api.kube.apply([probe], { dryRun: true });
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

t.test('the rights of the chart are enough to follow the plan, and for nothing else', async (t) => {
  const mesh = await startMesh(t);
  const { kube } = mesh.api;
  const plan = (revision: number): KubeObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'tinct-plan', namespace: 'tinct' },
    data: { 'plan.yaml': planText({ revision }) },
  });
  const rights = objectsOf(helm(...PROXY).out).filter(({ kind }) =>
    ['ServiceAccount', 'Role', 'RoleBinding'].includes(kind),
  );
  await mesh.apply([
    NAMESPACE,
    ...rights,
    plan(1),
    { ...plan(1), metadata: { name: 'other', namespace: 'tinct' } },
  ]);
  const token = await tokenOf(kube);
  const folder = folderOf(mesh, 'account', { token, 'ca.crt': mesh.api.ca });
  const edge = await startEdge(mesh, {
    upstream: 'http://127.0.0.1:9',
    flags: [
      ...['--plan-config-map', 'tinct/tinct-plan', '--plan-api-server', mesh.api.server],
      ...['--plan-account', folder],
    ],
  });
  await until('the plan is there', async () => (await edge.revision()) === 1);
  await mesh.apply([plan(2)]);
  await until('its change is seen', async () => (await edge.revision()) === 2);

  const account = new Kube({ server: mesh.api.server, ca: mesh.api.ca, token });
  const maps = '/api/v1/namespaces/tinct/configmaps';
  const may = async (method: string, path: string) => (await account.ask(method, path)).status;
  t.equal(await may('GET', `${maps}/tinct-plan`), 200);
  for (const path of [maps, `${maps}/other`, '/api/v1/namespaces/tinct/secrets', '/api/v1/pods'])
    t.equal(await may('GET', path), 403, path);
  t.equal(await may('DELETE', `${maps}/tinct-plan`), 403, 'nor change it');
  account.close();
});

/** What a pod of this account would be given. */
async function tokenOf(kube: Kube): Promise<string> {
  const request = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: 3600 },
  };
  const path = '/api/v1/namespaces/tinct/serviceaccounts/tinct/token';
  const answer = (await kube.call('POST', path, request)) as { status: { token: string } };
  return answer.status.token;
}

t.test('the chart says what is missing', async (t) => {
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
