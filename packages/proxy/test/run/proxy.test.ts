/** What the configuration says reaches the edge: TLS, keys, cookies, the debug token, routes; and what is broken says so. */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { formatKeySet, generateKey } from '@tinct/sdk';
import t, { type Test } from 'tap';
import { loadConfig, startProxy } from '../../src/index.ts';
import { makeAuthority, makeCertificate } from '../certificates.ts';
import { curl, echo, listen, until, upstream } from '../helpers.ts';
import { visitedPlan } from '../visitor-helpers.ts';

async function running(t: Test, folder: string, more: string, env = {}) {
  const service = await echo(t);
  const text = `upstream: ${service}
listen: { port: 0 }
admin: { enabled: false }
${more.includes('plan:') ? '' : 'plan: { file: plan.yaml }\n'}${more}`;
  const loaded = loadConfig({ file: { name: 'proxy.yaml', text }, env: {}, flags: {} });
  t.strictSame(loaded.findings, []);
  const lines: string[] = [];
  const log = { write: (line: string) => void lines.push(line) };
  const folders = { config: folder, cwd: '/nowhere' };
  const proxy = await startProxy(loaded, { folders, log, env });
  t.teardown(() => proxy.stop());
  return { proxy, lines };
}

t.test('TLS by files beside the configuration', async (t) => {
  const folder = t.testdir({ 'plan.yaml': visitedPlan({}) });
  const authority = makeAuthority(folder);
  makeCertificate(folder, authority, ['shop.example']);
  const tls = 'tls: { certificates: [{ cert: shop.example.pem, key: shop.example.key }] }';
  const { proxy } = await running(t, folder, tls);
  t.match(proxy.address.url, /^https:/);
  const { port } = proxy.address;
  const resolve = ['--cacert', authority.cert, '--resolve', `shop.example:${port}:127.0.0.1`];
  t.match(await curl(...resolve, `https://shop.example:${port}/`), {
    exit: 0,
    out: /"version":"v1"/,
  });
});

t.test(
  'keys sign a cookie with the name that is configured, and are read again by a reload',
  async (t) => {
    const key = generateKey();
    const folder = t.testdir({
      'plan.yaml': visitedPlan({}),
      keys: formatKeySet({ keys: [key] }),
    });
    const { proxy, lines } = await running(
      t,
      folder,
      'keys: keys\ncookie: { name: who, maxAge: 1d }',
    );
    const navigation = ['-H', 'sec-fetch-mode: navigate', '-H', 'sec-fetch-dest: document'];
    const visit = async () => {
      const args = [...navigation, '-H', 'accept: text/html', '-D', '-', '-o', '/dev/null'];
      return (await curl(...args, proxy.address.url)).out;
    };
    t.match(await visit(), /set-cookie: __Host-who=.*max-age=86400/i);
    writeFileSync(join(folder, 'keys'), 'no keys');
    await proxy.reload();
    t.match(lines.join(''), /TINCT_KEYS_MALFORMED.*those of before stay/);
    t.match(await visit(), /set-cookie: __Host-who=/i, 'those of before still sign');
  },
);

t.test('a key file that is none, or not there, starts nothing', async (t) => {
  const folder = t.testdir({ 'plan.yaml': visitedPlan({}), keys: '{}' });
  await t.rejects(running(t, folder, 'keys: keys'), { code: 'TINCT_KEYS_MALFORMED' });
  await t.rejects(running(t, folder, 'keys: none'), { code: 'TINCT_CONFIG_UNREADABLE' });
  await t.rejects(running(t, folder, 'keys: .'), { code: 'TINCT_CONFIG_UNREADABLE' });
});

t.test('the debug token shows the decision', async (t) => {
  const folder = t.testdir({ 'plan.yaml': visitedPlan({}) });
  const token = 'a-token-for-debugging';
  const { proxy } = await running(t, folder, `debugToken: ${token}`);
  const head = async (given: string) =>
    (await curl('-D', '-', '-o', '/dev/null', '-H', `x-tinct-debug: ${given}`, proxy.address.url))
      .out;
  t.match(await head(token), /x-tinct-explain: /i);
  t.notMatch(await head('another-token-altogether'), /x-tinct-explain/i);
});

t.test('routes of the configuration are taken', async (t) => {
  const folder = t.testdir({ 'plan.yaml': visitedPlan({}) });
  const other = await upstream(t, (_, res) => void res.end('other'));
  const { proxy } = await running(t, folder, `routes: [{ path: /api, upstream: "${other}" }]`);
  t.equal((await curl(`${proxy.address.url}/api/x`)).out, 'other');
  t.match((await curl(`${proxy.address.url}/apix`)).out, '"version":"v1"');
});

t.test('stop may be called again, and ends the edge once', async (t) => {
  const folder = t.testdir({ 'plan.yaml': visitedPlan({}) });
  const { proxy, lines } = await running(t, folder, '');
  await Promise.all([proxy.stop(), proxy.stop()]);
  await until(() => lines.some((line) => line.includes('the edge ended')));
  t.equal(lines.filter((line) => line.includes('the edge drains')).length, 1);
});

t.test(
  'a ConfigMap is asked at the API server that the cluster or the configuration names',
  async (t) => {
    const asked: string[] = [];
    const api = await upstream(t, (req, res) => {
      asked.push(`${req.url?.split('?')[0]} ${req.headers.authorization}`);
      if (req.url?.includes('watch=1')) return void res.writeHead(200).flushHeaders();
      return void res.end(JSON.stringify({ data: { p: visitedPlan({}) } }));
    });
    const folder = t.testdir({ account: { token: 'token', 'ca.crt': '' } });
    const plan = (more: string) =>
      `plan: { configMap: edge/shop, key: p, account: account${more} }`;
    const { lines } = await running(t, folder, plan(`, apiServer: "${api}"`));
    t.match(lines.join(''), /"tinct.revision":1.*a plan came into force/);
    t.ok(asked.includes('/api/v1/namespaces/edge/configmaps/shop Bearer token'));
    await t.rejects(running(t, folder, plan('')), { code: 'TINCT_CONFIG_KEY_MISSING' });
    const { host, port } = { host: '127.0.0.1', port: new URL(api).port };
    const cluster = { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port };
    const unreachable = await running(t, folder, plan(''), cluster);
    t.match(unreachable.lines.join(''), /TINCT_PLAN_UNREADABLE.*configmap edge\/shop/);
  },
);

t.test(
  'attack: an API server that the cluster’s authority does not know gets no token',
  async (t) => {
    const folder = t.testdir({ account: { token: 'token' } });
    const [authority, other] = [makeAuthority(folder), makeAuthority(folder, 'other')];
    const { cert, key } = makeCertificate(folder, authority, ['localhost']);
    const asked: unknown[] = [];
    const server = createServer(
      { cert: readFileSync(cert), key: readFileSync(key) },
      (req, res) => {
        asked.push(req.headers.authorization);
        if (req.url?.includes('watch=1')) return void res.writeHead(200).flushHeaders();
        return void res.end(JSON.stringify({ data: { 'plan.yaml': visitedPlan({}) } }));
      },
    );
    const { port } = new URL(await listen(t, server));
    const plan = `plan: { configMap: edge/shop, account: account, apiServer: "https://localhost:${port}" }`;
    const trustedBy = (by: { cert: string }) =>
      copyFileSync(by.cert, join(folder, 'account/ca.crt'));
    trustedBy(other);
    const stranger = await running(t, folder, plan);
    t.match(stranger.lines.join(''), /TINCT_PLAN_UNREADABLE/);
    t.strictSame(asked, []);
    trustedBy(authority);
    const { lines } = await running(t, folder, plan);
    t.match(lines.join(''), /a plan came into force/);
    t.ok(asked.every((token) => token === 'Bearer token'));
  },
);
