import assert from 'node:assert/strict';
import { type GenerateOptions, generate, renderFolder, renderStream } from '@tinct/istio-config';
import t from 'tap';
import { goldens, planOf } from './stages.ts';

/** A folder of goldens is one way to generate. */
const WAYS: Readonly<Record<string, GenerateOptions>> = {
  istio: { for: 'both', withGateways: false },
  'istio-mesh': { for: 'mesh', withGateways: false },
  'istio-gateway': { for: 'gateway', withGateways: true },
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
const both = { for: 'both', withGateways: false } as const;

t.test('a ramp changes not one byte of the documents', async (t) => {
  const made = (plan: string) => renderStream(generate(planOf(plan), both).documents);
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
  const files = renderFolder(generate(planOf(PLAN), both).documents);
  const names = files.map(({ name }) => name);
  t.strictSame(names, [
    'shop.tinct-cart.destinationrule.yaml',
    'shop.tinct-cart.virtualservice.yaml',
    'shop.tinct.shop.example.virtualservice.yaml',
    'kustomization.yaml',
  ]);
  for (const name of names.slice(0, -1)) t.match(files.at(-1)?.text, `  - ${name}\n`);
});
