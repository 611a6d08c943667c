/** The edge before a gateway: with `tinct istio guard`, who reaches the gateway directly gets nothing by a color. */
import { join } from 'node:path';
import t from 'tap';
import { ask } from '../harness/ask.ts';
import { startMesh } from '../harness/mesh.ts';
import { COLOR, HOST, planText } from '../harness/shop.ts';
import { folderOf, startEdge, tinctDoes } from '../harness/tinct.ts';

t.test('attack: a direct request to the gateway behind the edge, with a color', async (t) => {
  const mesh = await startMesh(t);
  const [gateway] = await Promise.all([mesh.gateway(), mesh.service('my-service', ['v1', 'v2'])]);
  const folder = folderOf(mesh, 'plan', { 'plan.yaml': planText() });
  await mesh.apply(await tinctDoes(folder, 'istio', 'generate', 'plan.yaml'));
  const forged = { headers: { host: HOST, 'user-id': '999', [COLOR]: 'v2' } };
  const direct = { ...forged, localAddress: '127.0.0.1' };
  const { version } = await mesh.waitRoute(
    'open',
    gateway.url,
    direct,
    (one) => one.status === 200,
  );
  t.equal(version, 'v2', 'without a guard, a client chooses');

  // The edge’s connections come from an address of their own.
  const edge = await startEdge(mesh, { upstream: gateway.url, plan: join(folder, 'plan.yaml') });
  const stranger = { ...forged, localAddress: mesh.address() };
  await mesh.apply(await tinctDoes(folder, 'istio', 'guard', '--ip', '127.0.0.1'));
  await mesh.waitRoute('guarded', gateway.url, stranger, ({ status }) => status === 403);
  t.equal((await ask(gateway.url, stranger)).version, undefined, 'no service answers');
  const by = (user: string) => ({ headers: { ...forged.headers, 'user-id': user } });
  t.equal((await ask(edge.url, by('999'))).version, 'v1', 'by the edge, a forged color is nothing');
  t.equal((await ask(edge.url, by('123'))).version, 'v2', 'and a decided one is followed');

  await mesh.apply(
    await tinctDoes(folder, 'istio', 'guard', '--ip', '127.0.0.1', '--host', 'other.example'),
  );
  await mesh.waitRoute('not for this host', gateway.url, stranger, ({ status }) => status === 200);
});
