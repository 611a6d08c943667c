import { copyFileSync, writeFileSync } from 'node:fs';
import { connect as connect2 } from 'node:http2';
import { connect, type PeerCertificate } from 'node:tls';
import t, { type Test } from 'tap';
import { type Edge, type EdgeOptions, startEdge } from '../src/index.ts';
import { makeAuthority, makeCertificate } from './certificates.ts';
import { curl, planText, type Seen, TextSource, twoVersions, until, valuesOf } from './helpers.ts';

/** An edge by TLS for two names. */
async function secured(t: Test, options: Partial<EdgeOptions> = {}) {
  const dir = t.testdir({});
  const authority = makeAuthority(dir);
  const shop = makeCertificate(dir, authority, ['shop.example', 'localhost']);
  const wild = makeCertificate(dir, authority, ['*.wild.example'], 'wild');
  const tls = { certificates: [shop, wild], clientAuthority: authority.cert, ...options.tls };
  const edge = await twoVersions(t, { trustedHops: [], ...options, tls });
  return { dir, authority, shop, wild, edge };
}

const to = (edge: Edge, name: string, ca: string) => [
  ...['--cacert', ca, '--resolve', `${name}:${edge.address.port}:127.0.0.1`],
  `https://${name}:${edge.address.port}/`,
];

/** The certificate that a client is shown. */
function shown(edge: Edge, servername: string): Promise<PeerCertificate> {
  const { port } = edge.address;
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', servername, rejectUnauthorized: false });
    socket.on('error', reject).on('secureConnect', () => {
      resolve(socket.getPeerCertificate());
      socket.destroy();
    });
  });
}

for (const [flag, version] of [
  ['--http1.1', 'HTTP/1.1'],
  ['--http2', 'HTTP/2'],
] as const)
  for (const tls of ['1.2', '1.3'])
    t.test(`${version} by ALPN over TLS ${tls}`, async (t) => {
      const { edge, authority } = await secured(t);
      const args = [flag, `--tlsv${tls}`, '--tls-max', tls, '-D-', '-d', 'hi'];
      const { out } = await curl(...args, ...to(edge, 'shop.example', authority.cert));
      t.match(out, new RegExp(`^${version} 200`));
      const seen = JSON.parse(out.slice(out.indexOf('{'))) as Seen;
      t.equal(seen.body, 'hi');
      t.same(valuesOf(seen, 'x-forwarded-proto'), ['https']);
    });

t.test('a client that offers nothing but HTTP/1.0 by ALPN is answered', async (t) => {
  const { edge, authority } = await secured(t);
  const args = ['--http1.0', '-D-', ...to(edge, 'shop.example', authority.cert)];
  const { exit, out } = await curl(...args);
  t.equal(exit, 0);
  t.match(out, /^HTTP\/1\.1 200 .*"version":"v1"/s);
});

t.test('TLS 1.1, and 1.2 where 1.3 is asked for, are refused', async (t) => {
  const { edge, shop } = await secured(t);
  const strict = await secured(t, { tls: { certificates: [shop], minVersion: 'TLSv1.3' } });
  const cases = [
    [edge, '1.1'],
    [strict.edge, '1.2'],
  ] as const;
  for (const [{ address }, max] of cases)
    t.equal((await curl('-k', '--tls-max', max, address.url)).exit, 35);
});

t.test('each name gets its certificate, unknown ones the first', async (t) => {
  const { edge } = await secured(t);
  const names = ['shop.example', 'a.wild.example', 'other.example'];
  const subjects = await Promise.all(names.map((name) => shown(edge, name)));
  t.same(
    subjects.map(({ subject }) => subject.CN),
    ['shop.example', '*.wild.example', 'shop.example'],
  );
});

t.test('a renewed certificate is shown without a restart; running connections go on', async (t) => {
  const { edge, dir, authority, shop } = await secured(t);
  const session = connect2(edge.address.url, { rejectUnauthorized: false });
  t.teardown(() => session.destroy());
  await new Promise((resolve) => session.once('connect', resolve));
  const before = (await shown(edge, 'shop.example')).serialNumber;
  const next = makeCertificate(dir, authority, ['shop.example', 'localhost'], 'next');
  copyFileSync(next.key, shop.key);
  copyFileSync(next.cert, shop.cert);
  let after = before;
  while (after === before) after = (await shown(edge, 'shop.example')).serialNumber;
  let text = '';
  for await (const chunk of session.request({ ':path': '/' }).setEncoding('utf8')) text += chunk;
  t.match(text, /"version":"v1"/);
});

t.test('a certificate that is none is refused with a word; the one before stays', async (t) => {
  const refused: string[] = [];
  const { edge, shop } = await secured(t, { onTlsRefused: ({ code }) => refused.push(code) });
  writeFileSync(shop.cert, 'nonsense');
  await until(() => refused.length > 0);
  t.same(refused[0], 'TINCT_EDGE_CERTIFICATE');
  t.equal((await shown(edge, 'shop.example')).subject.CN, 'shop.example');
});

t.test('an edge without a usable certificate does not start', async (t) => {
  const dir = t.testdir({ 'a.pem': 'x', 'a.key': 'y' });
  const plan = new TextSource(planText());
  const upstream = 'http://127.0.0.1:1';
  const authority = makeAuthority(dir);
  const good = makeCertificate(dir, authority, ['localhost']);
  const other = makeCertificate(dir, authority, ['other']);
  const files = (name: string) => ({ cert: `${dir}/${name}.pem`, key: `${dir}/${name}.key` });
  for (const [tls, message] of [
    [{ certificates: [files('a')] }, /a.key: it is no PEM$/],
    [{ certificates: [files('missing')] }, /missing.key: there is no such file$/],
    [{ certificates: [{ ...good, key: other.key }] }, /the key belongs to another certificate$/],
    [{ certificates: [good], clientAuthority: `${dir}/a.pem` }, /[^,]+a.pem: it is no PEM$/],
  ] as const) {
    const started = startEdge({ plan, upstream, tls });
    await t.rejects(started, { code: 'TINCT_EDGE_CERTIFICATE', message });
  }
  const none = startEdge({ plan, upstream, tls: { certificates: [] } });
  await t.rejects(none, { code: 'TINCT_EDGE_OPTION_MALFORMED' });
});

t.test('a client certificate of the authority makes a trusted hop; no other does', async (t) => {
  const { edge, dir, authority } = await secured(t);
  const evil = makeAuthority(dir, 'evil');
  const mine = makeCertificate(dir, authority, ['gateway'], 'gateway');
  const forged = makeCertificate(dir, evil, ['gateway'], 'forged');
  const ask = async (flag: string, ...args: string[]) => {
    const target = to(edge, 'shop.example', authority.cert);
    return (await curl(flag, '-H', 'user-id: 123', ...args, ...target)).out;
  };
  for (const flag of ['--http1.1', '--http2']) {
    t.match(await ask(flag, '--cert', mine.cert, '--key', mine.key), '"version":"v2"');
    t.match(await ask(flag, '--cert', forged.cert, '--key', forged.key), '"version":"v1"');
    t.match(await ask(flag), '"version":"v1"');
  }
});

t.test('plain HTTP to a TLS port gets no answer', async (t) => {
  const { edge } = await secured(t);
  t.not((await curl(`http://127.0.0.1:${edge.address.port}/`)).exit, 0);
});
