/** The story that it all began with: a tester's own version by two documents, and everyone else as before. */
import t from 'tap';
import { ask } from '../harness/ask.ts';
import { startMesh } from '../harness/mesh.ts';

/** As people write them by hand. */
const documents = (gateway: string) => `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: my-service, namespace: shop }
spec:
  host: my-service
  subsets:
    - name: v1
      labels: { version: v1 }
    - name: v2
      labels: { version: v2 }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: my-service, namespace: shop }
spec:
  hosts: [shop.example]
  gateways: [${gateway}]
  http:
    - match:
        - headers:
            user-id:
              exact: "123"
      route:
        - destination: { host: my-service, subset: v2 }
    - route:
        - destination: { host: my-service, subset: v1 }
`;

t.test('two documents by hand: user 123 gets v2, everyone else v1', async (t) => {
  const mesh = await startMesh(t);
  const [gateway] = await Promise.all([mesh.gateway(), mesh.service('my-service', ['v1', 'v2'])]);
  await mesh.apply(documents(gateway.ref));
  const by = (user?: string) => ({
    headers: { host: 'shop.example', ...(user === undefined ? {} : { 'user-id': user }) },
  });
  await mesh.waitRoute(
    'the route is there',
    gateway.url,
    by('123'),
    ({ version }) => version === 'v2',
  );
  const versions = { tester: new Set(), others: new Set() };
  for (let i = 0; i < 200; i += 1) {
    versions.tester.add((await ask(gateway.url, by('123'))).version);
    versions.others.add((await ask(gateway.url, by(`${i + 200}`))).version);
  }
  t.strictSame(versions, { tester: new Set(['v2']), others: new Set(['v1']) });
  t.equal((await ask(gateway.url, by())).version, 'v1', 'nobody');
});
