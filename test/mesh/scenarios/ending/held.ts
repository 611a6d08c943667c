/**
 * Starts a mesh, says what belongs to it in the file that it is given, and goes on until it is ended, fails, or has an
 * Envoy refuse what it is given.
 */
import { writeFileSync } from 'node:fs';
import t from 'tap';
import { until } from '../../harness/child.ts';
import { startMesh } from '../../harness/mesh.ts';

const [, , file = '', what] = process.argv;
const mesh = await startMesh(t);
const gateway = await mesh.gateway();
const pids = mesh.children.all.map(({ pid }) => pid);
writeFileSync(file, JSON.stringify({ pids, folder: mesh.folder }));

/** A route with a regular expression that no Envoy can compile. */
async function provokeReject(): Promise<void> {
  const route = {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'bad', namespace: 'shop' },
    spec: {
      hosts: ['bad.example'],
      gateways: [gateway.ref],
      http: [{ match: [{ uri: { regex: '([' } }], redirect: { authority: 'good.example' } }],
    },
  };
  await mesh.apply([route]);
  t.ok(await until('the counter grows', async () => (await mesh.istiod.xdsRejects()) > 0));
}

if (what === 'fail') t.fail('as it was asked to');
else if (what === 'reject') await provokeReject();
else await new Promise(() => {});
