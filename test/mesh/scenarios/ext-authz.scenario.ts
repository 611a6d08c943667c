/** The example's Envoys as they stand; then the attack suite, through Envoys where nothing is done beforehand. */
import t from 'tap';
import { startExtAuthz } from '../../../packages/proxy/src/index.ts';
import { useForms } from '../../../packages/proxy/test/attacks/each.ts';
import { planText, TextSource } from '../../../packages/proxy/test/helpers.ts';
import { ask, valuesOf } from '../harness/ask.ts';
import { envoyForm, SECRET, startGateway } from '../harness/authz-gateway.ts';
import { until } from '../harness/child.ts';
import { ENVOYS } from '../parts/parts.ts';

/** What the service behind a gateway saw: its version, and the colors. */
async function seen(url: string, headers: Record<string, string>) {
  const { version, raw } = JSON.parse((await ask(url, { headers })).text);
  return [version, ...valuesOf(raw, 'x-tinct-my-service'), ...valuesOf(raw, 'x-tinct-decision')];
}

const FORGED = { 'user-id': '7', 'x-tinct-my-service': 'v2', 'x-tinct-decision': 'forged' };

for (const version of ENVOYS)
  for (const way of ['grpc', 'http'] as const)
    t.test(
      `the example’s Envoy ${version} asks by ${way}; without an answer everyone gets stable`,
      async (t) => {
        const { url, authz } = await startGateway(t, version, way);
        const options = {
          ...authz,
          plan: new TextSource(planText()),
          trustedHops: ['127.0.0.0/8'],
        };
        const server = await startExtAuthz({ ...options, secrets: [SECRET], graceMs: 100 });
        t.teardown(() => server.close());
        const tester = async () => (await seen(url, { 'user-id': '123' }))[0];
        await until('v2 is reached', async () => (await tester()) === 'v2');
        t.match(await seen(url, FORGED), ['v1', 'v1', /^my-service="v1";.*reason=DEFAULT/]);
        server.useSecrets(['another-secret-of-the-gateway']);
        t.same(
          await seen(url, { ...FORGED, 'user-id': '123' }),
          ['v1'],
          'a stranger is told nothing',
        );
        t.ok(server.stats().strangers > 0);
        await server.close();
        t.same(await seen(url, { ...FORGED, 'user-id': '123' }), ['v1'], 'nobody answers');
      },
    );

useForms(
  ENVOYS.flatMap((version) => [envoyForm(t, version, 'grpc'), envoyForm(t, version, 'http')]),
);

const suite = ['colors', 'carried', 'visitors', 'overrides', 'tokens'];
t.test('the suite', async () => {
  for (const name of suite) await import(`../../../packages/proxy/test/attacks/${name}.test.ts`);
});
