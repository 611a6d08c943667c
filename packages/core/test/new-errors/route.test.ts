import { routeOf } from '@tinct/core';
import t from 'tap';

t.test('what is no plain word is an id', async (t) => {
  for (const [path, route] of [
    ['/', '/'],
    ['/cart', '/cart'],
    ['/v1/orders/17/lines?a=b', '/v1/orders/:id/lines'],
    ['/users/4bf92f35-77b3-4da6-a3ce-929d0e0e4736/', '/users/:id/'],
    ['/mail/ann@example.com#top', '/mail/:id'],
    ['/index.html', '/index.html'],
    ['/%F0%9F%98%80/v123/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', '/:id/:id/:id'],
    ['/a/b/c/d/e/f', '/a/b/c/d/e/f'],
    ['/a/b/c/d/e/f/g/h', '/a/b/c/d/e/f/…'],
    ['*', '/'],
  ] as const)
    t.equal(routeOf(path), route, path);
});

t.test('attack: however long and whatever it is made of, it is short', async (t) => {
  for (const path of [
    '/'.repeat(1e5),
    `/${'a'.repeat(1e5)}`,
    `/${'a/'.repeat(1e5)}`,
    '?'.repeat(1e5),
  ])
    t.ok(routeOf(path).length < 200);
});
