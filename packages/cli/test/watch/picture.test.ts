/** From samples to a picture to lines, each story a golden. */
import t from 'tap';
import { styleOf } from '../../src/frame/printer.ts';
import { readExposition } from '../../src/watch/exposition.ts';
import { pictureLines } from '../../src/watch/lines.ts';
import { type Picture, pictureOf } from '../../src/watch/picture.ts';
import type { Seen, SeenAlert, SeenSeries } from '../../src/watch/seen.ts';
import { golden, NOW } from '../world.ts';
import { exposition, type Round } from './exposition.ts';
import { sketchesFrom } from './sketches.ts';

const AT = NOW / 1000;
/** Seconds between two scrapes. */
const STEP = 10;

/** Edges by name; the scrapes of each, the last one now. */
function seen(edges: Record<string, readonly Round[]>, more: Partial<Seen> = {}): Seen {
  const series = Object.entries(edges).flatMap(([instance, rounds]) => seriesOf(instance, rounds));
  return { series, alerts: undefined, silent: [], ...more };
}

function seriesOf(instance: string, rounds: readonly Round[]): SeenSeries[] {
  const by = new Map<string, { labels: Record<string, string>; samples: [number, number][] }>();
  for (const [i, round] of rounds.entries())
    for (const { labels, value } of readExposition(exposition(i + 1, round))) {
      const key = JSON.stringify(labels);
      const known = by.get(key) ?? { labels: { ...labels, instance }, samples: [] };
      known.samples.push([AT - STEP * (rounds.length - 1 - i), value]);
      by.set(key, known);
    }
  return [...by.values()];
}

const picture = (given: Seen): Picture => pictureOf(given, { release: 'my-service', at: AT });
const shown = (given: Picture) => `${pictureLines(given, styleOf(false)).join('\n')}\n`;
const same = (round: Round) => [round, round, round];

const firing: SeenAlert = {
  labels: { alertname: 'TinctCanaryErrors', release: 'my-service', severity: 'critical' },
  annotations: { summary: 'The canary of my-service fails 8.1% of its requests.' },
  state: 'firing',
  activeAt: new Date(NOW - 185_000).toISOString(),
};
const pending: SeenAlert = {
  ...firing,
  labels: { alertname: 'TinctRevisionsDisagree', severity: 'warning' },
  annotations: { summary: 'Edges disagree.' },
  state: 'pending',
};
const foreign = ['other-service', undefined].map((release) => ({
  ...firing,
  labels: { alertname: 'Foreign', severity: 'critical', ...(release && { release }) },
}));
const watchdog = { ...firing, labels: { alertname: 'TinctWatchdog', severity: 'none' } };

t.test('one healthy edge', async (t) => {
  golden(t, 'watch-healthy', shown(picture(seen({ '10.0.0.7:9900': same({}) }))));
});

t.test('the canary fails, Prometheus says so, and edges disagree', async (t) => {
  const edges = { 'a:9900': same({ failing: 8 }), 'b:9900': same({ failing: 8, revision: 11 }) };
  const alerts = [pending, watchdog, ...foreign, firing];
  const made = picture(seen(edges, { alerts }));
  t.strictSame(
    made.alerts?.map(({ name }) => name),
    ['TinctCanaryErrors', 'TinctRevisionsDisagree'],
  );
  golden(t, 'watch-failing', shown(made));
});

const three = { 'a:9900': same({}), 'b:9900': same({}), 'c:9900': same({}) };

t.test(
  'three edges that share users: bounds, and with their sketches different users',
  async (t) => {
    const apart = picture(seen(three));
    t.strictSame(apart.exposure.units, { least: 1000, most: 3000 });
    t.equal(apart.together, undefined);
    t.match(shown(apart), /of 1,000–3,000 users in fact; came back: v1 949–2,847, v2 55–165/);
    const sketches = [0, 500, 1000].map((first) => sketchesFrom(first));
    const made = picture(seen(three, { sketches }));
    const { estimate = 0 } = made.exposure.units;
    t.ok(Math.abs(estimate / 2000 - 1) < 0.05, `${estimate} of 2000`);
    t.match(made.together, { edges: 3, error: 0.01625 });
    t.equal(made.people[0]?.affected.estimate, 0, 'none of the canary’s, on any edge');
    t.ok(Math.abs((made.exposure.real ?? 0) - 0.05) < 0.005, `${made.exposure.real}`);
    golden(t, 'watch-together', shown(made));
  },
);

t.test('edges that count different analyses are not counted together', async (t) => {
  const sketches = [sketchesFrom(0), sketchesFrom(500, 'another'), sketchesFrom(1000)];
  const { exposure, people } = picture(seen(three, { sketches }));
  t.strictSame(exposure.units, { least: 1000, most: 3000 });
  t.strictSame(people[1]?.units, { least: 949, most: 2847 });
});

t.test('what a running analyser says', async (t) => {
  const made = picture(seen({ 'a:9900': same({ failing: 8, verdict: 'fail' }) }));
  t.strictSame(made.verdict, { verdict: 'fail', convicted: ['errors'], evidenceLog: 7.5 });
  t.match(shown(made), /verdict +fail, by errors, evidence that it is worse 1,808/);
  t.notOk(picture(seen({ 'a:9900': same({}) })).verdict);
});

t.test('a lost edge, flips, mismatches and answers of nobody knows whom', async (t) => {
  const edges = {
    'a:9900': same({ flips: 2, mismatches: 1, unknown: 40, state: 'aborted' }),
    'b:9900': same({}),
  };
  const silent = [{ who: 'b:9900', why: 'nobody listens there' }];
  golden(t, 'watch-trouble', shown(picture(seen(edges, { silent }))));
});

t.test('a source that is lost: the last numbers, marked', async (t) => {
  const last = picture(seen({ 'a:9900': same({}) }));
  const stale = { since: last.at, why: 'http://p:9090: nobody listens there' };
  golden(t, 'watch-stale', shown({ ...last, at: last.at + 42, stale }));
});

t.test('before the second scrape, and nothing at all', async (t) => {
  golden(t, 'watch-first', shown(picture(seen({ 'a:9900': [{}] }))));
  const silent = [{ who: 'a:9900', why: 'nobody listens there' }];
  golden(t, 'watch-nobody', shown(picture(seen({}, { silent }))));
  const other = pictureOf(seen({ 'a:9900': same({}) }), { release: 'mine', at: AT });
  golden(t, 'watch-unknown', shown(other));
  golden(t, 'watch-empty', shown(picture(seen({}, { alerts: [] }))));
});

t.test('numbers are what was counted', async (t) => {
  const { arms, window, exposure } = picture(seen({ 'a:9900': same({ failing: 8 }) }));
  const [canary, control] = arms;
  t.equal(window, 2 * STEP);
  t.match(canary, { arm: 'canary', variant: 'v2', requests: 100, errors: 8, rate: 5 });
  t.match(control, { arm: 'control', requests: 2000, errors: 10, errorRatio: 0.005 });
  t.equal(canary?.p50, 0.02);
  t.match(exposure, { nominal: 0.05, real: 0.051, units: { least: 1000, most: 1000 } });
});

t.test('an edge that restarts in between loses nobody and counts nobody twice', async (t) => {
  const restarted = seriesOf('a:9900', same({})).map(({ labels, samples }) => {
    const [, , last] = samples;
    const before = samples.slice(0, 2).map(([at, value]): [number, number] => [at, 100 * value]);
    return { labels, samples: last === undefined ? before : [...before, last] };
  });
  const [canary] = picture({ series: restarted, alerts: undefined, silent: [] }).arms;
  // 5,000 → 10,000, and 150 since the restart.
  t.equal(canary?.requests, 5150);
  t.equal(canary?.errorRatio, 0);
});

t.test('attack: names of a plan do not write on the terminal', async (t) => {
  const [instance, evil] = ['a:9900', '\u001b[2J\u202e'];
  const series = seriesOf(instance, same({})).map(({ labels, samples }) => ({
    labels: { ...labels, variant: evil, stable: evil, owner: evil, state: evil, instance: evil },
    samples,
  }));
  const alerts = [{ ...firing, annotations: { summary: evil } }];
  const silent = [{ who: evil, why: evil }];
  t.notMatch(shown(picture({ series, alerts, silent })), /[^\P{Cc}\n]|\u202e/u);
});
