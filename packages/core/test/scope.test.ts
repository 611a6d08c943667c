/** Which releases apply to a request's host and path. */
import t from 'tap';
import { applicable, normalizeHost } from '../src/index.ts';
import { compiled, planWith } from './plan-text.ts';

/** Release → its scope, as the plan writes it. */
function scoped(scopes: Readonly<Record<string, string>>) {
  const releases = Object.entries(scopes).map(
    ([name, scope]) =>
      `  ${name}: { stable: v1, ${scope === '' ? '' : `scope: { ${scope} }, `}services: { ${name}: { host: ${name}, subsets: { v1: { version: v1 } } } } }\n`,
  );
  const plan = compiled(planWith(releases.join('')));
  return (host: string, path = '/') => applicable(plan, host, path).map(({ name }) => name);
}

t.test('a release without a scope applies everywhere', async (t) => {
  const at = scoped({ all: '' });
  for (const host of ['shop.example', '', '*', '[::1]:80', 'a'.repeat(300), '..', ':', '[', ']'])
    t.strictSame(at(host), ['all'], host);
  for (const path of ['/', '', '*', '?', '//', '/%00']) t.strictSame(at('h', path), ['all'], path);
});

t.test('hosts are exact, in any case, with any port, with or without the final dot', async (t) => {
  const at = scoped({ shop: 'hosts: [shop.example, localhost, 10.0.0.1]' });
  for (const host of [
    'shop.example',
    'SHOP.Example',
    'shop.example:8080',
    'shop.example.',
    'Shop.Example.:443',
    'localhost:1',
    '10.0.0.1:80',
  ])
    t.strictSame(at(host), ['shop'], host);
  for (const host of [
    'www.shop.example',
    'shop.example.org',
    'xshop.example',
    'example',
    'shop',
    '',
    '.shop.example',
    'shop.example..',
    'shop.example,evil',
    ' shop.example',
    '[::1]',
    '[shop.example]',
  ])
    t.strictSame(at(host), [], host);
});

t.test('a wildcard means every host below, at any depth, and not the name itself', async (t) => {
  const at = scoped({ shops: 'hosts: ["*.shop.example"]' });
  for (const host of [
    'www.shop.example',
    'a.b.shop.example',
    'WWW.shop.example:80',
    'x.shop.example.',
  ])
    t.strictSame(at(host), ['shops'], host);
  for (const host of [
    'shop.example',
    '.shop.example',
    'xshop.example',
    'www.shop.example.org',
    'www.xshop.example',
    '*',
  ])
    t.strictSame(at(host), [], host);
});

t.test(
  'all the releases of a host apply, in the order of the plan, however they name it',
  async (t) => {
    const at = scoped({
      wide: 'hosts: ["*.example"]',
      all: '',
      exact: 'hosts: [www.shop.example, shop.example]',
      below: 'hosts: ["*.shop.example"]',
      other: 'hosts: [other.test]',
    });
    t.strictSame(at('www.shop.example'), ['wide', 'all', 'exact', 'below']);
    t.strictSame(at('shop.example'), ['wide', 'all', 'exact']);
    t.strictSame(at('api.shop.example'), ['wide', 'all', 'below']);
    t.strictSame(at('a.example'), ['wide', 'all']);
    t.strictSame(at('example'), ['all']);
    t.strictSame(at('other.test'), ['all', 'other']);
  },
);

t.test(
  'paths are prefixes by whole segments, case by case, without query and fragment',
  async (t) => {
    const at = scoped({ cart: 'paths: [/cart, /a%20b/]', root: 'paths: [/]' });
    for (const path of [
      '/cart',
      '/cart/',
      '/cart/1',
      '/cart?x=/y',
      '/cart#top',
      '/cart/?',
      '/a%20b/',
      '/a%20b/c',
    ])
      t.strictSame(at('h', path), ['cart', 'root'], path);
    for (const path of [
      '/',
      '/carts',
      '/car',
      '/Cart',
      '/x/cart',
      '//cart',
      '/%63art',
      '/a%20b',
      '/cart%2Fx',
      '/?/cart',
      '/#/cart',
    ])
      t.strictSame(at('h', path), ['root'], path);
    for (const path of ['', '*', 'cart', '?/cart']) t.strictSame(at('h', path), [], path);
  },
);

t.test('host and path must both be right', async (t) => {
  const at = scoped({ both: 'hosts: [shop.example, "*.shop.example"], paths: [/cart, /pay]' });
  t.strictSame(at('shop.example', '/cart'), ['both']);
  t.strictSame(at('www.shop.example', '/pay/1'), ['both']);
  t.strictSame(at('shop.example', '/'), []);
  t.strictSame(at('example', '/cart'), []);
});

t.test('a host is compared without port and final dot; IPv6 keeps its brackets', async (t) => {
  const cases = {
    'Shop.Example': 'shop.example',
    'shop.example:80': 'shop.example',
    'shop.example.:80': 'shop.example',
    'shop.example:': 'shop.example',
    '[2001:DB8::1]': '[2001:db8::1]',
    '[2001:DB8::1]:443': '[2001:db8::1]',
    '': '',
    ':80': '',
    '.': '',
  };
  for (const [host, normal] of Object.entries(cases)) t.equal(normalizeHost(host), normal, host);
});
