/** The same plan by the Gateway API: HTTPRoutes and a Service for each version, at the gateway and in the mesh. */
import t from 'tap';
import { ask, valuesOf } from '../harness/ask.ts';
import { forEach } from '../harness/load.ts';
import { startMesh } from '../harness/mesh.ts';
import { say } from '../harness/say.ts';
import { by, COLOR, colored, planText, readPlan, versionOf, writePlan } from '../harness/shop.ts';
import { startEdge, tinct, tinctDoes } from '../harness/tinct.ts';

const PORT = 8000;
const HOST = `my-service.shop.svc.cluster.local:${PORT}`;
const USERS = Array.from({ length: 1000 }, (_, i) => `${i + 1}`);

t.test('HTTPRoutes', async (t) => {
  const mesh = await startMesh(t);
  const text = planText({
    gateway: 'istio-system/edge-api',
    service: `port: ${PORT}\n        targetPort: 9080\n        selector: { app: my-service }`,
    rules: ['{ users: ["123"], variant: v2 }', '{ percent: 20, variant: v2 }'],
  });
  const plan = writePlan(mesh, text);
  const istio = (...args: readonly string[]) => [
    ...['istio', ...args, '--target', 'gateway-api', '--kubeconfig', mesh.api.kubeconfig],
  ];
  const istioDoes = (...args: readonly string[]) => tinctDoes(plan.folder, ...istio(...args));
  const [gateway] = await Promise.all([
    mesh.gatewayOfApi(),
    mesh.service('my-service', ['v1', 'v2'], { port: PORT }),
  ]);
  const sidecar = await mesh.sidecar('web', { port: PORT });
  const applied = await istioDoes('apply', 'plan.yaml', '--wait');
  const isV2 = ({ version }: { version: string | undefined }) => version === 'v2';
  await mesh.waitRoute('v2 is reached', gateway.url, colored('v2'), isV2);

  await t.test('tinct istio apply writes them once, and says what is there', async (t) => {
    t.match(applied, /HTTPRoute shop\/\S+ +created/);
    t.match(applied, /Service shop\/\S+ +created/);
    t.match(await istioDoes('apply', 'plan.yaml'), 'nothing to change');
    t.match(await istioDoes('diff', 'plan.yaml'), 'No difference.');
    t.match(await istioDoes('status', 'plan.yaml'), /HTTPRoute .* there/);
  });

  await t.test(`${USERS.length} users through the edge: each as the plan says`, async (t) => {
    const edge = await startEdge(mesh, { upstream: gateway.url, plan: plan.file });
    const compiled = await readPlan(plan);
    const answers = await forEach(USERS, 16, (user) => ask(edge.url, by(user)));
    const wrong = USERS.filter((user, i) => answers[i]?.version !== versionOf(compiled, user));
    t.strictSame(wrong, []);
    const colors = new Set(answers.map(({ seen }) => valuesOf(seen?.raw ?? [], COLOR).length));
    t.strictSame(colors, new Set([1]), 'each request carries one color');
    say(t, `${answers.filter(isV2).length} of ${USERS.length} users on v2, 0 wrong`);
  });

  await t.test(
    'a call within the mesh is led by its color, and the route says where',
    async (t) => {
      const call = (color?: string) =>
        ask(sidecar.outbound, { headers: { host: HOST, ...(color && { [COLOR]: color }) } });
      await mesh.waitRoute(
        'v2 is reached',
        sidecar.outbound,
        { headers: { host: HOST, [COLOR]: 'v2' } },
        isV2,
      );
      for (const [color, version] of [
        ['v2', 'v2'],
        ['v1', 'v1'],
        [undefined, 'v1'],
        ['v9', 'v1'],
      ] as const) {
        t.match(await call(color), {
          version,
          headers: { 'x-tinct-routed': `my-service=${version}` },
        });
      }
    },
  );

  await t.test('--abort: everyone gets stable, whatever a request carries', async (t) => {
    await istioDoes('apply', 'plan.yaml', '--abort', 'my-service', '--wait');
    const isV1 = ({ version }: { version: string | undefined }) => version === 'v1';
    t.ok(await mesh.waitRoute('v1 at the gateway', gateway.url, colored('v2'), isV1));
    const call = { headers: { host: HOST, [COLOR]: 'v2' } };
    t.ok(await mesh.waitRoute('v1 in the mesh', sidecar.outbound, call, isV1));
  });

  await t.test('tinct istio delete takes everything away again', async (t) => {
    await istioDoes('delete', 'plan.yaml');
    const { status, out } = await tinct(plan.folder, ...istio('status', 'plan.yaml'));
    t.equal(status, 1, out);
    t.match(out, /HTTPRoute .* missing/);
    t.notMatch(out, / there /);
  });
});
