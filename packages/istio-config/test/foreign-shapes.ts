/** VirtualServices as people write them, generated: what of a route Tinct looks at, and what it must only keep. */
import fc from 'fast-check';
import type { Value } from '../../core/test/layouts.ts';
import type { Request } from './istio-model.ts';

const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

/** Leaves out what is undefined. */
const record = (shape: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Value> =>
  fc
    .record(shape)
    .map(
      (all) =>
        Object.fromEntries(Object.entries(all).filter(([, one]) => one !== undefined)) as Value,
    );

const VALUES = ['v1', 'v2', 'v', 'x'];
const PATHS = ['/', '/api', '/api/', '/old'];
const condition = fc.oneof(
  fc.record({ exact: fc.constantFrom(...VALUES) }),
  fc.record({ prefix: fc.constantFrom('v', 'v1', '').filter((one) => one !== '') }),
  fc.constant({}),
);
const HEADERS = ['x-a', 'x-tinct-my-service', 'X-Tinct-My-Service', 'x-tinct-other', 'baggage'];
const conditions = some(
  fc
    .dictionary(fc.constantFrom(...HEADERS), condition, {
      minKeys: 1,
      maxKeys: 2,
      noNullPrototype: true,
    })
    .filter(
      (one) =>
        new Set(Object.keys(one).map((key) => key.toLowerCase())).size === Object.keys(one).length,
    ),
);
const match = record({
  uri: some(
    fc.oneof(
      fc.record({ prefix: fc.constantFrom(...PATHS) }),
      fc.record({ exact: fc.constantFrom(...PATHS) }),
    ),
  ),
  method: some(fc.record({ exact: fc.constantFrom('GET', 'POST') })),
  headers: conditions,
  withoutHeaders: conditions,
  gateways: some(fc.constantFrom(['mesh'], ['istio-system/edge'])),
});

const MINE = ['my-service', 'my-service.shop.svc.cluster.local'];
const HOSTS = [...MINE, ...MINE, 'other', 'elsewhere.shop.svc.cluster.local'];
const destination = (weight: fc.Arbitrary<unknown>) =>
  record({
    destination: record({
      host: fc.constantFrom(...HOSTS),
      subset: some(fc.constantFrom('v1', 'v2', 'theirs')),
      port: some(fc.constant({ number: 8080 })),
    }),
    weight,
    headers: some(fc.constant({ request: { set: { 'x-to': 'there' } } })),
  });
const weights = fc.constantFrom(0, 10, 45);
const action = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(destination(fc.constant(undefined))).map((route) => ({ route })),
  },
  {
    weight: 3,
    arbitrary: fc
      .array(destination(weights), { minLength: 2, maxLength: 4 })
      .map((route) => ({ route })),
  },
  { weight: 1, arbitrary: fc.constant({ redirect: { uri: '/new' } }) },
  { weight: 1, arbitrary: fc.constant({ directResponse: { status: 418 } }) },
);
const extras = record({
  name: some(fc.constantFrom('api', 'a route', 'tinct')),
  match: some(fc.array(match, { minLength: 1, maxLength: 3 })),
  timeout: some(fc.constantFrom('3s', '0.5s')),
  retries: some(fc.constant({ attempts: 3, retryOn: '5xx,reset' })),
  fault: some(fc.constant({ delay: { fixedDelay: '5s', percentage: { value: 0.1 } } })),
  rewrite: some(fc.constant({ uri: '/' })),
  mirror: some(fc.constant({ host: 'my-service', subset: 'v2' })),
  corsPolicy: some(
    fc.constant({ allowOrigins: [{ exact: 'https://shop.example' }], maxAge: '24h' }),
  ),
  headers: some(
    fc.constantFrom<Value>(
      { response: { set: { 'x-env': 'prod' }, remove: ['server'] } },
      { request: { add: { 'x-env': 'prod' } } },
    ),
  ),
  notYetKnown: some(fc.constant({ deep: ['x', { y: 1 }] })),
});
const route = fc
  .tuple(extras, action)
  .map(([rest, does]) => ({ ...(rest as object), ...does }) as Value);

/** As a parser would give it: no shared parts, and prototypes as usual. */
const plain = (value: Value): Value => JSON.parse(JSON.stringify(value));

/** A VirtualService of the namespace `shop`. */
export const virtualService: fc.Arbitrary<Value> = fc
  .tuple(
    fc.array(route, { minLength: 1, maxLength: 6 }),
    some(fc.constantFrom(['mesh'], ['istio-system/edge'], ['istio-system/edge', 'mesh'])),
  )
  .map(([http, gateways]) => ({
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'web', namespace: 'shop', annotations: { team: 'web' } },
    spec: {
      hosts: ['shop.example', 'my-service'],
      ...(gateways === undefined ? {} : { gateways }),
      http,
    },
  }))
  .map(plain);

const BAGGAGE = [
  'tinct.my-service=v1',
  'a=b, tinct.my-service = v2 ;p=1,c=d',
  'tinct.my-service=v3',
  'tinct.my-service=v22,nottinct.my-service=v2',
  'userId=alice',
  'v1',
];

/** Requests with and without colors, by both carriers, and with the headers that routes ask for. */
export const request: fc.Arbitrary<Request> = fc
  .record({
    via: fc.constantFrom('mesh', 'istio-system/edge'),
    path: fc.constantFrom('/', '/api', '/api/x', '/old', '/older'),
    method: fc.constantFrom('GET', 'POST'),
    color: some(fc.constantFrom('v1', 'v2', 'v3', 'v9', '')),
    other: some(fc.constantFrom('v1', 'v2')),
    baggage: some(fc.constantFrom(...BAGGAGE)),
    a: some(fc.constantFrom(...VALUES)),
  })
  .map(({ via, path, method, color, other, baggage, a }) => {
    const all = { 'x-tinct-my-service': color, 'x-tinct-other': other, baggage, 'x-a': a };
    const headers = Object.entries(all).filter(
      (pair): pair is [string, string] => pair[1] !== undefined,
    );
    return { via, path, method, headers: Object.fromEntries(headers) };
  });
