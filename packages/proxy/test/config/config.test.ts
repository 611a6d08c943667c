import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatFinding } from '@tinct/core';
import t from 'tap';
import { type ConfigInput, loadConfig, printConfig, SETTINGS } from '../../src/index.ts';

const FILE = `listen: { port: 8000 }
upstream: http://127.0.0.1:1
plan: { file: plan.yaml }
log:
  level: warn
`;

const load = (text: string | undefined, more: Partial<ConfigInput> = {}) =>
  loadConfig({
    file: text === undefined ? undefined : { name: 'proxy.yaml', text },
    env: {},
    flags: {},
    ...more,
  });
const found = (text: string | undefined, more?: Partial<ConfigInput>) =>
  load(text, more).findings.map((each) => formatFinding(each).replace(/ Hint:.*/, ''));

t.test('flags beat variables, variables beat the file, the file beats defaults', async (t) => {
  const env = { TINCT_LISTEN_PORT: '8001', TINCT_LOG_LEVEL: 'error' };
  const { config, originOf } = load(FILE, { env, flags: { 'listen-port': '8002' } });
  t.match(config, { listen: { host: '127.0.0.1', port: 8002 }, log: { level: 'error' } });
  t.equal(originOf(['listen', 'port']).place, '--listen-port');
  t.equal(originOf(['log', 'level']).place, 'TINCT_LOG_LEVEL');
  t.equal(originOf(['upstream']).place, 'proxy.yaml:2:11');
  t.equal(originOf(['listen', 'host']).place, 'default');
});

t.test('variables and flags are enough', async (t) => {
  const { config, findings } = load(undefined, {
    env: { TINCT_UPSTREAM: 'http://127.0.0.1:1', TINCT_TRUSTED_HOPS: '10.0.0.0/8, ::1' },
    flags: { 'plan-file': 'p.yaml', 'log-requests': 'true' },
  });
  t.strictSame(findings, []);
  t.match(config, { trustedHops: ['10.0.0.0/8', '::1'], log: { requests: true } });
});

t.test('zero, false and empty are values', async (t) => {
  const text =
    'upstream: http://a\nplan: { file: p }\nlisten: { port: 0 }\nadmin: { enabled: false }';
  t.match(load(text).config, { listen: { port: 0 }, admin: { enabled: false } });
  const env = { TINCT_LISTEN_PORT: '0', TINCT_ADMIN_ENABLED: 'false', TINCT_UPSTREAM: '' };
  t.match(load(FILE, { env }).config, {
    listen: { port: 0 },
    admin: { enabled: false },
    upstream: 'http://127.0.0.1:1',
  });
});

t.test('everything that is wrong is said at once, each where it stands', async (t) => {
  const text = `listen: { port: 80800, hots: x }
upstream: http://a/b
trustedHops: [10.0.0.0/33, 1.2.3]
plan: { file: a, url: http://b }
timeouts: { connect: 5 }
log: { level: loud }
direct: { Bad_Name: { v1: http://a } }
routes: [{ path: api }]
`;
  t.strictSame(
    found(text, { flags: { 'shutdown-grace': 'soon' }, env: { TINCT_LIMITS_REQUESTS: 'many' } }),
    [
      'TINCT_LIMITS_REQUESTS error TINCT_CONFIG_TYPE: a whole number is expected, not "many" (limits.requests).',
      '--shutdown-grace error TINCT_CONFIG_VALUE: "soon": no duration such as `500ms`, `10s`, `5m` (shutdown.grace).',
      'proxy.yaml:1:17 error TINCT_CONFIG_VALUE: 80800: it is at most 65535 (listen.port).',
      'proxy.yaml:1:24 error TINCT_CONFIG_KEY_UNKNOWN: unknown key `hots` (listen.hots).',
      'proxy.yaml:2:11 error TINCT_CONFIG_VALUE: "http://a/b": no plain URL such as `http://127.0.0.1:8080`, without a user or a path (upstream).',
      'proxy.yaml:3:15 error TINCT_CONFIG_VALUE: "10.0.0.0/33": no address or range such as `10.0.0.0/8` (trustedHops[0]).',
      'proxy.yaml:3:28 error TINCT_CONFIG_VALUE: "1.2.3": no address or range such as `10.0.0.0/8` (trustedHops[1]).',
      'proxy.yaml:4:23 error TINCT_CONFIG_EXACTLY_ONE: `file` and `url` exclude each other (plan.url).',
      'proxy.yaml:5:22 error TINCT_CONFIG_TYPE: a duration such as `500ms`, `10s`, `5m` is expected, not 5 (timeouts.connect).',
      'proxy.yaml:6:15 error TINCT_CONFIG_VALUE: "loud": it is one of debug, info, warn, error, silent (log.level).',
      'proxy.yaml:7:11 error TINCT_CONFIG_VALUE: `Bad_Name`: no name: a-z, 0-9 and dash, at most 40 (direct.Bad_Name).',
      'proxy.yaml:8:10 error TINCT_CONFIG_KEY_MISSING: `upstream` is missing (routes[0].upstream).',
      'proxy.yaml:8:18 error TINCT_CONFIG_VALUE: "api": no path such as `/api` (routes[0].path).',
    ],
  );
});

t.test('a URL that the edge could not take is found here, with its place', async (t) => {
  const plan = 'plan: { file: p }\n';
  for (const url of [
    'https://a/b',
    'http://[::zz]',
    'http://a:99999',
    'http://u@a',
    'ftp://a',
    'http://a/?',
  ])
    t.match(found(`${plan}upstream: "${url}"`), [/^proxy.yaml:2:11 .*no plain URL/], url);
  for (const url of ['http://a', 'http://[::1]:80/', 'h2c://a:1', 'HTTP://a', 'https://a:8443'])
    t.strictSame(found(`${plan}upstream: "${url}"`), [], url);
  const config = 'upstream: http://a\nplan: { configMap: a/b, apiServer: "https://a" }';
  t.strictSame(found(config), []);
});

t.test('values that are right by themselves and make no sense together', async (t) => {
  const base = 'plan: { file: p }\nupstream: https://a:8443\n';
  const of = (text: string) => found(`${base}${text}`);
  const cases = [
    ['tls: { clientAuthority: ca.pem }', /KEY_MISSING: `tls.certificates` is missing: without one/],
    ['upstreamTls: { cert: a.pem }', /KEY_MISSING: `cert` needs `key`/],
    ['upstreamTls: { byUrl: { "https://a:8443": { key: a.key } } }', /`key` needs `cert`/],
    ['upstreamTls: { byUrl: { "https://b": {} } }', /"https:\/\/b": no request goes there/],
    ['upstreamTls: { byUrl: { "http://a:8443": {} } }', /it is no URL of https/],
    ['listen: { port: 9900 }', /`admin.port` and `listen.port` are both 9900/],
    [
      'listen: { port: 7, host: 0.0.0.0 }\nadmin: { port: 7 }',
      /`admin.port` and `listen.port` are both 7 /,
    ],
  ] as const;
  for (const [text, message] of cases) {
    const [first = '', ...more] = of(text);
    t.match(first, message, text);
    t.match(first, /^proxy.yaml:[134]:\d+ error /, 'at its place');
    t.strictSame(more.slice(text.includes('http://a') ? 1 : 0), []);
  }
  for (const text of [
    'upstreamTls: { byUrl: { "https://a:8443": { protocol: http1 } } }',
    'upstreamTls: { byUrl: { "https://b": {} } }\nroutes: [{ path: /b, upstream: "https://b:443" }]',
    'upstreamTls: { byUrl: { "https://b": {} } }\ndirect: { r: { v1: "https://b" } }',
    'listen: { port: 9900 }\nadmin: { enabled: false }',
    'listen: { port: 0 }\nadmin: { port: 0 }',
    'listen: { port: 7, host: 10.0.0.1 }\nadmin: { port: 7 }',
  ])
    t.strictSame(of(text), [], text);
});

t.test('a cookie that no browser would keep so is found here, with its place', async (t) => {
  const base = 'upstream: http://a\nplan: { file: p }\nkeys: k.json\n';
  const of = (cookie: string) => found(`${base}cookie: { ${cookie} }`);
  t.match(of('domain: "http://shop.example"'), [/^proxy.yaml:4:19 .*no domain such as/]);
  t.match(of('domain: ""'), [/no domain such as/]);
  for (const age of ['1s', '59999ms', '401d'])
    t.match(of(`maxAge: ${age}`), [/^proxy.yaml:4:19 .*not from a minute to 400 days/], age);
  t.match(of('maxAge: soon'), [/no duration such as/]);
  t.strictSame(of('domain: shop.example, maxAge: 60s'), []);
});

t.test('a setting that does nothing here is a warning that says why', async (t) => {
  const base = 'upstream: http://a\nplan: { file: p';
  const cases = [
    [' }\ncookie: { name: shop }', ['cookie.name', 'keys']],
    [' }\ncookie: { domain: shop.example }', ['cookie.domain', 'keys']],
    [' }\ncookie: { maxAge: 7d }', ['cookie.maxAge', 'keys']],
    [' }\nissueTo: everyone', ['issueTo', 'keys']],
    [', every: 1s }', ['plan.every', 'plan.url']],
    [', account: here }', ['plan.account', 'plan.configMap']],
    [' }\ntls: { minVersion: TLSv1.3 }', ['tls.minVersion', 'tls.certificates']],
  ] as const;
  for (const [text, [setting, needs]] of cases) {
    const { findings, config } = load(`${base}${text}`);
    t.ok(config, 'it starts');
    t.match(findings, [
      { code: 'TINCT_CONFIG_WITHOUT_EFFECT', level: 'warning', file: 'proxy.yaml' },
    ]);
    t.equal(findings[0]?.message, `\`${setting}\` does nothing without \`${needs}\``);
  }
  const env = { TINCT_COOKIE_NAME: 'shop' };
  t.match(load(FILE, { env }).findings, [{ file: 'TINCT_COOKIE_NAME' }]);
  t.strictSame(found(`${base} }\nkeys: k.json\ncookie: { name: shop }\nissueTo: everyone`), []);
  t.strictSame(found(`${base} }\ncookie: { name: tinct }`), [], 'the default, written out');
});

t.test('what has no value is printed too, as something that could have one', async (t) => {
  const printed = printConfig(load(FILE));
  t.match(printed, /^# plan.url: not set$/m);
  t.match(printed, /^# cookie.domain: not set$/m);
  t.notMatch(printed, /plan.file: not set/);
  const shown = SETTINGS.filter(
    ({ path }) =>
      !printed.includes(`${path.at(-1)}:`) && !printed.includes(`# ${path.join('.')}: not set`),
  );
  t.strictSame(shown, []);
});

t.test('what is missing is named', async (t) => {
  t.strictSame(found(undefined), [
    'error TINCT_CONFIG_KEY_MISSING: `upstream` is missing (upstream).',
    'error TINCT_CONFIG_EXACTLY_ONE: `plan` needs exactly one of `file`, `url`, `configMap` (plan).',
  ]);
  t.match(found('upstream: http://a\nplan: {}\n'), [
    /proxy.yaml:2:7 .*exactly one of `file`, `url`, `configMap`/,
  ]);
});

t.test('a file that is no map, or no YAML, is one mistake', async (t) => {
  t.strictSame(found('[1]'), [
    'proxy.yaml:1:1 error TINCT_CONFIG_TYPE: a map is expected, not a list.',
  ]);
  t.match(found('upstream: "x'), [/^proxy.yaml:1:11 error TINCT_CONFIG_SYNTAX/]);
  t.match(found('a: 1\na: 2\n').join(), /SYNTAX: `a` stands twice/);
});

t.test('a stronger layer chooses another source of the plan', async (t) => {
  const { config } = load(FILE, { flags: { 'plan-url': 'http://plans.example/p' } });
  t.equal(config?.plan.file, undefined);
  t.equal(config?.plan.url, 'http://plans.example/p');
  t.match(
    found(undefined, { flags: { upstream: 'http://a', 'plan-url': 'http://p', 'plan-file': 'p' } }),
    [/exclude each other/],
  );
});

t.test('a Service called tinct-admin does not set the port', async (t) => {
  const { config } = load(FILE, { env: { TINCT_ADMIN_PORT: 'tcp://10.0.0.7:9900' } });
  t.equal(config?.admin.port, 9900);
});

t.test('a misspelt variable is a warning with the right name; a stranger is none', async (t) => {
  const env = { [`TINCT_${'LISTN_PORT'}`]: '1', [`TINCT_${'SOMETHING_ELSE_ALTOGETHER'}`]: '1' };
  const { findings, config } = load(FILE, { env });
  t.ok(config);
  t.equal(findings.length, 1);
  t.match(findings[0]?.hint, 'TINCT_LISTEN_PORT');
});

t.test('a secret has no flag, and no message shows it', async (t) => {
  t.strictSame(
    SETTINGS.filter(({ flag }) => flag === undefined).map(({ variable }) => variable),
    ['TINCT_DEBUG_TOKEN', 'TINCT_ADMIN_TOKEN'],
  );
  const short = found(FILE, { env: { TINCT_ADMIN_TOKEN: 'hush' } });
  t.strictSame(short, [
    'TINCT_ADMIN_TOKEN error TINCT_CONFIG_VALUE: the secret: shorter than 16 characters (admin.token).',
  ]);
  const token = 'a-token-that-nobody-sees';
  const printed = printConfig(load(FILE, { env: { TINCT_ADMIN_TOKEN: token } }));
  t.notMatch(printed, token);
  t.match(printed, /# token: hidden +# TINCT_ADMIN_TOKEN/);
});

t.test('what is printed is a configuration that means the same', async (t) => {
  const name = join(import.meta.dirname, '../../../../examples/proxy/proxy.yaml');
  const first = load(readFileSync(name, 'utf8'));
  t.strictSame(first.findings, []);
  const printed = printConfig(first);
  t.match(printed, /^listen:\n {2}host: "127.0.0.1" +# proxy.yaml:2:17\n/);
  const again = load(printed);
  t.strictSame(again.findings, []);
  t.strictSame(again.config, first.config);
});
