/** `tinct errors` against services that keep their errors. */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ErrorBook } from '@tinct/core';
import t, { type Test } from 'tap';
import { start } from './running.ts';

async function serving(t: Test, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/errors`;
}

/** A pod of one version, with so many requests and these errors. */
function pod(t: Test, variant: string, requests: number, errors: readonly string[]) {
  const book = new ErrorBook();
  for (let i = 0; i < requests; i++) book.request(variant, 0);
  for (const message of errors)
    book.error(variant, { type: 'TypeError', message, route: '/cart/:id', traceId: '4bf9' }, 0);
  const stable = variant === 'v1' ? 'v1' : undefined;
  return serving(t, (req, res) => {
    if (req.url !== '/errors/shop') return res.writeHead(404).end();
    return res.end(JSON.stringify({ release: 'shop', stable, ...book.report(0), newErrors: [] }));
  });
}

async function errors(t: Test, args: readonly string[], env: Record<string, string> = {}) {
  const { status, out, err } = start(t, t.testdirName, ['errors', ...args], env);
  return { status: await status, out: out.text, err: err.text };
}

t.test('pods of both versions are put together', async (t) => {
  const old = await pod(t, 'v1', 1000, ['timeout after 3 ms']);
  const next = await pod(t, 'v2', 500, [
    ...['timeout after 9 ms', 'no price for item 1', 'no price for item 2', 'no price for item 3'],
    'only \u001b[2Jonce',
  ]);
  const found = await errors(t, ['shop', '--from', old, '--from', next]);
  t.equal(
    found.out,
    `shop: 2 kinds of error that v1 has not had
new     v2  3×  TypeError: no price for item <number>
        /cart/:id
        first: "no price for item 1", trace 4bf9
unsure  v2  1×  TypeError: only \\u001b[<number>Jonce
        /cart/:id
        first: "only \\u001b[2Jonce", trace 4bf9
requests: v1 1,000, v2 500
`,
  );
  t.strictSame({ status: found.status, err: found.err }, { status: 1, err: '' });
  const json = await errors(t, ['shop', '--from', old, '--from', next, '--output', 'json']);
  t.match(JSON.parse(json.out), {
    ...{ release: 'shop', stable: 'v1', requests: { v1: 1000, v2: 500 } },
    newErrors: [{ verdict: 'new', count: 3 }, { verdict: 'unsure' }],
  });
  const alone = await errors(t, ['shop', '--from', old]);
  t.match(alone, { status: 0, out: /^shop: 0 kinds of error that v1 has not had/ });
});

t.test('what is missing is said', async (t) => {
  const old = await pod(t, 'v1', 10, []);
  const next = await pod(t, 'v2', 10, []);
  const nonsense = await serving(t, (_req, res) => res.end('{"requests":{},"errors":[{}]}'));
  const hanging = await serving(t, () => {});
  t.match(await errors(t, ['shop']), { status: 2, err: /--from and --edge are missing/ });
  t.match(await errors(t, ['shop', '--from', next]), { err: /no service says which .* stable/ });
  t.match(await errors(t, ['shop', '--from', next, '--stable', 'v1']), { status: 0 });
  t.match(await errors(t, ['other', '--from', old, '--stable', 'v1']), {
    ...{ status: 1, err: /no answer {2}http\S+\/errors\/other {2}HTTP 404/ },
  });
  const some = ['--from', old, '--from', nonsense, '--from', hanging, '--timeout', '2s'];
  t.match(await errors(t, ['shop', ...some]), {
    status: 1,
    err: /it answers with something else\n.*it did not answer in time/,
  });
});

t.test('edges are compared with edges, and get their token', async (t) => {
  const services = await Promise.all([
    pod(t, 'v1', 1000, []),
    pod(t, 'v2', 500, ['no price', 'no price', 'no price', 'no price']),
  ]);
  const book = new ErrorBook();
  for (let i = 0; i < 1500; i++) book.request(i < 1000 ? 'v1' : 'v2', 0);
  for (let i = 0; i < 4; i++)
    book.error('v2', { type: 'HTTP 500', message: '', route: 'GET /cart/:id' }, 0);
  const edge = await serving(t, (req, res) => {
    if (req.headers.authorization !== 'Bearer the-token-of-edges') return res.writeHead(401).end();
    if (req.url !== '/errors/shop') return res.writeHead(404).end();
    return res.end(JSON.stringify({ stable: 'v1', ...book.report(0) }));
  });
  const admin = edge.replace('/errors', '/');
  const from = services.flatMap((service) => ['--from', service]);
  const token = { TINCT_ADMIN_TOKEN: 'the-token-of-edges' };
  const found = await errors(t, ['shop', ...from, '--edge', admin], token);
  t.match(found.out, 'new     v2  4×  TypeError: no price\n');
  t.match(found.out, 'new     v2  4×  HTTP 500: \n        GET /cart/:id\n');
  t.match(found.out, 'requests: v1 1,000, v2 500\n', 'nobody is counted twice');
  t.match(await errors(t, ['shop', '--edge', admin], token), {
    status: 1,
    out: /1 kind of error .*\n.*HTTP 500.*\n.*\n.*\nrequests: v1 1,000, v2 500\n/,
  });
  t.match(await errors(t, ['shop', '--edge', admin, '--stable', 'v1']), { err: /HTTP 401/ });
});
