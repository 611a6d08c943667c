/** curl and h2load as somebody would use them. */
import { execFile } from 'node:child_process';
import t, { type Test } from 'tap';
import { curl, echo, edgeFor } from '../helpers.ts';
import { isInstalled } from '../parts.ts';
import { NAME, type Shop, shopFor } from './shop.ts';

const hasCurl = isInstalled(t, 'curl', '--version');
const hasH2load = isInstalled(t, 'h2load', '--version');
const when = (found: boolean, program: string) =>
  found ? {} : { skip: `${program} is not installed` };

const to = ({ url, edge, authority }: Shop, path = '/api') => [
  ...['--cacert', authority.cert, '--resolve', `${NAME}:${edge.address.port}:127.0.0.1`],
  `${url}${path}`,
];

t.test('curl by TLS: HTTP/1.1, and HTTP/2 by ALPN', when(hasCurl, 'curl'), async (t) => {
  const shop = await shopFor(t);
  for (const [flag, version] of [
    ['--http1.1', '1.1'],
    ['--http2', '2'],
  ] as const)
    for (const [user, served] of [
      ['123', 'v2'],
      ['nobody-1', undefined],
    ] as const) {
      const { exit, out } = await curl(
        flag,
        '-w',
        ' %{http_version}',
        '-H',
        `user-id: ${user}`,
        ...to(shop),
      );
      t.equal(exit, 0);
      t.match(out, new RegExp(`^${served ?? 'v[12]'} ${version}$`));
    }
});

t.test(
  'curl without TLS: HTTP/2 by prior knowledge, and an offer of h2c that is passed over',
  when(hasCurl, 'curl'),
  async (t) => {
    const edge = await edgeFor(t, { upstream: await echo(t, 'v1') });
    for (const [flag, version] of [
      ['--http2-prior-knowledge', '2'],
      ['--http2', '1.1'],
    ] as const) {
      const { out } = await curl(flag, '-w', ' %{http_version}', '-d', 'hello', edge.address.url);
      t.match(out, /"body":"hello"/);
      t.ok(out.endsWith(` ${version}`), out.slice(-4));
    }
  },
);

t.test(
  'curl keeps its cookies in a file, and its version with them',
  when(hasCurl, 'curl'),
  async (t) => {
    const shop = await shopFor(t);
    const jar = `${shop.authority.cert}.cookies`;
    const visit = async () => {
      const { out } = await curl('-b', jar, '-c', jar, '-H', 'accept: text/html', ...to(shop, '/'));
      return /<title>shop (v[12])/.exec(out)?.[1];
    };
    const first = await visit();
    t.match(first, /^v[12]$/);
    for (let i = 0; i < 5; i += 1) t.equal(await visit(), first);
  },
);

function h2load(t: Test, ...args: string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile('h2load', args, (error, stdout) => {
      t.equal(error, null);
      resolve(stdout);
    });
  });
}

t.test(
  'h2load by TLS: 4,000 requests in 100 streams of 4 connections all succeed',
  when(hasH2load, 'h2load'),
  async (t) => {
    const { edge } = await shopFor(t);
    const header = ['-H', `:authority: ${NAME}`, '-H', 'user-id: 123'];
    const out = await h2load(
      t,
      '-n',
      '4000',
      '-c',
      '4',
      '-m',
      '25',
      ...header,
      `${edge.address.url}/api`,
    );
    t.match(
      out,
      '4000 total, 4000 started, 4000 done, 4000 succeeded, 0 failed, 0 errored, 0 timeout',
    );
    t.match(out, 'status codes: 4000 2xx, 0 3xx, 0 4xx, 0 5xx');
    t.match(out, /TLS Protocol: TLSv1\.3[\s\S]*Application protocol: h2/);
    t.match(
      edge.stats().versions.find(({ variant }) => variant === 'v2'),
      { requests: 4000, errors: 0 },
    );
    const [requests] = /finished in .*/.exec(out) ?? [];
    t.comment(requests ?? '');
  },
);
