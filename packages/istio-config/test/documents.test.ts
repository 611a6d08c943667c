import assert from 'node:assert/strict';
import { type GenerateOptions, generate, renderFolder, renderStream } from '@tinct/istio-config';
import t from 'tap';
import { goldens, planOf } from './stages.ts';

/** A folder of goldens is one way to generate. */
const WAYS: Readonly<Record<string, GenerateOptions>> = {
  istio: {},
  'istio-mesh': { for: 'mesh' },
  'istio-mesh-header': { for: 'mesh', carrier: 'header' },
  'istio-gateway': { for: 'gateway', withGateways: true },
  'istio-weighted': { weighted: true },
  'istio-abort': { abort: ['my-service'] },
  'gateway-api': { target: 'gateway-api', carrier: 'header' },
  'gateway-api-gateway': { target: 'gateway-api', for: 'gateway', withGateways: true },
  'gateway-api-weighted': { target: 'gateway-api', for: 'mesh', carrier: 'header', weighted: true },
  'gateway-api-abort': { target: 'gateway-api', carrier: 'header', abort: ['my-service'] },
};

for (const [folder, options] of Object.entries(WAYS))
  goldens(`documents/${folder}`, (text) => {
    const { documents, findings } = generate(planOf(text), options);
    assert.deepEqual(findings, []);
    return renderStream(documents);
  });

const PLAN = `
apiVersion: tinct.dev/v1
kind: Plan
metadata: { name: shop, revision: 1 }
identity: [{ unit: user, header: user-id }]
istio: { gateways: [istio-system/edge] }
releases:
  cart:
    stable: v1
    scope: { hosts: [shop.example] }
    services: { cart: { host: cart.shop.svc.cluster.local, subsets: { v1: { version: v1 }, v2: { version: v2 } } } }
    rules: [{ percent: 1, variant: v2 }]
`;

t.test('a ramp changes not one byte of the documents', async (t) => {
  const made = (plan: string) => renderStream(generate(planOf(plan)).documents);
  const before = made(PLAN);
  for (const percent of [5, 20, 99.999, 100])
    t.equal(
      made(PLAN.replace('percent: 1', `percent: ${percent}`).replace('revision: 1', 'revision: 2')),
      before,
    );
  for (const state of ['paused', 'aborted', 'completed, winner: v2'])
    t.equal(
      made(
        PLAN.replace(
          '    stable: v1',
          `    stable: v1\n    state: ${state}`.replace(', ', '\n    '),
        ),
      ),
      before,
      state,
    );
});

t.test('a folder lists its files in the order of writing', async (t) => {
  const files = renderFolder(generate(planOf(PLAN)).documents);
  const names = files.map(({ name }) => name);
  t.strictSame(names, [
    'shop.tinct-cart.destinationrule.yaml',
    'shop.tinct-cart.virtualservice.yaml',
    'shop.tinct.shop.example.virtualservice.yaml',
    'kustomization.yaml',
  ]);
  for (const name of names.slice(0, -1)) t.match(files.at(-1)?.text, `  - ${name}\n`);
});

const refused = (plan: string, options: GenerateOptions): string[] =>
  generate(planOf(plan), options).findings.map(({ code, path }) => `${code} ${path.join('.')}`);

t.test('what the Gateway API needs to know of a Service is asked for', async (t) => {
  const at = 'releases.cart.services.cart';
  t.strictSame(refused(PLAN, { target: 'gateway-api', carrier: 'header' }), [
    `TINCT_ISTIO_PORT_MISSING ${at}`,
    `TINCT_ISTIO_SELECTOR_MISSING ${at}`,
  ]);
});

const READY = PLAN.replace('cart: { host', 'cart: { port: 80, selector: { app: cart }, host');
const api = { target: 'gateway-api', carrier: 'header' } as const;

t.test('what the Gateway API cannot express is said, and never left out', async (t) => {
  const at = 'releases.cart.services.cart';
  t.strictSame(refused(READY, api), []);
  t.strictSame(refused(READY, { target: 'gateway-api' }), ['TINCT_ISTIO_HEADER_ONLY releases']);
  t.strictSame(refused(READY, { ...api, carrier: 'both' }), ['TINCT_ISTIO_INEXPRESSIBLE releases']);
  t.strictSame(refused(READY, { target: 'gateway-api', for: 'gateway' }), []);
  const outside = READY.replace('cart.shop.svc.cluster.local', 'api.bank.example').replace(
    'istio: {',
    'istio: { namespace: shop,',
  );
  t.strictSame(refused(outside, api), [`TINCT_ISTIO_INEXPRESSIBLE ${at}.host`]);
  const grpc = READY.replace('port: 80', 'port: 80, protocol: grpc');
  t.strictSame(refused(grpc, api), []);
  const paths = grpc.replace('hosts: [shop.example]', 'hosts: [shop.example], paths: [/a]');
  t.strictSame(refused(paths, api), [`TINCT_ISTIO_INEXPRESSIBLE ${at}`]);
  const long = READY.replaceAll('v2', 'v'.repeat(40)).replace(
    'cart.shop.svc',
    `${'c'.repeat(30)}.shop.svc`,
  );
  t.strictSame(refused(long, api), [`TINCT_ISTIO_INEXPRESSIBLE ${at}.subsets.${'v'.repeat(40)}`]);
});

t.test('16 rules are fine, and one more is an error', async (t) => {
  const of = (count: number) => {
    const more = Array.from({ length: count - 2 }, (_, i) => `w${i}: { version: w${i} }`);
    return READY.replace('v2: { version: v2 }', ['v2: { version: v2 }', ...more].join(', '));
  };
  t.strictSame(refused(of(15), api), []);
  t.strictSame(refused(of(16), { ...api, for: 'mesh' }), [
    'TINCT_ISTIO_TOO_MANY releases.cart.services.cart',
  ]);
  t.strictSame(refused(of(16), { target: 'istio' }), []);
});

t.test('64 paths in a rule and 128 in all are fine, and one more is an error', async (t) => {
  const of = (count: number, plan = READY) => {
    const paths = Array.from({ length: count }, (_, i) => `/${i}`).join(', ');
    return plan.replace('hosts: [shop.example]', `hosts: [shop.example], paths: [${paths}]`);
  };
  const at = 'releases.cart.services.cart';
  t.strictSame(refused(of(42), api), [], '3 rules of 42');
  t.strictSame(refused(of(43), api), [`TINCT_ISTIO_TOO_MANY ${at}`], '3 rules of 43');
  const alone = READY.replace(', v2: { version: v2 }', '').replace(
    'rules: [{ percent: 1, variant: v2 }]',
    '',
  );
  t.strictSame(refused(of(64, alone), api), []);
  t.strictSame(refused(of(65, alone), api), [`TINCT_ISTIO_TOO_MANY ${at}`]);
});

t.test('weights are what the plan gives to everyone; rules for some are said', async (t) => {
  const shares = (rules: string) => {
    const plan = planOf(PLAN.replace('[{ percent: 1, variant: v2 }]', rules));
    const { documents, findings } = generate(plan, { for: 'mesh', weighted: true });
    const text = renderStream(documents);
    const weights = [...text.matchAll(/weight: (\d+)/g)].map(([, weight]) => Number(weight));
    return [weights, findings.map(({ path }) => path.at(-1))];
  };
  t.strictSame(shares('[{ percent: 5, variant: v2 }]'), [[95, 5], []]);
  t.strictSame(shares('[{ percent: 0.5, variant: v2 }]'), [[99_500, 500], []]);
  t.strictSame(shares('[{ percent: 100, variant: v2 }]'), [[], []], 'no weight where there is one');
  t.strictSame(shares('[{ users: ["1"], variant: v2 }, { percent: 5, variant: v2 }]'), [
    [95, 5],
    [0],
  ]);
});
