/** Real load balancers that say by the PROXY protocol who connects. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { behind, secured } from './behind.ts';
import { curl, type Seen, valuesOf } from './helpers.ts';
import { freePort, isInstalled, listens, nginxStream, scratch, started } from './parts.ts';

/** Where a client's connection comes from; the balancer's own comes from 127.0.0.1. */
const CLIENT = '127.0.0.9';

/** Asks a balancer, and holds what the service saw to be the client's. */
async function isSeenBehind(t: Test, url: string, ...args: string[]): Promise<void> {
  const { out } = await curl('--interface', CLIENT, '-d', 'hi', ...args, `${url}/x`);
  const service = JSON.parse(out) as Seen;
  t.match(service, { method: 'POST', url: '/x', body: 'hi', version: 'v2' });
  t.same(valuesOf(service, 'x-forwarded-for'), [CLIENT]);
}

/** Believed is who the header says that it is, and not the balancer. */
const BELIEVED = { trustedHops: [`${CLIENT}/32`] };
const AS_USER = ['-H', 'user-id: 123'];

for (const [flag, ssl] of [
  ['send-proxy', false],
  ['send-proxy-v2', false],
  ['send-proxy-v2', true],
  ['send-proxy-v2-ssl', true],
] as const)
  t.test(`HAProxy with ${flag}${ssl ? ' before TLS' : ''}`, async (t) => {
    if (!isInstalled(t, 'haproxy')) return t.comment('skipped: there is no haproxy here');
    const { edge, authority } = ssl
      ? await secured(t, BELIEVED)
      : { edge: await behind(t, BELIEVED), authority: { cert: '' } };
    const [port, folder] = [await freePort(), scratch(t, 'haproxy')];
    const checked = ssl ? `ssl verify required ca-file ${authority.cert} verifyhost localhost` : '';
    const file = join(folder, 'haproxy.cfg');
    writeFileSync(
      file,
      `global
  maxconn 50
defaults
  mode tcp
  timeout connect 5s
  timeout client 20s
  timeout server 20s
frontend f
  bind 127.0.0.1:${port}
  default_backend b
backend b
  source 127.0.0.1
  server s 127.0.0.1:${edge.address.port} ${flag} ${checked} check
`,
    );
    started(t, 'haproxy', ['-db', '-q', '-f', file]);
    await listens({ port });
    await isSeenBehind(t, `http://127.0.0.1:${port}`, ...AS_USER);
  });

/** nginx's stream module is a package of its own in Debian; where it is built in, there is no such file. */
const MODULE = '/usr/lib/nginx/modules/ngx_stream_module.so';
const hasStream = isInstalled(t, 'nginx') && existsSync(MODULE);
t.ok(hasStream || !process.env['TINCT_REQUIRE_PARTS'], 'what runs all the tests has its module');
const when = hasStream ? {} : { skip: 'nginx with its stream module is not installed' };

/** An nginx that passes connections on to a port, with version 1 of the header: it knows no other. */
async function stream(t: Test, to: number, more = ''): Promise<number> {
  const port = await freePort();
  nginxStream(
    t,
    MODULE,
    `server {
    listen 127.0.0.1:${port};
    proxy_pass 127.0.0.1:${to};
    proxy_bind 127.0.0.1;
    proxy_protocol on;
    ${more}
  }`,
  );
  await listens({ port });
  return port;
}

t.test('nginx with proxy_protocol on', when, async (t) => {
  const edge = await behind(t, BELIEVED);
  const port = await stream(t, edge.address.port);
  await isSeenBehind(t, `http://127.0.0.1:${port}`, ...AS_USER);
});

t.test('nginx with proxy_protocol on, which speaks TLS to the edge', when, async (t) => {
  const { edge, authority } = await secured(t, BELIEVED);
  const checked = `proxy_ssl on; proxy_ssl_verify on; proxy_ssl_name localhost;
    proxy_ssl_trusted_certificate ${authority.cert};`;
  const port = await stream(t, edge.address.port, checked);
  await isSeenBehind(t, `http://127.0.0.1:${port}`, ...AS_USER);
});

t.test('nginx with proxy_protocol on, which passes the client’s TLS on', when, async (t) => {
  const { edge, authority } = await secured(t, BELIEVED);
  const port = await stream(t, edge.address.port);
  const named = ['--cacert', authority.cert, '--resolve', `localhost:${port}:127.0.0.1`];
  for (const flag of ['--http1.1', '--http2'])
    await isSeenBehind(t, `https://localhost:${port}`, flag, ...named, ...AS_USER);
});
