/** How long a bad version still gets requests after somebody said stop, and that nobody notices but by its absence. */
import t, { type Test } from 'tap';
import { until } from '../harness/child.ts';
import { failed, type Load, quantile, type Shot, startLoad } from '../harness/load.ts';
import { type Mesh, startMesh } from '../harness/mesh.ts';
import { say } from '../harness/say.ts';
import { by, openShop, type Plan, planText, writePlan } from '../harness/shop.ts';
import { type EdgeProcess, startEdge, tinctDoes } from '../harness/tinct.ts';

/** Half of the users are on v2. */
const RULES = ['{ percent: 50, variant: v2 }'];
const REPLICAS = 3;
/** Nobody should wait as long on the busiest machine; what it is here is printed. */
const PATIENCE_MS = 30_000;

const edgesOf = (mesh: Mesh, upstream: string, plan: Plan): Promise<readonly EdgeProcess[]> =>
  Promise.all(
    Array.from({ length: REPLICAS }, () => startEdge(mesh, { upstream, plan: plan.file })),
  );

/** A thousand users who come back again and again, through each edge in turn. */
function loadOn(edges: readonly EdgeProcess[]): Load {
  return startLoad((i) => {
    const { url } = edges[i % edges.length] as EdgeProcess;
    return { url, ...by(`${i % 1000}`) };
  });
}

const onV2 = (shots: readonly Shot[]) => shots.filter(({ version }) => version === 'v2');

/** Runs the command in the midst of a load, and on until v2 has had no request for long. */
async function abortUnder(t: Test, load: Load, command: () => Promise<unknown>): Promise<void> {
  await until('a load on both', () => onV2(load.shots).length > 500);
  const before = load.shots.length;
  const began = performance.now();
  await command();
  const ended = performance.now();
  await until('500 requests in a row to stable', () => {
    const last = load.shots.slice(-500);
    return last.every(({ sentAt, version }) => sentAt > ended && version === 'v1');
  });
  const shots = await load.stop();
  t.strictSame(failed(shots), [], 'no request failed');
  const lastAt = Math.max(...onV2(shots).map(({ endedAt }) => endedAt));
  const [command_, last] = [ended - began, lastAt - began].map((ms) => ms.toFixed(0));
  say(t, `the command took ${command_} ms; the last answer of v2 came ${last} ms after its start`);
  say(
    t,
    `${shots.length} requests, 0 failed; p99 ${quantile(shots.slice(before), 0.99).toFixed(1)} ms`,
  );
  t.ok(lastAt - began < PATIENCE_MS);
}

t.test('abort under load', async (t) => {
  const mesh = await startMesh(t);
  const plan = writePlan(mesh, planText({ rules: RULES }));
  const { gateway } = await openShop(mesh, plan);

  await t.test(`tinct abort, to ${REPLICAS} edges`, async (t) => {
    const edges = await edgesOf(mesh, gateway.url, plan);
    const before = await mesh.istiod.pushes();
    const admins = edges.flatMap(({ admin }) => ['--admin', admin]);
    const abort = () => tinctDoes(mesh.folder, 'abort', 'my-service', ...admins);
    await abortUnder(t, loadOn(edges), abort);
    t.equal(await mesh.istiod.pushes(), before, 'nothing went through the mesh');
  });

  await t.test(
    'the document that sends everyone to stable: no edge has to be reached',
    async (t) => {
      const edges = await edgesOf(mesh, gateway.url, plan);
      const abort = await plan.routes('--abort', 'my-service');
      await abortUnder(t, loadOn(edges), () => mesh.apply(abort));
    },
  );
});
