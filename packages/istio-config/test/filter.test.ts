import {
  extAuthzFilter,
  type FilterOptions,
  guardPolicy,
  lint,
  mutualTlsGateway,
  readManifests,
  renderDocument,
} from '@tinct/istio-config';
import t from 'tap';
import { parse } from 'yaml';
import { goldensOf } from './goldens.ts';
import { planOf } from './stages.ts';

const DEFAULTS = {
  namespace: 'istio-system',
  target: { labels: { istio: 'ingressgateway' } },
  hosts: [],
  baggage: 'members',
  keepUnderscores: false,
};

/** A golden says in its first line how the filter is asked for. */
function filterOf(text: string): string {
  const way = parse(text.split('\n')[0]?.replace('# way: ', '') ?? '');
  return renderDocument(extAuthzFilter(planOf(text), { ...DEFAULTS, ...way } as FilterOptions));
}

for (const { name, text, equal } of goldensOf('filter'))
  t.test(`the filter ${name}`, async (t) => {
    const made = filterOf(text);
    equal(t, 'out.yaml', made);
    const codes = lint(readManifests(made).manifests, { plan: planOf(text) }).map((f) => f.code);
    t.notMatch(codes.join(), /FILTER/, 'lint has nothing to say of it');
  });

const [some] = goldensOf('filter').filter(({ name }) => name === 'grpc');

t.test('the headers of all releases are taken from clients before a route is chosen', async (t) => {
  const made = filterOf(some?.text ?? '');
  for (const header of ['x-tinct-my-service', 'x_version', 'x-tinct-decision'])
    t.match(made, `- remove: ${header}\n`);
  t.match(made, '["x-version"] = true');
});

const MANIFESTS = (guard: object) => `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: edge, namespace: istio-system }
spec: { selector: { istio: ingressgateway }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: ["*"] }] }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: web, namespace: shop }
spec:
  hosts: [shop.example]
  gateways: [istio-system/edge]
  http:
    - match: [{ headers: { x-tinct-my-service: { exact: v2 } } }]
      route: [{ destination: { host: web } }]
    - route: [{ destination: { host: web } }]
---
${renderDocument(guard)}`;

t.test('lint takes a gateway with a filter or a guard for closed', async (t) => {
  const guard = {
    namespace: 'istio-system',
    target: DEFAULTS.target,
    principals: [],
    ips: [],
    hosts: [],
  };
  const codes = (document: object) =>
    lint(readManifests(MANIFESTS(document)).manifests).map(({ code }) => code);
  t.strictSame(codes({}), ['TINCT_LINT_EDGE_OPEN']);
  t.strictSame(codes(guardPolicy({ ...guard, ips: ['10.0.0.0/8'] })), []);
  t.strictSame(codes(guardPolicy({ ...guard, principals: ['cluster.local/ns/a/sa/b'] })), []);
  t.strictSame(codes(parse(filterOf(some?.text ?? ''))), []);
  const other = { labels: { istio: 'other' } };
  t.strictSame(codes(guardPolicy({ ...guard, target: other, ips: ['10.0.0.0/8'] })), [
    'TINCT_LINT_EDGE_OPEN',
  ]);
});

t.test('a guard denies who has neither the identity nor the address', async (t) => {
  const { spec } = guardPolicy({
    namespace: 'shop',
    target: { gateway: 'edge' },
    principals: ['cluster.local/ns/tinct/sa/tinct'],
    ips: ['10.0.0.0/8'],
    hosts: ['shop.example'],
  });
  t.strictSame(spec, {
    targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'edge' }],
    action: 'DENY',
    rules: [
      {
        from: [
          {
            source: {
              notPrincipals: ['cluster.local/ns/tinct/sa/tinct'],
              notIpBlocks: ['10.0.0.0/8'],
            },
          },
        ],
        to: [{ operation: { hosts: ['shop.example', 'shop.example:*'] } }],
      },
    ],
  });
});

t.test('a gateway by certificate asks for one', async (t) => {
  const made = mutualTlsGateway({
    name: 'edge-only',
    namespace: 'istio-system',
    labels: { istio: 'ingressgateway' },
    hosts: [],
    credential: 'edge-only',
  });
  t.match(
    renderDocument(made),
    '    tls:\n        mode: MUTUAL\n        credentialName: edge-only',
  );
});
