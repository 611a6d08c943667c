/** `tinct istio filter` in a real gateway: who decides, what a client cannot say, and what happens when nobody answers. */
import t, { type Test } from 'tap';
import { foreignBaggage } from '../../../packages/core/src/index.ts';
import { ask, valuesOf } from '../harness/ask.ts';
import { until } from '../harness/child.ts';
import { openFiltered, type Protocol } from '../harness/filter.ts';
import { type Gateway, startMesh } from '../harness/mesh.ts';
import { say } from '../harness/say.ts';
import { HOST } from '../harness/shop.ts';
import type { EnvoyVersion } from '../parts/parts.ts';

const from = (user: string, headers: Record<string, string | string[]> = {}) => ({
  headers: { host: HOST, 'user-id': user, ...headers },
});

/** In every spelling that a gateway and a service could read as a color. */
const FORGED: Readonly<Record<string, Record<string, string | string[]>>> = {
  plain: { 'x-tinct-my-service': 'v2' },
  capitals: { 'X-TINCT-MY-SERVICE': 'v2' },
  'two headers': { 'x-tinct-my-service': ['v1', 'v2'] },
  underscores: { x_tinct_my_service: 'v2' },
  decision: { 'x-tinct-decision': 'my-service=v2;r=1;e=1' },
  'another header of Tinct': { 'x-tinct-other': 'v2' },
  'undecided already': { 'x-envoy-auth-failure-mode-allowed': 'true' },
  'named in Connection': { connection: 'x-tinct-my-service', 'x-tinct-my-service': 'v2' },
  baggage: { baggage: 'tinct.my-service=v2,a=1' },
  'an encoded key': { baggage: '%74inct.my-service=v2,a=1' },
  'a key encoded twice': { baggage: 'a=1,%2574inct.my-service=v2' },
  'two baggage headers': { baggage: ['a=1', ' TINCT.my-service = v2'] },
};

const COLORS = /^x[-_]tinct[-_]|tinct\.my|v2/i;

async function nothingForged(t: Test, gateway: Gateway, when: string): Promise<void> {
  for (const [name, headers] of Object.entries(FORGED)) {
    const { version, seen, status } = await ask(gateway.url, from('999', headers));
    t.strictSame({ version, status }, { version: 'v1', status: 200 }, `${when}: ${name}`);
    const raw = seen?.raw ?? [];
    const pairs = raw.flatMap((header, i) => (i % 2 === 0 ? [[header, raw[i + 1] ?? '']] : []));
    const forged = pairs.filter(([header = '', value = '']) =>
      when === 'decided'
        ? /_tinct_/.test(header) || value.includes('v2')
        : COLORS.test(header) || COLORS.test(value),
    );
    t.strictSame(forged, [], `${when}: the service sees nothing of ${name}`);
    if ('baggage' in headers)
      t.match(valuesOf(raw, 'baggage').join(), 'a=1', "and others' members stay");
  }
}

const undecided = (raw: readonly string[] = []): boolean =>
  valuesOf(raw, 'x-envoy-auth-failure-mode-allowed').includes('true');

async function story(t: Test, protocol: Protocol, envoy: EnvoyVersion): Promise<void> {
  const mesh = await startMesh(t);
  const { gateway, server, filter } = await openFiltered(mesh, { protocol, envoy });
  const decided = () =>
    mesh.waitRoute('decided', gateway.url, from('123'), ({ version }) => version === 'v2');
  await decided();

  const others = await Promise.all(
    Array.from({ length: 100 }, (_, i) => ask(gateway.url, from(`${i}x`))),
  );
  t.strictSame(new Set(others.map(({ version }) => version)), new Set(['v1']), 'everyone else');
  await nothingForged(t, gateway, 'decided');
  await mesh.waitRoute(
    'underscores are dropped',
    gateway.url,
    from('1', { a_b: '1' }),
    ({ seen }) => valuesOf(seen?.raw ?? [], 'a_b').length === 0,
  );

  // Frozen: it takes connections and answers none.
  server.signal('SIGSTOP');
  const began = performance.now();
  await until('the gateway has noticed', async () => {
    const at = performance.now();
    const { status, version, seen } = await ask(gateway.url, from('123'));
    t.strictSame({ status, version }, { status: 200, version: 'v1' });
    return undecided(seen?.raw) && performance.now() - at < 50;
  });
  say(
    t,
    `${protocol}, frozen: requests are quick again after ${(performance.now() - began).toFixed(0)} ms`,
  );
  const waits: number[] = [];
  for (let i = 0; i < 200; i += 1) {
    const at = performance.now();
    t.equal((await ask(gateway.url, from('123'))).version, 'v1');
    waits.push(performance.now() - at);
  }
  waits.sort((a, b) => a - b);
  say(t, `${protocol}, frozen: p50 ${waits[100]?.toFixed(1)} ms, p99 ${waits[197]?.toFixed(1)} ms`);
  await nothingForged(t, gateway, 'frozen');
  server.signal('SIGCONT');
  await decided();

  await server.kill();
  await mesh.waitRoute('dead: stable', gateway.url, from('123'), ({ version }) => version === 'v1');
  await nothingForged(t, gateway, 'dead');
  if (protocol === 'grpc') await sameBaggage(t, gateway);

  await server.again();
  await decided();
  await mesh.apply(await filter('--host', 'other.example'));
  await mesh.waitRoute(
    'not asked for this host, so nothing failed either',
    gateway.url,
    from('123'),
    ({ version, seen }) => version === 'v1' && !undecided(seen?.raw),
  );
  await nothingForged(t, gateway, 'not asked');
  await mesh.apply(await filter('--host', HOST, '--baggage', 'all', '--keep-underscores'));
  await decided();
  await mesh.waitRoute(
    'all baggage goes',
    gateway.url,
    from('1', { baggage: 'a=1' }),
    ({ seen: s }) =>
      !valuesOf(s?.raw ?? [], 'baggage')
        .join()
        .includes('a=1'),
  );
  const kept = await ask(gateway.url, from('1', { a_b: '1', x_tinct_my_service: 'v2' }));
  t.strictSame(valuesOf(kept.seen?.raw ?? [], 'a_b'), ['1'], 'underscores stay if wanted');
  t.strictSame(valuesOf(kept.seen?.raw ?? [], 'x_tinct_my_service'), [], 'but no color');

  await mesh.apply(await filter('--gateway-api', 'another'));
  const open = from('999', { 'x-tinct-my-service': 'v2' });
  await mesh.waitRoute('another gateway’s', gateway.url, open, ({ version }) => version === 'v2');
  await mesh.apply(await filter('--gateway-api', 'edge'));
  await decided();
  await nothingForged(t, gateway, 'decided');
}

/** Pieces of keys of baggage members, good ones and such as only look so. */
const PIECES = [
  'tinct.',
  'TINCT.',
  'a',
  '%74',
  'inct.',
  '%2574',
  '%252574',
  '%25252574',
  '%',
  '%zz',
  '%C3%A9',
  '%FF',
  '%20',
  '+',
  ' ',
  '\t',
  '%00',
  '=',
  ';',
  'my',
  '%E2%80%8B',
  '%c2%a0',
  '.',
];

/** What the script in the gateway leaves is what core leaves. */
async function sameBaggage(t: Test, gateway: Gateway): Promise<void> {
  let [state, dropped, kept] = [7, 0, 0];
  const next = (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
  const member = () =>
    Array.from({ length: 1 + next(5) }, () => PIECES[next(PIECES.length)]).join('');
  const differences: unknown[] = [];
  for (let i = 0; i < 600; i += 1) {
    const value = Array.from({ length: 1 + next(3) }, member)
      .join(',')
      .trim();
    // The script knows no letters beyond ASCII: in front of `tinct.` it takes them for white space, and drops more.
    if (value === '' || /%C3%A9[^,]*tinct\./i.test(value)) continue;
    const { seen } = await ask(gateway.url, from('1', { baggage: value }));
    const got = valuesOf(seen?.raw ?? [], 'baggage')
      .join()
      .trim();
    const foreign = foreignBaggage([value]);
    const meant = foreign.join(',').trim();
    const same = (text: string) =>
      text
        .split(',')
        .filter((one) => one.trim() !== '')
        .join(',')
        .trim();
    if (same(got) !== same(meant)) differences.push({ value, got, meant });
    if (meant === '') dropped += 1;
    else kept += 1;
  }
  t.strictSame(differences, []);
  t.ok(dropped > 50 && kept > 50, `${dropped} vanished, ${kept} did not`);
}

t.test('a gateway of Envoy 1.40 asks by gRPC', (t) => story(t, 'grpc', '1.40.0'));
t.test('a gateway of Envoy 1.38 asks by HTTP', (t) => story(t, 'http', '1.38.3'));
