/** The access log: what it says of a request, and what it never says. */
import t, { type Test } from 'tap';
import { loadConfig, startProxy } from '../../src/index.ts';
import { curl, echo, planText, until } from '../helpers.ts';

async function logging(t: Test, requests: boolean, dead?: string) {
  const [v1, v2] = [dead ?? (await echo(t, 'v1')), dead ?? (await echo(t, 'v2'))];
  const text = `upstream: ${v1}
direct: { my-service: { v1: "${v1}", v2: "${v2}" } }
listen: { port: 0 }
admin: { enabled: false }
plan: { file: plan.yaml }
trustedHops: [127.0.0.0/8]
log: { requests: ${requests} }
`;
  const loaded = loadConfig({ file: { name: 'proxy.yaml', text }, env: {}, flags: {} });
  const folder = t.testdir({ 'plan.yaml': planText() });
  const lines: string[] = [];
  const log = { write: (line: string) => void lines.push(line) };
  const proxy = await startProxy(loaded, {
    folders: { config: folder, cwd: folder },
    log,
    now: () => 0,
  });
  t.teardown(() => proxy.stop());
  return { proxy, lines, requests: () => lines.filter((line) => line.includes('"request"')) };
}

t.test('one line per request, by ECS names', async (t) => {
  const { proxy, requests } = await logging(t, true);
  await curl('-H', 'user-id: 123', `${proxy.address.url}/a/b?c=d`);
  await until(() => requests().length === 1);
  const line = JSON.parse(requests()[0] ?? '');
  t.match(line, {
    '@timestamp': '1970-01-01T00:00:00.000Z',
    'ecs.version': '8.11.0',
    'log.level': 'info',
    message: 'request',
    'http.request.method': 'GET',
    'http.version': '1.1',
    'url.path': '/a/b',
    'http.response.status_code': 200,
    'event.outcome': 'success',
    'client.address': '127.0.0.1',
    'tinct.variants': ['my-service=v2'],
    'tinct.revision': 1,
    'tinct.decisions': ['my-service=v2 TARGETING_MATCH'],
  });
  t.ok(Number.isInteger(line['event.duration']) && line['event.duration'] > 0);
});

t.test('the trace that a request belongs to, and no other text', async (t) => {
  const { proxy, requests } = await logging(t, true);
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
  for (const end of ['01', '01-forged'])
    await curl('-H', `traceparent: 00-${trace}-00f067aa0ba902b7-${end}`, proxy.address.url);
  await until(() => requests().length === 2);
  const [valid, invalid] = requests().map((line) => JSON.parse(line));
  t.match(valid, { 'trace.id': trace, 'span.id': '00f067aa0ba902b7' });
  t.notOk('trace.id' in invalid);
});

t.test(
  'a failed upstream has a line in any case, with the id that the client was told',
  async (t) => {
    for (const all of [true, false]) {
      const { proxy, requests } = await logging(t, all, 'http://127.0.0.1:1');
      const { out } = await curl('-D-', proxy.address.url);
      await until(() => requests().length === 1);
      const [, id] = /^tinct-error-id: (.*)\r$/m.exec(out) ?? [];
      t.match(JSON.parse(requests()[0] ?? ''), {
        'error.id': id,
        'error.code': 'TINCT_EDGE_UPSTREAM_UNREACHABLE',
        'error.message': 'no connection to the upstream',
      });
    }
  },
);

t.test('a refused request has its line too', async (t) => {
  const { proxy, requests } = await logging(t, true);
  await curl('-X', 'TRACE', proxy.address.url);
  await until(() => requests().length === 1);
  t.match(JSON.parse(requests()[0] ?? ''), {
    'http.response.status_code': 501,
    'event.outcome': 'failure',
  });
});

t.test(
  'attack: no cookie, token, header, body or query reaches the log, and no line is forged',
  async (t) => {
    const { proxy, lines, requests } = await logging(t, true);
    const secret = 'a-secret-of-the-user';
    const url = `${proxy.address.url}/p%0a%22message%22?token=${secret}`;
    const headers = [
      `cookie: s=${secret}`,
      `authorization: Bearer ${secret}`,
      `user-id: ${secret}`,
      `user-agent: ${secret}`,
      `referer: http://a/?${secret}`,
    ];
    await curl(...headers.flatMap((header) => ['-H', header]), '-d', secret, url);
    await until(() => requests().length === 1);
    t.notMatch(lines.join(''), secret);
    t.equal(lines.join('').split('\n').filter(Boolean).length, lines.length);
    for (const line of lines) t.ok(JSON.parse(line));
  },
);

t.test('without being asked there is no line per request', async (t) => {
  const { proxy, requests } = await logging(t, false);
  await curl(proxy.address.url);
  await proxy.stop();
  t.strictSame(requests(), []);
});
