/** Services with OpenTelemetry's SDK and its automatic instrumentation of `node:http` and `fetch`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import t, { type Test } from 'tap';
import { COLORED, leaks, listen, valuesOf } from '../outbound/helpers.ts';

interface TracedSpan {
  readonly kind: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly (readonly [string, Readonly<Record<string, unknown>>])[];
}

interface Asked {
  /** What another service heard by each host and client. */
  readonly heard: (host: 'allowed' | 'foreign', client: 'fetch' | 'node') => string[];
  readonly spans: readonly TracedSpan[];
}

async function start(t: Test, app: string, env: Readonly<Record<string, string>>): Promise<string> {
  // What the test's runner adds to Node's options keeps CommonJS from requiring TypeScript.
  const command = 'unset NODE_OPTIONS; exec "$0" "$1"';
  const program = join(import.meta.dirname, app);
  const child = spawn('sh', ['-c', command, process.execPath, program], {
    env: { PATH: process.env['PATH'], OTEL_SERVICE_NAME: 'x', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(async () => {
    child.kill();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  const [port] = await once(createInterface({ input: child.stdout }), 'line');
  return `http://127.0.0.1:${port}`;
}

/** One colored request to a service, which then makes its calls. */
async function ask(t: Test, app: string, env: Record<string, string> = {}): Promise<Asked> {
  const heard = new Map<string, string[]>();
  const other = await listen((req, res) => {
    const isForeign = req.headers.host?.startsWith('localhost');
    const { rawHeaders } = req;
    const names = rawHeaders.map((text, i) => (i % 2 === 0 ? text.toLowerCase() : text));
    heard.set(`${isForeign ? 'foreign' : 'allowed'} ${req.url}`, names);
    res.end();
  });
  other.server.unref();
  t.teardown(() => other.close());
  const url = await start(t, app, env);
  const pairs = COLORED.flatMap((text, i, all) => (i % 2 === 0 ? [[text, all[i + 1]]] : []));
  const headers = Object.fromEntries(pairs) as Record<string, string>;
  await (await fetch(`${url}/?${other.port}`, { headers })).text();
  const spans = (await (await fetch(`${url}/spans`)).json()) as TracedSpan[];
  return { heard: (host, client) => heard.get(`${host} /${client}`) ?? ['nothing'], spans };
}

const SERVER = 1;
const CLIENT = 2;

for (const app of ['app.cjs', 'app.ts'])
  for (const first of ['true', 'false'])
    t.test(`${app}, ${first === 'true' ? 'Tinct' : 'tracing'} first`, async (t) => {
      const { heard, spans } = await ask(t, app, { COLORS_FIRST: first, COLORS_HTTP: 'true' });
      for (const client of ['fetch', 'node'] as const) {
        t.strictSame(leaks(heard('foreign', client)), [], `attack: nothing leaks by ${client}`);
        t.strictSame(valuesOf(heard('foreign', client), 'baggage'), ['a=1'], 'but what is others’');
        t.strictSame(valuesOf(heard('allowed', client), 'x-tinct-my-service'), ['v2']);
        const baggage = valuesOf(heard('allowed', client), 'baggage').join(',');
        t.strictSame(baggage.split(',').sort(), ['a=1', 'tinct.my-service=v2'], 'each member once');
        t.strictSame(valuesOf(heard('allowed', client), 'traceparent').length, 1);
      }
      const clients = spans.filter(({ kind }) => kind === CLIENT);
      t.ok(clients.length >= 2, 'calls are traced');
      for (const { attributes } of clients) t.equal(attributes['tinct.variant.my-service'], 'v2');
    });

t.test('the server’s span says what was decided', async (t) => {
  const { spans } = await ask(t, 'app.cjs');
  const span = spans.find(
    ({ kind, attributes }) => kind === SERVER && attributes['tinct.variant.my-service'] === 'v2',
  );
  t.strictSame(span?.events, [
    [
      'feature_flag.evaluation',
      {
        'feature_flag.key': 'my-service',
        'feature_flag.result.variant': 'v2',
        'feature_flag.result.reason': 'split',
        'feature_flag.provider.name': 'tinct',
        'feature_flag.version': '12',
      },
    ],
  ]);
  t.notMatch(JSON.stringify(spans), /context\.id/, 'attack: nobody is named');
});

t.test(
  'a limit: a foreign propagator writes what it read into calls that Tinct does not see',
  async (t) => {
    const { heard } = await ask(t, 'app.cjs', { PROPAGATOR: 'foreign', COLORS_HTTP: 'false' });
    t.match(valuesOf(heard('foreign', 'node'), 'baggage').join(), /tinct\.my-service=v2/);
    t.strictSame(leaks(heard('foreign', 'fetch')), [], 'those that it sees are clean');
  },
);
