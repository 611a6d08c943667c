/** The admin server by real sockets: what it tells, what it changes, and whom it lets. */
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { type MetricDefinition, SERIES } from '@tinct/core';
import t, { type Test } from 'tap';
import { hostName } from '../../src/admin/guard.ts';
import { ROUTES } from '../../src/admin/routes.ts';
import {
  loadConfig,
  loadExtAuthzConfig,
  type RunningProgram,
  startExtAuthzProgram,
  startProxy,
} from '../../src/index.ts';
import { curl, echo, planText, raw, until, upstream } from '../helpers.ts';

const TOKEN = 'correct-horse-battery-staple';
const AUTHORIZED = { authorization: `Bearer ${TOKEN}` };

interface Setting {
  readonly config?: string;
  readonly env?: Record<string, string>;
  readonly folder?: string;
  readonly plan?: string;
}

interface Running extends RunningProgram {
  readonly folder: string;
  readonly log: string[];
}

async function running(
  t: Test,
  { config = '', env = {}, plan, ...more }: Setting = {},
): Promise<Running> {
  const folder = more.folder ?? t.testdir({ 'plan.yaml': plan ?? planText() });
  const [v1, v2] = [await echo(t, 'v1'), await echo(t, 'v2')];
  const text = `upstream: ${v1}
direct: { my-service: { v1: "${v1}", v2: "${v2}" } }
listen: { port: 0 }
plan: { file: plan.yaml }
trustedHops: [127.0.0.0/8]
${config.includes('admin:') ? '' : 'admin: { port: 0 }\n'}${config}`;
  const loaded = loadConfig({
    file: { name: 'proxy.yaml', text },
    env: { TINCT_ADMIN_TOKEN: TOKEN, ...env },
    flags: {},
  });
  t.strictSame(loaded.findings, []);
  const log: string[] = [];
  const proxy = await startProxy(loaded, {
    folders: { config: folder, cwd: folder },
    log: { write: (line) => void log.push(line) },
  });
  t.teardown(() => proxy.stop());
  return { ...proxy, folder, log };
}

interface Answer {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly text: string;
  readonly body: Record<string, unknown>;
}

/** Asks the admin server, with any Host. */
async function ask(
  { admin }: RunningProgram,
  path: string,
  {
    method = 'GET',
    headers = {},
    body,
  }: { method?: string; headers?: Record<string, string>; body?: unknown } = {},
): Promise<Answer> {
  const json = body === undefined ? {} : { 'content-type': 'application/json' };
  const req = request(`${admin?.url}${path}`, {
    method,
    headers: { ...json, ...headers },
    agent: false,
  });
  req.end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body));
  const [res] = await once(req, 'response');
  let text = '';
  for await (const chunk of res.setEncoding('utf8')) text += chunk;
  const isJson = `${res.headers['content-type']}`.includes('json');
  return {
    status: res.statusCode,
    headers: res.headers,
    text,
    body: isJson ? JSON.parse(text) : {},
  };
}

async function versionFor({ address }: RunningProgram, user: string): Promise<string> {
  const response = await fetch(address.url, { headers: { 'user-id': user } });
  return ((await response.json()) as { version: string }).version;
}

const abort = (proxy: RunningProgram, release = 'my-service') =>
  ask(proxy, `/abort/${release}`, { method: 'POST', headers: AUTHORIZED });

t.test('health, readiness and metrics are there for probes', async (t) => {
  const proxy = await running(t);
  t.match(await ask(proxy, '/healthz'), { status: 200, body: { status: 'ok' } });
  t.match(await ask(proxy, '/readyz'), {
    status: 200,
    body: { ready: true, why: [], plan: { revision: 1 }, refused: [] },
  });
  await versionFor(proxy, '123');
  const { text, headers } = await ask(proxy, '/metrics');
  t.match(headers['content-type'], 'text/plain; version=0.0.4');
  const labels = (variant: string) =>
    `release="my-service",variant="${variant}",arm="other",reach="service",reporter="edge"`;
  t.match(text, `tinct_requests_total{${labels('v2')},class="2xx"} 1\n`);
  t.match(text, `tinct_requests_total{${labels('v1')},class="5xx"} 0\n`);
  t.match(text, `tinct_request_duration_seconds_count{${labels('v2')}} 1\n`);
  t.match(text, 'tinct_decisions_total{reason="TARGETING_MATCH"} 1\n');
  t.match(text, 'tinct_plan_revision 1\n');
  t.match(text, 'tinct_ready 1\n');
  for (const line of text.trim().split('\n'))
    t.match(line, /^(# (HELP|TYPE|UNIT) tinct_\w+ .+|tinct_\w+(\{(\w+="[^"]*",?)+\})? [\d.e-]+)$/);
});

t.test('with workers there is one /metrics, and one abort for all of them', async (t) => {
  const proxy = await running(t, { env: { TINCT_WORKERS: '2' } });
  const versions = () => Promise.all(Array.from({ length: 20 }, () => versionFor(proxy, '123')));
  t.strictSame(new Set(await versions()), new Set(['v2']));
  const counted = 'reach="service",reporter="edge",class="2xx"} 20\n';
  // A client may have its answer a moment before it is counted.
  while (!(await ask(proxy, '/metrics')).text.includes(counted));
  t.match(await abort(proxy), { status: 200, body: { epoch: 1, inForce: true, kept: false } });
  t.strictSame(new Set(await versions()), new Set(['v1']));
});

t.test(
  'an abort is in force at the next request, and no plan of the epoch brings it back',
  async (t) => {
    const proxy = await running(t);
    t.equal(await versionFor(proxy, '123'), 'v2');
    t.match(await abort(proxy), { status: 200, body: { epoch: 1, inForce: true, kept: false } });
    t.equal(await versionFor(proxy, '123'), 'v1');
    writeFileSync(join(proxy.folder, 'plan.yaml'), planText({ revision: 2 }));
    await proxy.reload();
    t.match(await ask(proxy, '/plan', { headers: AUTHORIZED }), {
      body: {
        inForce: { revision: 2, releases: [{ aborted: true }] },
        killed: { 'my-service': 1 },
      },
    });
    t.equal(await versionFor(proxy, '123'), 'v1');
    const next = planText({ revision: 3 }).replace('stable: v1', 'stable: v1\n    epoch: 2');
    writeFileSync(join(proxy.folder, 'plan.yaml'), next);
    await proxy.reload();
    t.equal(await versionFor(proxy, '123'), 'v2', 'a new epoch does');
    t.match(proxy.log.join(''), 'a release was aborted');
  },
);

t.test('an abort survives a restart where there is a state folder', async (t) => {
  const first = await running(t, { config: 'state: state/tinct' });
  t.match(await abort(first), { status: 200, body: { kept: true } });
  await first.stop();
  const second = await running(t, { config: 'state: state/tinct', folder: first.folder });
  t.equal(await versionFor(second, '123'), 'v1');
  t.strictSame(JSON.parse(readFileSync(join(first.folder, 'state/tinct/aborted.json'), 'utf8')), {
    'my-service': 1,
  });
  await second.stop();
  writeFileSync(join(first.folder, 'state/tinct/aborted.json'), '{"my-service":"1"}');
  await t.rejects(running(t, { config: 'state: state/tinct', folder: first.folder }), {
    code: 'TINCT_STATE_UNREADABLE',
  });
});

t.test('an abort that cannot be kept is in force and says so', async (t) => {
  const proxy = await running(t, { config: 'state: plan.yaml/none' }).catch(() => undefined);
  t.equal(proxy, undefined, 'a folder that cannot be is found at the start');
  const folder = t.testdir({ 'plan.yaml': planText() });
  const later = await running(t, { config: 'state: state', folder });
  writeFileSync(join(folder, 'state'), 'a file in its place');
  t.match(await abort(later), { status: 500, body: { code: 'TINCT_STATE_UNWRITABLE' } });
  t.equal(await versionFor(later, '123'), 'v1');
});

t.test('an abort of no such release is 404', async (t) => {
  const proxy = await running(t);
  t.match(await abort(proxy, 'other'), {
    status: 404,
    headers: { 'content-type': /^application\/problem\+json/ },
    body: { code: 'TINCT_PLAN_RELEASE_UNKNOWN', status: 404 },
  });
});

t.test('explain says what a request would get, and why', async (t) => {
  const proxy = await running(t);
  const body = { host: 'shop.example', path: '/a?b', headers: [['user-id', '123']], trusted: true };
  const explained = await ask(proxy, '/explain', { method: 'POST', headers: AUTHORIZED, body });
  t.match(explained, {
    status: 200,
    body: { revision: 1, releases: [{ decision: { variant: 'v2', reason: 'TARGETING_MATCH' } }] },
  });
  const untrusted = { ...body, trusted: false };
  t.match(await ask(proxy, '/explain', { method: 'POST', headers: AUTHORIZED, body: untrusted }), {
    body: { releases: [{ decision: { variant: 'v1' } }] },
  });
});

t.test('what is no such request is 400, what is no such route 404', async (t) => {
  const proxy = await running(t);
  const post = (body: unknown) =>
    ask(proxy, '/explain', { method: 'POST', headers: AUTHORIZED, body });
  for (const body of [
    {},
    { host: 7 },
    { host: 'a', more: 1 },
    { host: 'a', path: 'b' },
    '{',
    { host: 'a', path: `/${'x'.repeat(70_000)}` },
  ])
    t.match(await post(body), { status: 400, body: { code: 'TINCT_ADMIN_REQUEST_MALFORMED' } });
  t.match(await ask(proxy, '/none'), { status: 404, body: { code: 'TINCT_ADMIN_ROUTE_UNKNOWN' } });
  t.equal((await ask(proxy, '/abort/my-service', { headers: AUTHORIZED })).status, 404);
});

t.test('the log level changes while it runs', async (t) => {
  const proxy = await running(t);
  const headers = AUTHORIZED;
  const put = (level: string) =>
    ask(proxy, '/loglevel', { method: 'PUT', headers, body: { level } });
  t.match(await put('debug'), { status: 200, body: { level: 'debug' } });
  t.match(await ask(proxy, '/loglevel', { headers }), { body: { level: 'debug' } });
  t.match(await put('loud'), {
    status: 400,
    body: { detail: /debug, info, warn, error, silent/, hint: /`\/openapi.json`/ },
  });
  const { body } = await ask(proxy, '/openapi.json');
  const paths = body['paths'] as Record<string, Record<string, { summary: string }>>;
  t.match(paths['/loglevel']?.['put']?.summary, /debug, info, warn, error, silent/);
});

t.test(
  'a refused plan is seen in readiness by its code, and with the token by its place',
  async (t) => {
    const proxy = await running(t);
    writeFileSync(join(proxy.folder, 'plan.yaml'), planText({ revision: 0 }));
    await proxy.reload();
    const ready = await ask(proxy, '/readyz');
    t.match(ready, { status: 200, body: { refused: ['TINCT_PLAN_COUNTER_MALFORMED'] } });
    t.notMatch(ready.text, 'revision: 0');
    t.match((await ask(proxy, '/plan', { headers: AUTHORIZED })).text, /plan.yaml:3:\d+ error/);
    t.match((await ask(proxy, '/metrics')).text, 'tinct_plan_refused 1\n');
  },
);

t.test('the log says when a plan that was refused is mended, and when it is another', async (t) => {
  const proxy = await running(t);
  const file = join(proxy.folder, 'plan.yaml');
  const said = (message: string) => proxy.log.filter((line) => line.includes(message)).length;
  const mended = 'the plan in force is what its source holds again';
  const write = async (revision: number) => {
    writeFileSync(file, planText({ revision }));
    await proxy.reload();
  };
  await write(0);
  t.equal(said('a plan was refused'), 1);
  t.equal(said(mended), 0);
  await write(1);
  t.equal(said(mended), 1);
  await write(0);
  await write(2);
  t.equal(said('a plan came into force'), 2);
  t.equal(said(mended), 1, 'a new plan is no mended one');
});

t.test('an issuer whose keys do not come stands in the log, with where and why', async (t) => {
  const issuer = await upstream(t, (_, res) => void res.writeHead(503).end());
  const jwks = `${issuer}/jwks.json`;
  const identity = `{ unit: user, jwt: { claim: sub, issuer: x, jwks: "${jwks}" } }`;
  const proxy = await running(t, { plan: planText({ identity }) });
  await curl(proxy.address.url);
  await until(() => proxy.log.some((line) => line.includes('TINCT_JWKS_UNREADABLE')));
  const lines = proxy.log.filter((line) => line.includes('the keys of an issuer do not come'));
  t.equal(lines.length, 1);
  t.match(lines[0], `${jwks}: status 503`);
});

t.test('the OpenAPI document has every route, and who may ask it', async (t) => {
  const proxy = await running(t);
  const { body } = await ask(proxy, '/openapi.json');
  const paths = body['paths'] as Record<string, Record<string, { security?: unknown }>>;
  for (const { method, url, isProtected } of ROUTES) {
    const operation = paths[url.replace(':release', '{release}')]?.[method.toLowerCase()];
    t.equal(operation?.security !== undefined, isProtected, `${method} ${url}`);
  }
});

const protectedRoutes = ROUTES.filter(({ isProtected }) => isProtected);

t.test('attack: without the token nothing is changed or revealed', async (t) => {
  const proxy = await running(t);
  t.ok(protectedRoutes.length >= 5);
  for (const { method, url } of protectedRoutes)
    for (const authorization of [
      '',
      'Bearer',
      'Bearer ',
      `Basic ${TOKEN}`,
      TOKEN,
      `Bearer ${TOKEN}x`,
      `Bearer ${TOKEN} x`,
      'Bearer wrong',
    ]) {
      const path = url.replace(':release', 'my-service');
      const headers = authorization === '' ? {} : { authorization };
      const answer = await ask(proxy, path, { method, headers });
      t.match(answer, {
        status: 401,
        headers: { 'www-authenticate': /^Bearer/ },
        body: { code: 'TINCT_ADMIN_UNAUTHORIZED' },
      });
    }
  t.equal(await versionFor(proxy, '123'), 'v2');
});

t.test('attack: where no token is configured, an empty one opens nothing', async (t) => {
  const proxy = await running(t, { env: { TINCT_ADMIN_TOKEN: '' } });
  for (const authorization of ['Bearer ', 'Bearer undefined', 'Bearer'])
    t.equal((await ask(proxy, '/plan', { headers: { authorization } })).status, 401);
  t.match((await ask(proxy, '/plan')).text, /no token/);
});

t.test('a health check by HTTP/1.0 without Host is answered, as HAProxy asks', async (t) => {
  const proxy = await running(t, { config: 'admin: { port: 0 }' });
  const answer = await raw(t, `${proxy.admin?.url}`, 'GET /readyz HTTP/1.0\r\n\r\n').all;
  t.match(answer, /^HTTP\/1.1 200 OK\r\n/);
});

t.test(
  'attack: a web page whose own name leads to the admin server reads nothing (DNS rebinding)',
  async (t) => {
    const proxy = await running(t, { config: 'admin: { port: 0, hosts: [Tinct.edge.svc] }' });
    for (const host of [
      'evil.example',
      'evil.example:9900',
      'localhost.evil.example',
      '127.0.0.1.evil.example',
      'a:b:c',
      ' ',
    ])
      for (const path of ['/metrics', '/readyz', '/healthz', '/openapi.json'])
        t.match(await ask(proxy, path, { headers: { host } }), {
          status: 421,
          body: { code: 'TINCT_ADMIN_HOST_REFUSED' },
        });
    for (const host of ['localhost:1', '10.1.2.3:9900', '[::1]:9900', 'tinct.EDGE.svc:9900'])
      t.equal((await ask(proxy, '/metrics', { headers: { host } })).status, 200, host);
    const known = { ...AUTHORIZED, host: 'tinct-0.tinct:9900' };
    t.equal(
      (await ask(proxy, '/metrics', { headers: known })).status,
      200,
      'with the token any name',
    );
  },
);

t.test('attack: a large body from a stranger is not read', async (t) => {
  const proxy = await running(t);
  const answer = await ask(proxy, '/explain', { method: 'POST', body: 'x'.repeat(200_000) }).catch(
    () => ({ status: 401 }),
  );
  t.equal(answer.status, 401);
});

t.test('attack: the token is in no answer and no log line', async (t) => {
  const proxy = await running(t, { config: 'log: { level: debug, requests: true }' });
  const answers = [];
  for (const { url, method } of ROUTES)
    answers.push((await ask(proxy, url, { method, headers: AUTHORIZED })).text);
  t.notMatch(answers.join(''), TOKEN);
  t.notMatch(proxy.log.join(''), TOKEN);
});

/** The ext_authz server's own program. */
async function authorizing(t: Test): Promise<Running> {
  const folder = t.testdir({ 'plan.yaml': planText() });
  const text = `listen: { port: 0 }
plan: { file: plan.yaml }
gateway: { secret: ${TOKEN} }
admin: { port: 0 }
`;
  const env = { TINCT_ADMIN_TOKEN: TOKEN };
  const loaded = loadExtAuthzConfig({ file: { name: 'ext-authz.yaml', text }, env, flags: {} });
  t.strictSame(loaded.findings, []);
  const log: string[] = [];
  const server = await startExtAuthzProgram(loaded, {
    folders: { config: folder, cwd: folder },
    log: { write: (line) => void log.push(line) },
  });
  t.teardown(() => server.stop());
  return { ...server, folder, log };
}

const nameOf = ([, name]: RegExpMatchArray) => name;

/** Series as text: name and the names of the labels. */
const seriesOf = (text: string): Set<string> =>
  new Set(
    [...text.matchAll(/^(tinct_\w+?)(?:_(?:bucket|sum|count))?(?:\{(.*)\})? \S+$/gm)].map(
      ([, name, labels = '']) =>
        [name, ...[...labels.matchAll(/(\w+)="/g)].map(nameOf)]
          .filter((one) => one !== 'le')
          .join(),
    ),
  );

t.test('what is served is what the catalogue says, label by label', async (t) => {
  const programs = [await running(t), await running(t, { config: 'workers: 2\n' })];
  const texts = [];
  for (const program of [...programs, await authorizing(t)])
    texts.push((await ask(program, '/metrics')).text);
  const served = seriesOf(texts.join(''));
  const catalogue = Object.values<MetricDefinition>(SERIES)
    .filter(({ reporters }) => reporters.includes('edge'))
    .map(({ name, labels }) => [name, ...labels].join());
  for (const one of served) t.ok(catalogue.includes(one), one);
  // What there is only once something happened, or only with a list or an objective.
  const later =
    /^tinct_(upstream_first_byte|rule_nominal|canary_nominal|objective|list_info|units|affected|step|slice)/;
  for (const one of catalogue) t.ok(served.has(one) || later.test(one), one);
});

t.test('the name in Host', async (t) => {
  const names = ['a:1', 'A', '[::1]:9', '1.2.3.4:5', 'a:b', '', '[x', 'a:1:2'].map(hostName);
  t.strictSame(names, ['a', 'a', '::1', '1.2.3.4', '', '', '', '']);
});
