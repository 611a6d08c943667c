import { beside, generate, readManifests } from '@tinct/istio-config';
import t from 'tap';
import { planOf } from './stages.ts';

const PLAN = planOf(`
apiVersion: tinct.dev/v1
kind: Plan
metadata: { name: shop, revision: 1 }
identity: [{ unit: user, header: user-id }]
istio: { gateways: [istio-system/edge] }
releases:
  web:
    stable: v1
    scope: { hosts: [shop.example] }
    services: { web: { host: web.shop.svc.cluster.local, port: 80, selector: { app: web }, subsets: { v1: { version: v1 }, v2: { version: v2 } } } }
    rules: [{ percent: 1, variant: v2 }]
`);
const own = generate(PLAN, { for: 'gateway' }).documents;

const virtualService = (spec: string) => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: theirs, namespace: shop }
spec: ${spec}
`;
const there = (text: string) => readManifests(text, { file: 'x.yaml' }).manifests;
const namesOf = (spec: Readonly<Record<string, unknown>> | undefined) =>
  ((spec?.['http'] ?? []) as { name: string }[]).map(({ name }) => name);

const TO = 'route: [{ destination: { host: web } }]';

t.test('beside a route for everything, colors come first and the rest is theirs', async (t) => {
  const theirs = virtualService(
    `{ hosts: [shop.example], gateways: [istio-system/edge], http: [{ ${TO} }] }`,
  );
  const { documents, findings } = beside(own, there(theirs));
  t.strictSame(findings, []);
  t.strictSame(namesOf(documents.at(-1)?.spec), ['tinct/web/v1', 'tinct/web/v2']);
  t.strictSame(documents[0], own[0], 'a DestinationRule stays');
});

const REFUSED: Readonly<Record<string, [spec: string, why: RegExp]>> = {
  'a route with a condition': [
    `{ hosts: [shop.example], gateways: [istio-system/edge], http: [{ match: [{ uri: { prefix: /api } }], ${TO} }] }`,
    /the older of the two would come first/,
  ],
  'a wider host': [
    `{ hosts: ["*.example"], gateways: [istio-system/edge], http: [{ ${TO} }] }`,
    /more specific host alone/,
  ],
};

for (const [name, [spec, why]] of Object.entries(REFUSED))
  t.test(`refused: ${name}`, async (t) => {
    const { findings } = beside(own, there(virtualService(spec)));
    t.strictSame(
      findings.map(({ code, line, file }) => [code, line, file]),
      [['TINCT_ISTIO_BESIDE', 2, 'x.yaml']],
    );
    t.match(findings[0]?.message, why);
  });

t.test('refused: the mesh takes the oldest alone', async (t) => {
  const mesh = generate(PLAN, { for: 'mesh' }).documents;
  const { findings } = beside(mesh, there(virtualService(`{ hosts: [web], http: [{ ${TO} }] }`)));
  t.match(findings[0]?.message, /takes the oldest one alone/);
});

t.test('others are not in the way', async (t) => {
  for (const spec of [
    `{ hosts: [other.example], gateways: [istio-system/edge], http: [{ match: [{ uri: { prefix: /api } }], ${TO} }] }`,
    `{ hosts: [shop.example], gateways: [other], http: [{ match: [{ uri: { prefix: /api } }], ${TO} }] }`,
  ]) {
    const { documents, findings } = beside(own, there(virtualService(spec)));
    t.strictSame([documents, findings], [own, []]);
  }
});

t.test(
  'HTTPRoutes: a rule without conditions is theirs, one with conditions is refused',
  async (t) => {
    const api = generate(PLAN, { target: 'gateway-api', for: 'gateway' }).documents;
    const theirs = (matches: string) => `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: theirs, namespace: shop }
spec:
  parentRefs: [{ name: edge, namespace: istio-system }]
  hostnames: [shop.example]
  rules: [{ ${matches}backendRefs: [{ name: web, port: 80 }] }]
`;
    const { documents, findings } = beside(api, there(theirs('')));
    t.strictSame(findings, []);
    t.equal(((documents.at(-1)?.spec['rules'] ?? []) as unknown[]).length, 2);
    const refused = beside(api, there(theirs('matches: [{ method: GET }], ')));
    t.strictSame(
      refused.findings.map(({ code }) => code),
      ['TINCT_ISTIO_BESIDE'],
    );
  },
);
