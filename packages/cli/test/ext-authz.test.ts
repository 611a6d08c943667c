/** `tinct ext-authz` through run(): what it shares with the proxy works here too. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { lines, start, until, urlOf } from './running.ts';

const EXAMPLE = join(import.meta.dirname, '../../../examples/ext-authz');
const read = (name: string) => readFileSync(join(EXAMPLE, name), 'utf8');
const PORTS = ['--listen-port', '0', '--admin-port', '0', '--shutdown-not-ready', '0s'];
const SECRET = 'change-me-to-a-secret';
const NAME = 'the ext_authz server';

const example = (t: Test) =>
  t.testdir({ 'ext-authz.yaml': read('ext-authz.yaml'), 'plan.yaml': read('plan.yaml') });

/** What the HTTP form colors a user's request with; the status where it doesn't. */
async function color(url: string, user: string, secret = SECRET) {
  const headers = {
    'user-id': user,
    'x-tinct-gateway': `${secret} 127.0.0.1`,
    connection: 'close',
  };
  const { status, headers: told } = await fetch(url, { headers });
  return told.get('x-tinct-my-service') ?? status;
}

t.test('the example decides by its plan, and SIGTERM ends it with 0', async (t) => {
  const started = start(t, example(t), ['ext-authz', '-c', 'ext-authz.yaml', ...PORTS]);
  const url = await urlOf(started, NAME);
  t.equal(await color(url, '123'), 'v2');
  t.equal(await color(url, '7'), 'v1');
  t.equal(await color(url, '123', 'another-secret-altogether'), 503);
  const admin = lines(started).find((line) => line['message'] === 'the admin server listens');
  const metrics = await (await fetch(`${admin?.['url.full']}/metrics`)).text();
  t.match(metrics, 'tinct_ext_authz_strangers_total 1\n');
  t.match(
    metrics,
    /tinct_requests_total\{release="my-service",variant="v2",.*reach="unknown".*class="unseen"\} 1\n/,
  );
  started.stop('SIGTERM');
  t.equal(await started.status, 0);
  t.equal(started.err.text, '');
  const requests = lines(started).filter((line) => line['message'] === 'request');
  t.match(requests[0], {
    'client.address': '127.0.0.1',
    'tinct.decisions': ['my-service=v2 TARGETING_MATCH'],
  });
  t.notMatch(started.out.text, SECRET, 'the secret is in no line');
});

t.test(
  'SIGHUP reads plan and secrets again; what is no secret leaves those of before',
  async (t) => {
    const cwd = t.testdir({
      'plan.yaml': read('plan.yaml'),
      secrets: `${SECRET}\n`,
      'ext-authz.yaml':
        'plan: { file: plan.yaml }\ngateway: { secretFile: secrets }\ntrustedHops: [127.0.0.1]\n',
    });
    const started = start(t, cwd, ['ext-authz', '-c', 'ext-authz.yaml', ...PORTS]);
    const url = await urlOf(started, NAME);
    const next = 'another-secret-altogether';
    writeFileSync(join(cwd, 'secrets'), `${SECRET}\n${next}\n`);
    started.hangup();
    while ((await color(url, '123', next)) !== 'v2')
      await new Promise((wait) => setTimeout(wait, 5));
    t.equal(await color(url, '123'), 'v2');
    writeFileSync(join(cwd, 'secrets'), 'short\n');
    started.hangup();
    await until('the refusal', () => started.out.text.includes('the secrets were refused'));
    t.equal(await color(url, '123'), 'v2');
  },
);

t.test('--print-config prints the whole without the secret, and starts nothing', async (t) => {
  const argv = ['ext-authz', '-c', 'ext-authz.yaml', '--print-config', '--log-level', 'debug'];
  const env = { TINCT_GATEWAY_SECRET: 'from-the-environment', TINCT_LISTEN_PORT: '81' };
  const started = start(t, example(t), argv, env);
  t.equal(await started.status, 0);
  t.match(started.out.text, /port: 81 +# TINCT_LISTEN_PORT\n/);
  t.match(started.out.text, /level: debug +# --log-level\n/);
  t.match(started.out.text, /# secret: hidden +# TINCT_GATEWAY_SECRET\n/);
  t.match(started.out.text, /notReady: "2s" +# ext-authz.yaml:\d+:\d+\n/);
  t.notMatch(started.out.text, 'from-the-environment');
});

t.test('what is wrong is said with its place, and nothing starts', async (t) => {
  const refused = async (text: string) => {
    const started = start(t, t.testdir({ 'e.yaml': text }), ['ext-authz', '-c', 'e.yaml']);
    t.equal(await started.status, 1);
    t.equal(started.out.text, '');
    return started.err.text;
  };
  const open = await refused('plan: { file: plan.yaml }\n');
  t.match(open, /e.yaml.* error TINCT_CONFIG_KEY_MISSING .*anyone could ask/);
  t.match(
    await refused(`plan: { file: a }\ngateway: { secret: short }\n`),
    /e.yaml:2:20 error TINCT_CONFIG_VALUE the secret/,
  );
  t.match(await refused('upstream: http://a\n'), /e.yaml:1:1 error TINCT_CONFIG_KEY_UNKNOWN/);
  const both = `plan: { file: a }\ngateway: { secret: ${SECRET}, secretFile: b }\n`;
  t.match(
    await refused(both),
    /TINCT_CONFIG_EXACTLY_ONE .secret. and .secretFile. exclude each other/,
  );
});
