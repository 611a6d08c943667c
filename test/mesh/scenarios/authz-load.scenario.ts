/**
 * The server that a gateway asks is frozen and killed while many ask: everyone gets stable, nobody can say otherwise,
 * nothing fails, and from the second second on nobody waits for it.
 */
import t, { type Test } from 'tap';
import type { Answer } from '../harness/ask.ts';
import { until } from '../harness/child.ts';
import { type Filtered, openFiltered, type Protocol } from '../harness/filter.ts';
import { failed, type Load, quantile, type Shot, startLoad } from '../harness/load.ts';
import { startMesh } from '../harness/mesh.ts';
import { say } from '../harness/say.ts';
import { by, COLOR } from '../harness/shop.ts';
import type { EnvoyVersion } from '../parts/parts.ts';

/** What a frozen server may add to the 99th percentile, once the gateway has had a second to notice. */
const ADDED_MS = 5;
const NOTICED_MS = 1000;
/** Requests of each phase: ten of them lie above the 99th percentile. */
const SHOTS = 1000;
/** Phases alternate; a machine that others use too may spoil one pair of them, not each. */
const ROUNDS = 6;

const TESTER = by('123');
/** In turn: who is on v2, who is not, and who says that he is. */
const ASKED = [
  TESTER,
  by('999'),
  by('999', { [COLOR]: 'v2', baggage: 'tinct.my-service=v2' }),
  by('999', { x_tinct_my_service: 'v2', 'x-envoy-auth-failure-mode-allowed': 'true' }),
];
const isTester = ({ index }: Shot): boolean => index % ASKED.length === 0;

interface Line extends Filtered {
  readonly t: Test;
  readonly load: Load;
  readonly name: string;
}

/** The services saw what a client wrote of a version. */
const shows = ({ seen }: Answer): boolean =>
  (seen?.raw ?? []).some((text, i, raw) => i % 2 === 1 && isColor(raw[i - 1] ?? '', text));
const isColor = (name: string, value: string): boolean =>
  /^x[-_]tinct[-_]my|^baggage$/i.test(name) && value.includes('v2');

const between = (load: Load, from: number, to: number): Shot[] =>
  load.shots.filter(({ sentAt, endedAt }) => sentAt > from && endedAt < to);

/** Waits for so many requests that are sent from now on. */
async function phase({ load }: Line): Promise<Shot[]> {
  const from = performance.now();
  await until('enough requests', () => between(load, from, Infinity).length >= SHOTS);
  return between(load, from, performance.now());
}

const decided = ({ load }: Line) => {
  const from = performance.now();
  return until('colors again', () =>
    load.shots.some((shot) => isTester(shot) && shot.sentAt > from && shot.version === 'v2'),
  );
};

/** @returns what the 99th percentile of a frozen server is above that of a healthy one, in milliseconds. */
async function round(line: Line): Promise<number> {
  const { t, server, name } = line;
  await decided(line);
  const healthy = await phase(line);
  server.signal('SIGSTOP');
  const frozenAt = performance.now();
  await until('the gateway has had its time', () => performance.now() > frozenAt + NOTICED_MS);
  const frozen = await phase(line);
  const first = between(line.load, frozenAt, frozenAt + NOTICED_MS);
  server.signal('SIGCONT');
  t.strictSame(new Set(frozen.map(({ version }) => version)), new Set(['v1']), 'all stable');
  const [before, after] = [quantile(healthy, 0.99), quantile(frozen, 0.99)];
  const longest = quantile(first, 1);
  say(
    t,
    `${name}, frozen: p99 ${after.toFixed(1)} ms, healthy ${before.toFixed(1)} ms; in the first second at most ${longest.toFixed(0)} ms`,
  );
  return after - before;
}

/** Measures until once it is as it should be. */
async function frozen(line: Line): Promise<void> {
  const added: number[] = [];
  while (added.length < ROUNDS && !added.some((ms) => ms <= ADDED_MS))
    added.push(await round(line));
  const least = Math.min(...added);
  line.t.ok(
    least <= ADDED_MS,
    `${least.toFixed(1)} ms added, in ${added.length} rounds at the least`,
  );
}

async function killed(line: Line): Promise<void> {
  const { t, server } = line;
  await decided(line);
  await server.kill();
  const shots = await phase(line);
  t.strictSame(new Set(shots.map(({ version }) => version)), new Set(['v1']), 'all stable');
  await server.again();
  await decided(line);
}

async function story(t: Test, protocol: Protocol, envoy: EnvoyVersion): Promise<void> {
  const mesh = await startMesh(t);
  const filtered = await openFiltered(mesh, { protocol, envoy });
  const { gateway } = filtered;
  await mesh.waitRoute('decided', gateway.url, TESTER, ({ version }) => version === 'v2');
  const forged: Answer[] = [];
  const load = startLoad((i) => ({
    url: gateway.url,
    ...(ASKED[i % ASKED.length] ?? TESTER),
    onAnswer: (answer) => {
      if (i % ASKED.length > 0 && shows(answer)) forged.push(answer);
    },
  }));
  const line = { ...filtered, t, load, name: protocol };
  await frozen(line);
  await killed(line);
  const shots = await load.stop();
  t.strictSame(failed(shots), [], 'no request failed');
  t.strictSame(
    shots.filter((shot) => !isTester(shot) && shot.version !== 'v1'),
    [],
    'nobody else ever had v2',
  );
  t.strictSame(forged, [], 'no service saw a forged color');
  say(t, `${protocol}: ${shots.length} requests, frozen, killed and started again: 0 failed`);
}

t.test('a gateway of Envoy 1.40 asks by gRPC', (t) => story(t, 'grpc', '1.40.0'));
t.test('a gateway of Envoy 1.38 asks by HTTP', (t) => story(t, 'http', '1.38.3'));
