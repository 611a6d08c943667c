/** The order of writing: whatever happens between two steps, each request is answered as before or as after. */
import assert from 'node:assert/strict';
import { changePlan, type Plan } from '@tinct/core';
import {
  changeover,
  type Document,
  type GenerateOptions,
  refOf,
  type Step,
  stepText,
  without,
} from '@tinct/istio-config';
import fc from 'fast-check';
import t from 'tap';
import { type Rec, type Request, routeOf } from './istio-model.ts';
import { planOf } from './stages.ts';

const variants = fc.constantFrom(['v1', 'v2'], ['v1', 'v2', 'v3'], ['v2', 'v3']);

interface Shape {
  readonly state: string;
  readonly subsets: readonly string[];
  readonly services: readonly string[];
  readonly paths: readonly string[];
}

/** A release `web` of some services; of its variants the first is stable, and the last wins. */
const shape: fc.Arbitrary<Shape> = fc.record({
  state: fc.constantFrom('running', 'completed', 'aborted'),
  subsets: variants,
  services: fc.constantFrom(['web'], ['web', 'cart']),
  paths: fc.constantFrom([], ['/shop']),
});

function planText({ state, subsets, services, paths }: Shape, more = ''): string {
  const labels = subsets.map((v) => `${v}: { version: ${v} }`).join(', ');
  const all = services.map(
    (name) =>
      `      ${name}: { host: ${name}.shop.svc.cluster.local, port: 80, selector: { app: ${name} }, exposed: ${name === 'web'}, subsets: { ${labels} } }`,
  );
  const scope = paths.length === 0 ? '' : `, paths: [${paths.join(', ')}]`;
  return `apiVersion: tinct.dev/v1
kind: Plan
metadata: { name: shop, revision: 1 }
identity: [{ unit: user, header: user-id }]
istio: { gateways: [istio-system/edge] }
releases:
  web:
    stable: ${subsets[0]}
    state: ${state}
${state === 'completed' ? `    winner: ${subsets.at(-1)}\n` : ''}    scope: { hosts: [shop.example]${scope} }
    services:
${all.join('\n')}
    rules: [{ percent: 5, variant: ${subsets.at(-1)} }]
${more}`;
}

const OTHER = `  help:
    stable: v1
    scope: { hosts: [help.example] }
    services: { help: { host: help.shop.svc.cluster.local, port: 80, selector: { app: help }, subsets: { v1: { version: v1 } } } }
`;

type State = ReadonlyMap<string, Document>;
const key = (of: { readonly kind: string; readonly namespace: string; readonly name: string }) =>
  `${of.kind} ${of.namespace}/${of.name}`;
const stateOf = (documents: readonly Document[]): State =>
  new Map(documents.map((one) => [key(refOf(one)), one]));

/** Every state on the way, the first one and the last one too: each object is written alone. */
function statesOn(before: readonly Document[], steps: readonly Step<Document>[]): State[] {
  const states: State[] = [stateOf(before)];
  for (const step of steps) {
    const next = new Map(states.at(-1));
    const name = key(refOf(step.object));
    if (step.kind === 'delete') next.delete(name);
    else next.set(name, step.object);
    states.push(next);
  }
  return states;
}

const ofKind = (state: State, kind: string): Rec[] =>
  [...state.values()].filter((one) => one.kind === kind) as unknown as Rec[];

/** Each subset that a route names is there, and each Service of a version. */
function assertNothingMissing(state: State): void {
  const subsets = ofKind(state, 'DestinationRule').flatMap(({ spec }) => {
    const { host, subsets } = spec as { host: string; subsets: Rec[] };
    return subsets.map(({ name }) => `${host} ${name}`);
  });
  for (const { spec } of ofKind(state, 'VirtualService'))
    for (const { route } of (spec as { http: { route: { destination: Rec }[] }[] }).http)
      for (const { destination } of route)
        assert.ok(subsets.includes(`${destination['host']} ${destination['subset']}`));
  for (const { spec, metadata } of [...ofKind(state, 'HTTPRoute')])
    for (const { backendRefs } of (spec as { rules: { backendRefs: Rec[] }[] }).rules)
      for (const { name } of backendRefs)
        assert.ok(state.has(`Service ${(metadata as Rec)['namespace']}/${name}`), String(name));
}

/** Where a request to a host ends. */
function endOf(state: State, host: string, request: Request): string {
  const routes = ofKind(state, 'VirtualService')
    .filter(({ spec }) => (spec as { hosts: string[] }).hosts.includes(host))
    .map((one) => routeOf(one, request))
    .find((one) => one !== undefined);
  const [first] = (routes?.['route'] ?? []) as { destination: Rec }[];
  return first === undefined
    ? 'no route'
    : `${first.destination['host']} ${first.destination['subset']}`;
}

const REQUESTS: readonly (readonly [host: string, Request])[] = [
  'web.shop.svc.cluster.local',
  'cart.shop.svc.cluster.local',
  'help.shop.svc.cluster.local',
  'shop.example',
  'help.example',
].flatMap((host) =>
  [undefined, 'v1', 'v2', 'v3', 'v9'].flatMap((color) =>
    ['/', '/shop', '/shop/x'].map((path) => {
      const via = host.endsWith('.example') ? 'istio-system/edge' : 'mesh';
      const headers = color === undefined ? {} : { 'x-tinct-web': color };
      return [host, { via, path, method: 'GET', headers }] as const;
    }),
  ),
);

function assertSmooth(before: Plan | undefined, after: Plan, options: GenerateOptions): State[] {
  const old = before === undefined ? [] : changeover(undefined, before, options).documents;
  const { steps, documents, findings } = changeover(before, after, options);
  assert.deepEqual(findings, []);
  const states = statesOn(old, steps);
  assert.deepEqual(
    new Map([...(states.at(-1) ?? [])].sort()),
    new Map([...stateOf(documents)].sort()),
  );
  const [first, last] = [states[0] as State, states.at(-1) as State];
  for (const state of states) {
    assertNothingMissing(state);
    for (const [host, request] of REQUESTS) {
      const allowed = [endOf(first, host, request), endOf(last, host, request)];
      assert.ok(allowed.includes(endOf(state, host, request)), `${host} ${request.path}`);
    }
  }
  return states;
}

const WAYS: readonly GenerateOptions[] = [{}, { target: 'gateway-api', carrier: 'header' }];

t.test('from any plan to any other no route is ever without its subset', async () => {
  fc.assert(
    fc.property(shape, shape, fc.constantFrom(...WAYS), fc.boolean(), (a, b, how, helps) => {
      const [before, after] = [planOf(planText(a)), planOf(planText(b, helps ? OTHER : ''))];
      assertSmooth(before, after, how);
      assertSmooth(undefined, after, how);
      assertSmooth(after, without(after, 'web'), how);
    }),
    { numRuns: 60 },
  );
});

t.test('promote: no decided request changes its version in any state on the way', async () => {
  fc.assert(
    fc.property(shape, (of) => {
      const text = planText({ ...of, state: 'completed' });
      const { before, after } = changePlan(text, { kind: 'promote', release: 'web' }, { now: 0 });
      const states = assertSmooth(before, after, {});
      for (const [host, request] of REQUESTS) {
        const color = request.headers['x-tinct-web'];
        if (color === undefined || !of.subsets.includes(color)) continue;
        const ends = new Set(states.map((state) => endOf(state, host, request)));
        assert.equal(ends.size, 1, `${host} ${color}`);
      }
      const uncolored = endOf(states.at(-1) as State, 'web.shop.svc.cluster.local', {
        ...{ via: 'mesh', path: '/', method: 'GET', headers: {} },
      });
      assert.equal(uncolored, `web.shop.svc.cluster.local ${of.subsets.at(-1)}`);
    }),
    { numRuns: 30 },
  );
});

t.test('the steps read as what is to be done', async (t) => {
  const subsets = ['v1', 'v2'];
  const of: Shape = { state: 'running', subsets, services: ['web'], paths: [] };
  const plan = planOf(planText(of));
  const rule = 'DestinationRule shop/tinct-web';
  const routes = ['VirtualService shop/tinct-web', 'VirtualService shop/tinct.shop.example'];
  t.strictSame(changeover(undefined, plan).steps.map(stepText), [
    `apply ${rule}`,
    ...routes.map((one) => `apply ${one}`),
  ]);
  t.strictSame(changeover(plan, without(plan, 'web')).steps.map(stepText), [
    ...routes.map((one) => `delete ${one}`),
    `delete ${rule}`,
  ]);
  t.strictSame(changeover(plan, plan).steps, [], 'nothing to do');
  const refused = changeover(undefined, plan, { target: 'gateway-api', carrier: 'both' });
  t.strictSame(refused.steps, [], 'no steps to documents with errors');
});
