/** `tinct abort` against edges that run. */

import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { adminOf, ask, example, start, urlOf } from './running.ts';

const TOKEN = 'a-token-for-these-tests';
const ENV = { TINCT_ADMIN_TOKEN: TOKEN };

interface Edge {
  readonly url: string;
  readonly admin: string;
}

async function edge(t: Test, cwd: string): Promise<Edge> {
  const argv = ['proxy', '-c', 'config/proxy.yaml', '--listen-port', '0', '--admin-port', '0'];
  const started = start(t, cwd, argv, ENV);
  return { url: await urlOf(started), admin: await adminOf(started) };
}

async function abort(t: Test, argv: string[], env: Record<string, string> = ENV) {
  const { status, out, err } = start(t, t.testdirName, ['abort', ...argv], env);
  return { status: await status, out: out.text, err: err.text };
}

t.test('every edge confirms, and the next request of each gets stable', async (t) => {
  const cwd = await example(t);
  const [a, b] = [await edge(t, cwd), await edge(t, cwd)];
  t.strictSame([await ask(a.url, '123'), await ask(b.url, '123')], ['v2', 'v2']);
  const { status, out, err } = await abort(t, [
    'my-service',
    '--admin',
    a.admin,
    '--admin',
    b.admin,
  ]);
  t.equal(status, 0);
  t.equal(err, '');
  t.equal(
    out.match(/^confirmed {2}http:\/\/127\.0\.0\.1:\d+ {2}aborted, epoch 1 ended/gm)?.length,
    2,
  );
  t.match(out, '2 of 2 edges confirmed.');
  t.match(out, 'tinct plan abort my-service --plan plan.yaml');
  t.strictSame([await ask(a.url, '123'), await ask(b.url, '123')], ['v1', 'v1']);
});

t.test(
  'one edge that does not answer is named, and the others are aborted all the same',
  async (t) => {
    const only = await edge(t, await example(t));
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const gone = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await new Promise((resolve) => server.close(resolve));
    const { status, out, err } = await abort(t, [
      'my-service',
      '--admin',
      gone,
      '--admin',
      only.admin,
    ]);
    t.equal(status, 1);
    t.match(out, `NOT CONFIRMED  ${gone}  nobody listens there`);
    t.match(out, '1 of 2 edges confirmed.');
    t.match(err, /TINCT_ABORT_UNCONFIRMED 1 of 2 edges did not confirm/);
    t.equal(await ask(only.url, '123'), 'v1');
  },
);

t.test('one that hangs is given up, and one that answers nonsense did not confirm', async (t) => {
  const bodies = [undefined, 'null', '{"inForce":"yes"}', '<html>'];
  const urls = await Promise.all(
    bodies.map(async (body) => {
      const server = createServer((_, res) => (body === undefined ? undefined : res.end(body)));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      t.teardown(() => {
        server.close();
        server.closeAllConnections();
      });
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    }),
  );
  const admins = urls.flatMap((url) => ['--admin', url]);
  const { status, out } = await abort(t, ['my-service', '--timeout', '1s', ...admins]);
  t.equal(status, 1);
  t.match(out, /NOT CONFIRMED .* it did not answer in time/);
  t.match(out, '0 of 4 edges confirmed.');
});

t.test('a wrong token, no token, or no such release is said by the edge', async (t) => {
  const { admin } = await edge(t, await example(t));
  const wrong = await abort(t, ['my-service', '--admin', admin], { TINCT_ADMIN_TOKEN: 'wrong' });
  t.match(wrong, { status: 1, out: /HTTP 401: The bearer token is wrong/ });
  const none = await abort(t, ['my-service', '--admin', admin], {});
  t.match(none, { status: 1, out: /HTTP 401: There is no bearer token/ });
  t.match(await abort(t, ['other', '--admin', admin]), { status: 1, out: /HTTP 404/ });
});

t.test('the token may be in a file, and every replica behind a name is asked', async (t) => {
  const cwd = await example(t);
  const { admin } = await edge(t, cwd);
  const file = join(cwd, 'token');
  writeFileSync(file, `${TOKEN}\n`);
  const named = admin.replace('127.0.0.1', 'localhost');
  const { out } = await abort(
    t,
    ['my-service', '--replicas', '--admin', named, '--token-file', file],
    {},
  );
  t.match(out, /^confirmed {2}http:\/\/127\.0\.0\.1:\d+/m);
});

t.test('attack: an edge that redirects does not get the token sent elsewhere', async (t) => {
  const seen: unknown[] = [];
  const thief = createServer((req, res) => {
    seen.push(req.headers.authorization);
    res.end('{"inForce":true}');
  });
  await new Promise<void>((resolve) => thief.listen(0, '127.0.0.1', resolve));
  const { port } = thief.address() as AddressInfo;
  const edgeInName = createServer((_, res) => {
    res.writeHead(307, { location: `http://127.0.0.1:${port}/` }).end();
  });
  await new Promise<void>((resolve) => edgeInName.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    thief.close();
    edgeInName.close();
  });
  const admin = `http://127.0.0.1:${(edgeInName.address() as AddressInfo).port}`;
  t.equal((await abort(t, ['my-service', '--admin', admin])).status, 1);
  t.strictSame(seen, []);
});

t.test('without an edge to ask it is wrong usage', async (t) => {
  t.match(await abort(t, ['my-service']), { status: 2, err: /--admin is missing/ });
  t.match(await abort(t, ['my-service', '--admin', 'ftp://a']), { status: 2 });
});
