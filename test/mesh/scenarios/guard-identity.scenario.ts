/** `tinct istio guard` by who the edge is: by its identity in the mesh, and by a certificate for the gateway alone. */
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import t, { type Test } from 'tap';
import { type Answer, answerOf, ask } from '../harness/ask.ts';
import { until } from '../harness/child.ts';
import {
  type Authority,
  type Certificate,
  makeAuthority,
  serveSecrets,
} from '../harness/identity.ts';
import { type KubeObject, objectsOf } from '../harness/kube.ts';
import { type Gateway, type Mesh, startMesh } from '../harness/mesh.ts';
import { by, COLOR, type Plan, planText, writePlan } from '../harness/shop.ts';
import { startEdge, tinctDoes } from '../harness/tinct.ts';

const PORTS = { mutual: 8443, edgeOnly: 8444 } as const;
const SECRETS_PORT = 15_099;
/** What clients take a gateway's certificate for: they know no SPIFFE names. */
const NAME = 'edge.istio-system';
const EDGE = 'cluster.local/ns/tinct/sa/tinct-edge';
const FORGED = by('999', { [COLOR]: 'v2' });

interface Line {
  readonly mesh: Mesh;
  readonly gateway: Gateway;
  readonly plan: Plan;
  readonly authority: Authority;
  /** Of the edge, and of another workload of the same mesh. */
  readonly edge: Certificate;
  readonly other: Certificate;
}

const pem = (file: string): string => readFileSync(file, 'utf8');

/** A request with a forged color to a port of the gateway, by who shows this certificate. */
function direct(line: Line, port: number, shown?: Certificate): Promise<Answer> {
  const { hostname } = new URL(line.gateway.url);
  return new Promise((resolve, reject) => {
    const options = {
      ...{ host: hostname, port, servername: NAME, ca: pem(line.authority.ca), agent: false },
      ...(shown && { cert: pem(shown.cert), key: pem(shown.key) }),
    };
    request({ ...options, headers: FORGED.headers }, async (res) => {
      resolve(answerOf(res.statusCode ?? 0, res.headers, await text(res)));
    })
      .on('error', reject)
      .end();
  });
}

/** `tinct proxy` that shows the edge's certificate. */
const edgeAt = (line: Line, port: number) => {
  const { hostname } = new URL(line.gateway.url);
  const { authority, edge, plan, mesh } = line;
  const flags = [
    ...['--upstream-tls-authority', authority.ca, '--upstream-tls-server-name', NAME],
    ...['--upstream-tls-cert', edge.cert, '--upstream-tls-key', edge.key],
  ];
  return startEdge(mesh, { upstream: `https://${hostname}:${port}`, plan: plan.file, flags });
};

/** A listener of the gateway at its own address. */
const listening = (gateway: Gateway, object: KubeObject, port: number): KubeObject => {
  const spec = object['spec'] as { servers: { port: object }[] };
  const bind = new URL(gateway.url).hostname;
  const servers = spec.servers.map((server) => ({
    ...{ ...server, bind },
    port: { ...server.port, number: port },
  }));
  return { ...object, spec: { ...spec, servers } };
};

/** In the mesh, every workload of the gateway's authority is let in. */
const MUTUAL: KubeObject = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'Gateway',
  metadata: { name: 'mutual', namespace: 'istio-system' },
  spec: {
    selector: { istio: 'ingressgateway' },
    servers: [
      {
        port: { number: 443, name: 'https', protocol: 'HTTPS' },
        hosts: ['*'],
        tls: { mode: 'ISTIO_MUTUAL' },
      },
    ],
  },
};

/** A gateway may read the Secrets of its namespace, as Istio's own charts let it. */
const RIGHTS = ['Role', 'RoleBinding'].map((kind) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind,
  metadata: { name: 'edge', namespace: 'istio-system' },
  ...(kind === 'Role'
    ? { rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'watch', 'list'] }] }
    : {
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'edge' },
        subjects: [{ kind: 'ServiceAccount', name: 'edge', namespace: 'istio-system' }],
      }),
}));

async function open(t: Test): Promise<Line> {
  const mesh = await startMesh(t, { identities: true });
  const authority = makeAuthority(join(mesh.folder, 'authority'));
  const own = authority.issue('istio-system', 'edge', NAME);
  const secrets = `${mesh.address()}:${SECRETS_PORT}`;
  mesh.onStop(await serveSecrets(secrets, authority, own));
  const credential = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'edge-only', namespace: 'istio-system' },
    type: 'Opaque',
    stringData: {
      'tls.crt': pem(own.cert),
      'tls.key': pem(own.key),
      'ca.crt': pem(authority.ca),
    },
  };
  await mesh.apply([...RIGHTS, credential]);
  const gateways = ['edge', 'mutual', 'tinct-edge-only'].map((name) => `istio-system/${name}`);
  const plan = writePlan(mesh, planText({ gateway: gateways.join(', ') }));
  const [gateway] = await Promise.all([
    mesh.gateway({ identity: { account: 'edge', secrets } }),
    mesh.service('my-service', ['v1', 'v2']),
  ]);
  await mesh.apply(await plan.routes());
  const edge = authority.issue('tinct', 'tinct-edge');
  const other = authority.issue('shop', 'web');
  return { mesh, gateway, plan, authority, edge, other };
}

/** The edge is let in, and decides. */
async function edgeDecides(t: Test, line: Line, port: number): Promise<void> {
  const { url } = await edgeAt(line, port);
  const { version } = await line.mesh.waitRoute(
    'the edge is let in',
    url,
    by('123'),
    ({ status }) => status === 200,
  );
  t.equal(version, 'v2', 'a decided color is followed');
  t.match(await ask(url, FORGED), { status: 200, version: 'v1' }, 'a forged one is nothing');
}

t.test('who the edge is', async (t) => {
  const line = await open(t);
  const { mesh, gateway, plan, edge, other } = line;
  const guard = (...args: readonly string[]) =>
    tinctDoes(plan.folder, 'istio', 'guard', ...args).then(objectsOf);

  await t.test('attack: a workload of the mesh picks a color, --principal', async (t) => {
    await mesh.apply([listening(gateway, MUTUAL, PORTS.mutual)]);
    const open = () => direct(line, PORTS.mutual, other);
    await until('the listener is there', async () => (await open()).status === 200);
    t.equal((await open()).version, 'v2', 'without a guard, any workload chooses');
    await mesh.apply(await guard('--principal', EDGE));
    await until('guarded', async () => (await open()).status === 403);
    t.equal((await open()).version, undefined, 'no service answers');
    // A connection of before is served as before until it ends.
    const plain = { ...FORGED, agent: false } as const;
    const isRefused = ({ status }: Answer) => status === 403;
    t.ok(await mesh.waitRoute('nor without a certificate', gateway.url, plain, isRefused));
    await edgeDecides(t, line, PORTS.mutual);
    await mesh.api.kube.remove(await guard('--principal', EDGE));
  });

  await t.test('attack: somebody without a certificate picks a color, --mtls', async (t) => {
    const written = await guard('--mtls', 'edge-only');
    await mesh.apply(written.map((each) => listening(gateway, each, PORTS.edgeOnly)));
    await edgeDecides(t, line, PORTS.edgeOnly);
    t.equal((await direct(line, PORTS.edgeOnly, edge)).version, 'v2', 'the certificate is enough');
    await t.rejects(direct(line, PORTS.edgeOnly), 'without one, there is no connection');
    const strangers = makeAuthority(join(mesh.folder, 'strangers'));
    const stranger = strangers.issue('tinct', 'tinct-edge');
    await t.rejects(direct(line, PORTS.edgeOnly, stranger), 'nor by another authority’s');
  });
});
