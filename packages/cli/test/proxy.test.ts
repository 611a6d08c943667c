/** `tinct proxy` through run(): the configuration, the edge that it starts, and how it ends. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { ask, example, lines, read, service, serviceBy, start, until, urlOf } from './running.ts';

t.test('the example routes by its plan, and SIGTERM ends it with 0', async (t) => {
  const cwd = await example(t);
  const config = ['--config', 'config/proxy.yaml', '--listen-port', '0', '--admin-port', '0'];
  const started = start(t, cwd, ['proxy', ...config]);
  const url = await urlOf(started);
  t.equal(await ask(url, '123'), 'v2');
  t.equal(await ask(url, '7'), 'v1');
  started.stop('SIGTERM');
  t.equal(await started.status, 0);
  t.equal(started.err.text, '');
  t.ok(lines(started).every((line) => line['ecs.version'] !== undefined && line['log.level']));
});

t.test('SIGHUP reads the plan again', async (t) => {
  const cwd = await example(t);
  const config = ['-c', 'config/proxy.yaml', '--listen-port', '0', '--admin-port', '0'];
  const started = start(t, cwd, ['proxy', ...config]);
  await urlOf(started);
  started.hangup();
  await until('the reload', () => started.out.text.includes('the plan is read again'));
  started.stop('SIGINT');
  t.equal(await started.status, 0);
});

t.test('a proxy without any plan says so, and everyone gets the upstream', async (t) => {
  const cwd = t.testdir({});
  const upstream = await service(t, 'stable');
  const flags = ['--upstream', upstream, '--plan-file', 'none.yaml', '--listen-port', '0'];
  const started = start(t, cwd, ['proxy', ...flags, '--admin-port', '0']);
  t.equal(await ask(await urlOf(started), '123'), 'stable');
  const said = lines(started).map((line) => line['message']);
  t.match(said.join('\n'), /there is no plan: nothing is decided/);
  started.stop('SIGTERM');
  t.equal(await started.status, 0);
});

t.test('--print-config prints the whole, and starts nothing', async (t) => {
  const cwd = t.testdir({ 'proxy.yaml': read('proxy.yaml') });
  const started = start(t, cwd, ['proxy', '--print-config', '--log-level', 'debug'], {
    TINCT_CONFIG: 'proxy.yaml',
    TINCT_LISTEN_PORT: '81',
  });
  t.equal(await started.status, 0);
  t.match(started.out.text, /port: 81 +# TINCT_LISTEN_PORT\n/);
  t.match(started.out.text, /level: debug +# --log-level\n/);
  t.match(started.out.text, /connect: "2s" +# proxy.yaml:\d+:\d+\n/);
});

t.test('what is wrong is said at once with its place, and nothing starts', async (t) => {
  const cwd = t.testdir({});
  writeFileSync(join(cwd, 'proxy.yaml'), 'upstream: here\nplan: { fiel: plan.yaml }\n');
  const started = start(t, cwd, ['proxy', '--config', 'proxy.yaml']);
  t.equal(await started.status, 1);
  t.equal(started.out.text, '');
  t.match(started.err.text, /proxy.yaml:1:11 error TINCT_CONFIG_VALUE/);
  t.match(started.err.text, /proxy.yaml:2:9 error TINCT_CONFIG_KEY_UNKNOWN/);
  t.match(started.err.text, /did you mean `file`\?/);
  const missing = start(t, cwd, ['proxy', '--config', 'nothing.yaml']);
  t.equal(await missing.status, 4);
  t.match(missing.err.text, /TINCT_CONFIG_UNREADABLE/);
});

t.test('every file that is named and is not there is said at once, at its place', async (t) => {
  const cwd = t.testdir({ 'key.pem': 'a key' });
  const text = `upstream: https://a
plan: { file: plan.yaml }
keys: keys.json
tls: { certificates: [{ cert: a.pem, key: key.pem }], clientAuthority: . }
admin: { tokenFile: token }
upstreamTls: { byUrl: { "https://a": { authority: ca.pem } } }
`;
  writeFileSync(join(cwd, 'proxy.yaml'), text);
  const started = start(t, cwd, ['proxy', '-c', 'proxy.yaml', '--upstream-tls-authority', 'b.pem']);
  t.equal(await started.status, 4);
  t.equal(started.out.text, '');
  const said = started.err.text.match(/^\S+ .*TINCT_CONFIG_UNREADABLE .*/gm);
  t.strictSame(said, [
    'proxy.yaml:3:7 error TINCT_CONFIG_UNREADABLE "keys.json": there is no such file',
    'proxy.yaml:4:31 error TINCT_CONFIG_UNREADABLE "a.pem": there is no such file',
    'proxy.yaml:4:72 error TINCT_CONFIG_UNREADABLE ".": it is no regular file',
    '--upstream-tls-authority (upstreamTls.authority) error TINCT_CONFIG_UNREADABLE "b.pem": there is no such file',
    'proxy.yaml:6:51 error TINCT_CONFIG_UNREADABLE "ca.pem": there is no such file',
    'proxy.yaml:5:21 error TINCT_CONFIG_UNREADABLE "token": there is no such file',
  ]);
});

t.test('a taken port is a mistake with a code', async (t) => {
  const cwd = await example(t);
  const taken = new URL(await service(t, 'other')).port;
  const started = start(t, cwd, ['proxy', '-c', 'config/proxy.yaml', '--listen-port', taken]);
  t.equal(await started.status, 1);
  t.match(started.err.text, /TINCT_EDGE_ADDRESS .*EADDRINUSE/);
});

t.test('a plan by URL is followed', async (t) => {
  let revision = 1;
  const plans = await serviceBy(t, (_, res) =>
    res.end(read('plan.yaml').replace('revision: 1', `revision: ${revision}`)),
  );
  const cwd = await example(t);
  const flags = [
    '--plan-url',
    plans,
    '--plan-every',
    '10ms',
    '--listen-port',
    '0',
    '--admin-port',
    '0',
  ];
  const started = start(t, cwd, ['proxy', '-c', 'config/proxy.yaml', ...flags]);
  t.equal(await ask(await urlOf(started), '123'), 'v2');
  revision = 2;
  await until('revision 2', () => started.out.text.includes('"tinct.revision":2'));
});
