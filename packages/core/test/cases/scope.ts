/** Which releases apply to a host and a path. */
import { type CaseGroup, type CaseSource, plan, release } from './build.ts';

const SCOPES: Readonly<Record<string, object | undefined>> = {
  everywhere: undefined,
  shop: { hosts: ['shop.example'] },
  below: { hosts: ['*.shop.example'] },
  'far-below': { hosts: ['*.example', 'a.b.shop.example'] },
  api: { hosts: ['api.test'], paths: ['/api'] },
  slash: { hosts: ['api.test'], paths: ['/api/'] },
  some: { hosts: ['api.test'], paths: ['/v1', '/v2/x'] },
  root: { hosts: ['api.test'], paths: ['/'] },
};

const releases = Object.entries(SCOPES).map(([name, scope]) => [
  name,
  release(undefined, scope && { scope }),
]);

function at(host: string, path: string, ...names: string[]): CaseSource {
  const name = `${JSON.stringify(host)} ${JSON.stringify(path)}: ${names.join(', ')}`;
  const expect = names.map((release) => `${release}: v1 STATIC`);
  return { name, plan: 'scopes', host, path, context: {}, expect };
}

const cases: CaseSource[] = [
  at('shop.example', '/', 'everywhere', 'shop', 'far-below'),
  at('SHOP.Example', '/', 'everywhere', 'shop', 'far-below'),
  at('shop.example:8443', '/', 'everywhere', 'shop', 'far-below'),
  at('shop.example.', '/', 'everywhere', 'shop', 'far-below'),
  at('shop.example.:80', '/', 'everywhere', 'shop', 'far-below'),
  at('a.shop.example', '/', 'everywhere', 'below', 'far-below'),
  at('a.b.shop.example', '/', 'everywhere', 'below', 'far-below'),
  at('c.b.shop.example', '/', 'everywhere', 'below', 'far-below'),
  at('.shop.example', '/', 'everywhere', 'far-below'),
  at('evilshop.example', '/', 'everywhere', 'far-below'),
  at('shop.example.evil', '/', 'everywhere'),
  at('example', '/', 'everywhere'),
  at('.example', '/', 'everywhere'),
  at('[::1]:8080', '/', 'everywhere'),
  at('', '/', 'everywhere'),
  at('api.test', '/', 'everywhere', 'root'),
  at('api.test', '/api', 'everywhere', 'api', 'root'),
  at('api.test', '/api/', 'everywhere', 'api', 'slash', 'root'),
  at('api.test', '/api/x', 'everywhere', 'api', 'slash', 'root'),
  at('api.test', '/apix', 'everywhere', 'root'),
  at('api.test', '/API', 'everywhere', 'root'),
  at('api.test', '/api?x', 'everywhere', 'api', 'root'),
  at('api.test', '/api/?x', 'everywhere', 'api', 'slash', 'root'),
  at('api.test', '/api#x', 'everywhere', 'api', 'root'),
  at('api.test', '/?/api', 'everywhere', 'root'),
  at('api.test', '/x/../api', 'everywhere', 'root'),
  at('api.test', '/%61pi', 'everywhere', 'root'),
  at('api.test', '//api', 'everywhere', 'root'),
  at('api.test', '/v1/y', 'everywhere', 'some', 'root'),
  at('api.test', '/v2', 'everywhere', 'root'),
  at('api.test', '/v2/x/y', 'everywhere', 'some', 'root'),
  at('api.test', '*', 'everywhere'),
  at('api.test', '', 'everywhere'),
];

export const scope: CaseGroup = { plans: { scopes: plan(Object.fromEntries(releases)) }, cases };
