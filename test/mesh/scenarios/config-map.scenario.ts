/** A plan in a ConfigMap, watched at a real API server with no more rights than it needs. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { ask } from '../harness/ask.ts';
import { until } from '../harness/child.ts';
import type { KubeObject } from '../harness/kube.ts';
import { type Mesh, startMesh } from '../harness/mesh.ts';
import { say } from '../harness/say.ts';
import { by, COLOR, planText } from '../harness/shop.ts';
import { startEdge } from '../harness/tinct.ts';

const NAMESPACE = 'shop';
const RBAC = 'rbac.authorization.k8s.io';

/** What docs/running.md asks for: `get` and `watch` on the one ConfigMap. */
const rights = (verbs: readonly string[]): KubeObject[] => [
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'edge', namespace: NAMESPACE } },
  {
    apiVersion: `${RBAC}/v1`,
    kind: 'Role',
    metadata: { name: 'edge', namespace: NAMESPACE },
    rules: [{ apiGroups: [''], resources: ['configmaps'], resourceNames: ['plan'], verbs }],
  },
  {
    apiVersion: `${RBAC}/v1`,
    kind: 'RoleBinding',
    metadata: { name: 'edge', namespace: NAMESPACE },
    roleRef: { apiGroup: RBAC, kind: 'Role', name: 'edge' },
    subjects: [{ kind: 'ServiceAccount', name: 'edge', namespace: NAMESPACE }],
  },
];

/** As Kubernetes mounts it into a pod. */
async function accountFolder({ api, folder }: Mesh): Promise<string> {
  const path = `/api/v1/namespaces/${NAMESPACE}/serviceaccounts/edge/token`;
  const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
  const answer = (await api.kube.call('POST', path, request)) as { status: { token: string } };
  const account = join(folder, 'account');
  mkdirSync(account);
  writeFileSync(join(account, 'token'), answer.status.token);
  writeFileSync(join(account, 'ca.crt'), api.ca);
  return account;
}

const planFor = (revision: number, user: string): string =>
  planText({ revision, rules: [`{ users: ["${user}"], variant: v2 }`] });

const mapOf = (text: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'plan', namespace: NAMESPACE },
  data: { 'plan.yaml': text },
});

t.test('a plan in a ConfigMap', async (t) => {
  const mesh = await startMesh(t);
  const service = await mesh.service('my-service', ['v1']);
  await mesh.apply([...rights(['get', 'watch']), mapOf(planFor(1, 'a'))]);
  const flags = [
    ...['--plan-config-map', `${NAMESPACE}/plan`, '--plan-api-server', mesh.api.server],
    ...['--plan-account', await accountFolder(mesh)],
  ];
  const edge = await startEdge(mesh, { upstream: service.versions.v1.url, flags });
  const colorOf = async (user: string) => {
    const { seen } = await ask(edge.url, by(user));
    return seen?.raw[seen.raw.findIndex((name) => name.toLowerCase() === COLOR) + 1];
  };
  const inForce = (revision: number) =>
    until(`revision ${revision}`, async () => (await edge.revision()) === revision, {
      alive: [edge.child],
    });

  await t.test('is read at the start', async (t) => {
    await inForce(1);
    t.equal(await colorOf('a'), 'v2');
    t.equal(await colorOf('b'), 'v1');
  });

  await t.test('is in force within moments after a change', async (t) => {
    const times: number[] = [];
    for (let revision = 2; revision <= 11; revision += 1) {
      const began = performance.now();
      await mesh.apply([mapOf(planFor(revision, `user-${revision}`))]);
      await inForce(revision);
      times.push(performance.now() - began);
      t.equal(await colorOf(`user-${revision}`), 'v2');
    }
    const [middle = 0] = times.sort((a, b) => a - b).slice(5);
    say(
      t,
      `a change of the ConfigMap is in force after ${middle.toFixed(0)} ms (median of ${times.length})`,
    );
  });

  await t.test('a bad one does not replace a good one', async (t) => {
    await mesh.apply([mapOf('releases: {}')]);
    await until('it is refused', async () => (await edge.metric('tinct_plan_refused')) === 1);
    t.equal(await edge.revision(), 11);
    await mesh.apply([mapOf(planFor(12, 'c'))]);
    await inForce(12);
    t.equal(await edge.metric('tinct_plan_refused'), 0);
  });

  await t.test(
    'stays in force while the API server is away, and is watched again after',
    async (t) => {
      await mesh.api.restart(async () => {
        t.equal(await colorOf('c'), 'v2');
        await until('it is said', async () => (await edge.metric('tinct_plan_refused')) === 1);
      });
      t.equal(await edge.revision(), 12);
      await mesh.apply([mapOf(planFor(13, 'd'))]);
      await inForce(13);
    },
  );

  await t.test('stays in force when the object or the right to it is gone', async (t) => {
    await mesh.api.kube.remove([mapOf('')]);
    await until('it is missed', async () => (await edge.metric('tinct_plan_refused')) === 1);
    t.equal(await colorOf('d'), 'v2');
    await mesh.apply([mapOf(planFor(14, 'e'))]);
    await inForce(14);
    await mesh.apply(rights(['list']));
    await mesh.api.restart();
    await until('403 is said', () => /answers 403/.test(edge.child.said));
    t.equal(await colorOf('e'), 'v2');
    await mesh.apply([...rights(['get', 'watch']), mapOf(planFor(15, 'f'))]);
    await inForce(15);
  });
});
