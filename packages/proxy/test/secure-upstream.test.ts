import { once } from 'node:events';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import {
  type ClientHttp2Session,
  connect as connect2,
  createSecureServer,
  type ServerHttp2Stream,
} from 'node:http2';
import { createServer, type Server } from 'node:https';
import { connect, createServer as createTcpServer, type Socket } from 'node:net';
import t, { type Test } from 'tap';
import { WebSocket, WebSocketServer } from 'ws';
import { type EdgeOptions, loadConfig, startEdge, startProxy } from '../src/index.ts';
import { type Made, makeAuthority, makeCertificate } from './certificates.ts';
import { curl, edgeFor, listen, planText, TextSource, until } from './helpers.ts';

interface Certificates {
  readonly dir: string;
  readonly authority: Made;
  readonly own: Made;
}

const shared = ((): Certificates => {
  const dir = t.testdir({});
  const authority = makeAuthority(dir);
  return { dir, authority, own: makeCertificate(dir, authority, ['localhost', 'shop.internal']) };
})();

const pem = ({ cert, key }: Made) => ({ cert: readFileSync(cert), key: readFileSync(key) });
const secure = async (t: Test, server: Server) =>
  (await listen(t, server)).replace('http://127.0.0.1', 'https://localhost');

/** A service that says over what it was asked; `alpn`: what it offers. */
async function service(t: Test, own: Made, alpn: 'h2' | 'http/1.1' | 'both', more = {}) {
  let connections = 0;
  const answer = (
    req: { httpVersion: string; headers: object },
    res: { end(text: string): void },
  ) => res.end(`${req.httpVersion} ${Object.keys(req.headers).includes(':authority')}`);
  const options = { ...pem(own), ...more };
  const server =
    alpn === 'http/1.1'
      ? createServer(options, answer)
      : createSecureServer({ ...options, allowHTTP1: alpn === 'both' }, answer);
  server.on('secureConnection', () => {
    connections += 1;
  });
  const url = await secure(t, server as Server);
  return { url, server, connections: () => connections };
}

const through = (t: Test, url: string, more: Partial<EdgeOptions>) =>
  edgeFor(t, { upstream: url, ...more });

for (const [protocol, offered, spoken] of [
  ['auto', 'both', '2.0 true'],
  ['auto', 'http/1.1', '1.1 false'],
  ['auto', 'h2', '2.0 true'],
  ['http1', 'both', '1.1 false'],
  ['http2', 'both', '2.0 true'],
] as const)
  t.test(`a service by TLS that offers ${offered}, protocol ${protocol}: ${spoken}`, async (t) => {
    const { own, authority } = shared;
    const { url } = await service(t, own, offered);
    const edge = await through(t, url, { upstreamTls: { protocol, authority: authority.cert } });
    for (const flag of ['--http1.1', '--http2-prior-knowledge'])
      t.equal((await curl(flag, '-d', 'hi', edge.address.url)).out, spoken);
    const many = await Promise.all(Array.from({ length: 4 }, () => curl(edge.address.url)));
    t.same(new Set(many.map(({ out }) => out)), new Set([spoken]));
  });

t.test('requests at the same moment share the first connection of HTTP/2', async (t) => {
  const { own, authority } = shared;
  const { url, connections } = await service(t, own, 'both');
  const edge = await through(t, url, { upstreamTls: { authority: authority.cert } });
  await Promise.all(Array.from({ length: 6 }, () => curl(edge.address.url)));
  t.equal(connections(), 1);
});

const asks = async (t: Test, url: string, upstreamTls: EdgeOptions['upstreamTls']) => {
  const edge = await through(t, url, { upstreamTls });
  return (await curl('-w', ' %{http_code}', edge.address.url)).out;
};

t.test('an attacker between edge and service: a certificate that does not hold', async (t) => {
  const { dir, own, authority } = shared;
  const evil = makeAuthority(dir, 'evil');
  const forged = makeCertificate(dir, evil, ['localhost'], 'forged');
  const other = makeCertificate(dir, authority, ['other.internal'], 'other');
  let asked = 0;
  const never = async (made: Made, alpn: 'h2' | 'http/1.1') => {
    const { url, server } = await service(t, made, alpn);
    server.on('request', () => {
      asked += 1;
    });
    return url;
  };
  const cases = [
    ['signed by nobody who is known', await never(own, 'h2'), {}],
    ['of another authority', await never(forged, 'http/1.1'), { authority: authority.cert }],
    ['for another name', await never(other, 'h2'), { authority: authority.cert }],
    [
      'for another name than serverName',
      await never(own, 'http/1.1'),
      { authority: authority.cert, serverName: 'bank.internal' },
    ],
  ] as const;
  for (const [what, url, tls] of cases)
    t.match(await asks(t, url, tls), /TINCT_EDGE_UPSTREAM_INSECURE[\s\S]* 502$/, what);
  t.equal(asked, 0);
  const ip = (await never(own, 'http/1.1')).replace('localhost', '127.0.0.1');
  t.match(await asks(t, ip, { authority: authority.cert }), /INSECURE/, 'for an address');
});

t.test('serverName is the name that is asked for and checked', async (t) => {
  const { own, authority } = shared;
  const { url, server } = await service(t, own, 'both');
  const names: unknown[] = [];
  server.on('secureConnection', (socket) => names.push(socket.servername));
  const tls = { authority: authority.cert, serverName: 'shop.internal' };
  t.equal(await asks(t, url.replace('localhost', '127.0.0.1'), tls), '2.0 true 200');
  t.same(names, ['shop.internal']);
});

t.test(
  'a service that asks who comes gets the certificate; without one there is no way',
  async (t) => {
    const { dir, own, authority } = shared;
    const edgeCertificate = makeCertificate(dir, authority, ['edge'], 'edge');
    const strict = {
      requestCert: true,
      rejectUnauthorized: true,
      ca: readFileSync(authority.cert),
    };
    for (const alpn of ['h2', 'http/1.1'] as const) {
      const { url } = await service(t, own, alpn, strict);
      const known = { authority: authority.cert, ...edgeCertificate };
      t.match(await asks(t, url, known), / 200$/);
      // TLS 1.3 tells the client of it when it has gone on already.
      t.match(await asks(t, url, { authority: authority.cert }), / 50[23]$/);
    }
  },
);

t.test('credentials that change are used by new connections; bad ones are refused', async (t) => {
  const { dir, own, authority } = shared;
  const evil = makeAuthority(dir, 'evil');
  const believed = `${dir}/believed.pem`;
  copyFileSync(evil.cert, believed);
  const refused: string[] = [];
  const { url } = await service(t, own, 'http/1.1');
  const edge = await through(t, url, {
    upstreamTls: { authority: believed },
    onTlsRefused: ({ code }) => refused.push(code),
  });
  t.match((await curl(edge.address.url)).out, /INSECURE/);
  copyFileSync(authority.cert, believed);
  let out = '';
  while (!out.startsWith('1.1')) ({ out } = await curl(edge.address.url));
  writeFileSync(believed, '-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n');
  await until(() => refused.length > 0);
  t.equal(refused[0], 'TINCT_EDGE_CERTIFICATE');
  t.match((await curl(edge.address.url)).out, /^1\.1/);
});

t.test('a WebSocket goes over TLS to the service, whatever else it speaks', async (t) => {
  const { own, authority } = shared;
  for (const protocol of ['auto', 'http1'] as const) {
    const { url, server } = await service(t, own, 'both');
    const sockets = new WebSocketServer({ server: server as Server });
    sockets.on('connection', (socket) => {
      socket.on('message', (data) => socket.send(`back ${data}`)).on('close', () => ended());
    });
    const { promise, resolve: ended } = Promise.withResolvers<void>();
    const edge = await through(t, url, { upstreamTls: { protocol, authority: authority.cert } });
    t.match((await curl(edge.address.url)).out, protocol === 'auto' ? '2.0' : '1.1');
    const socket = new WebSocket(edge.address.url.replace('http', 'ws'));
    t.teardown(() => socket.terminate());
    await new Promise((resolve) => socket.once('open', resolve));
    socket.send('there');
    t.equal(`${await new Promise((resolve) => socket.once('message', resolve))}`, 'back there');
    socket.close();
    await promise;
  }
});

t.test('a service that speaks no TLS, or never answers, ends in an answer', async (t) => {
  const plain = createTcpServer((socket) => {
    socket.on('error', () => {}).once('data', () => socket.end('HTTP/1.1 400 Bad\r\n\r\n'));
  });
  const url = (await listen(t, plain)).replace('http:', 'https:');
  t.match(await asks(t, url, {}), /TINCT_EDGE_UPSTREAM_INSECURE[\s\S]* 502$/);
  const mute = (
    await listen(
      t,
      createTcpServer(() => {}),
    )
  ).replace('http:', 'https:');
  const edge = await through(t, mute, { timeouts: { connectMs: 60 } });
  t.match((await curl(edge.address.url)).out, /TINCT_EDGE_UPSTREAM_UNREACHABLE/);
  t.match(await asks(t, 'https://127.0.0.1:1', {}), /TINCT_EDGE_UPSTREAM_UNREACHABLE[\s\S]* 503$/);
});

t.test('a service that comes back with another protocol is asked anew', async (t) => {
  const { own, authority } = shared;
  const first = await service(t, own, 'http/1.1');
  const target = new URL(first.url);
  let to = target.port;
  const relay = createTcpServer((socket) => {
    const behind = connect(Number(to), '127.0.0.1');
    const end = (one: Socket, other: Socket) =>
      one.on('error', () => {}).on('close', () => other.destroy());
    end(socket, behind);
    end(behind, socket);
    socket.pipe(behind).pipe(socket);
    relays.push(socket);
  });
  const relays: Socket[] = [];
  const url = (await listen(t, relay)).replace('http://127.0.0.1', 'https://localhost');
  const edge = await through(t, url, { upstreamTls: { authority: authority.cert } });
  t.match((await curl(edge.address.url)).out, '1.1');
  to = new URL((await service(t, own, 'h2')).url).port;
  for (const socket of relays) socket.destroy();
  let out = '';
  while (!out.startsWith('2.0')) ({ out } = await curl(edge.address.url));
  t.match(out, '2.0');
});

t.test('per URL all is said anew; wrong options keep the edge from starting', async (t) => {
  const { own, authority } = shared;
  const [v1, v2] = [await service(t, own, 'both'), await service(t, own, 'both')];
  const edge = await through(t, v1.url, {
    direct: { 'my-service': { v1: v1.url, v2: v2.url } },
    upstreamTls: {
      authority: authority.cert,
      byUrl: { [v2.url]: { protocol: 'http1', authority: authority.cert } },
    },
  });
  t.match((await curl(edge.address.url)).out, '2.0');
  t.match((await curl('-H', 'user-id: 123', edge.address.url)).out, '1.1');
  const start = (upstreamTls: EdgeOptions['upstreamTls']) =>
    startEdge({ plan: new TextSource(planText()), upstream: v1.url, upstreamTls });
  await t.rejects(start({ cert: own.cert }), { code: 'TINCT_EDGE_OPTION_MALFORMED' });
  await t.rejects(start({ authority: '/nowhere.pem' }), { code: 'TINCT_EDGE_CERTIFICATE' });
  await t.rejects(start({ byUrl: { 'http://a': {} } }), { code: 'TINCT_EDGE_OPTION_MALFORMED' });
});

t.test('by configuration, with paths relative to its file', async (t) => {
  const { dir, own } = shared;
  const { url } = await service(t, own, 'http/1.1');
  writeFileSync(`${dir}/plan.yaml`, planText());
  const text = `listen: { port: 0 }
upstream: ${url}
routes: [{ path: /other, upstream: "https://other.internal" }]
upstreamTls: { authority: authority.pem, byUrl: { "https://other.internal": { protocol: http2 } } }
plan: { file: plan.yaml }
admin: { enabled: false }
`;
  const loaded = loadConfig({ file: { name: 'proxy.yaml', text }, env: {}, flags: {} });
  t.strictSame(loaded.findings, []);
  const folders = { config: dir, cwd: '/' };
  const proxy = await startProxy(loaded, { folders, log: { write() {} } });
  t.teardown(() => proxy.stop());
  t.equal((await curl(proxy.address.url)).out, '1.1 false');
});

t.test('a service that answers uploads early and resets them does not end the edge', async (t) => {
  const { own, authority } = shared;
  const server = createSecureServer(pem(own)).on('stream', (stream: ServerHttp2Stream) => {
    stream.on('error', () => {});
    stream.respond({ ':status': 200 });
    stream.end('early');
    stream.close();
  });
  const url = await secure(t, server as unknown as Server);
  const edge = await through(t, url, { upstreamTls: { authority: authority.cert } });
  const ask = async (session: ClientHttp2Session, i: number) => {
    const announced = i % 2 === 0 ? { trailer: 'x-sum' } : {};
    const stream = session.request({ ':method': 'POST', ':path': '/', ...announced });
    stream.on('error', () => {});
    stream.write(Buffer.alloc(5000));
    stream.end(Buffer.alloc(i * 10));
    const [headers] = await once(stream, 'response');
    stream.resume();
    return headers[':status'];
  };
  for (let round = 0; round < 6; round += 1) {
    const session = connect2(edge.address.url);
    const asked = Array.from({ length: 50 }, (_, i) => ask(session, i));
    const statuses = await Promise.all(asked).finally(() => session.destroy());
    t.ok(statuses.every((status) => status === 200 || status === 502));
  }
});
