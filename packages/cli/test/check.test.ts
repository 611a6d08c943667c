/** `tinct check` against a Prometheus that answers from a list. */
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { type Fake, fakePrometheus } from './fake-prometheus.ts';
import { NOW, project, tinct } from './world.ts';

const STEP = 15;
const SCRAPES = 240;
const END = NOW / 1000;
const START = END - STEP * SCRAPES;
const RELEASE = 'release="my-service"';

/** Each series of the edge, and what it counts in a step. `ratio`: of the canary's errors. */
function rates(ratio: number): Record<string, number> {
  const own = (arm: string) => `${RELEASE},arm="${arm}",reach="service",reporter="edge"`;
  const arm = (name: string, requests: number, errors: number): Record<string, number> => ({
    [`tinct_requests_total{${own(name)},class="2xx"}`]: requests - errors,
    [`tinct_requests_total{${own(name)},class="5xx"}`]: errors,
    [`tinct_errors_total{${own(name)},cause="status"}`]: errors,
    [`tinct_request_duration_seconds_bucket{${own(name)},le="0.1"}`]: 0.9 * requests,
    [`tinct_request_duration_seconds_bucket{${own(name)},le="+Inf"}`]: requests,
    [`tinct_affected_units_total{${RELEASE},arm="${name}"}`]: errors,
    [`tinct_units{${RELEASE},arm="${name}"}`]: requests / 10,
    [`tinct_step_units{${RELEASE},arm="${name}"}`]: requests / 10,
  });
  const slices = Array.from({ length: 32 }, (_, i) => [
    [`tinct_slice_requests_total{${RELEASE},slice="${i}"}`, 60] as const,
    [`tinct_slice_errors_total{${RELEASE},slice="${i}"}`, 0.3] as const,
  ]).flat();
  return {
    ...arm('canary', 100, 0.5 * ratio),
    ...arm('control', 1900, 9.5),
    ...Object.fromEntries(slices),
  };
}

/** `upTo`: the scrapes that there are. */
function fake(t: Test, ratio: number, upTo = () => SCRAPES): Promise<Fake> {
  const gauges = {
    [`tinct_analysis_start_timestamp_seconds{${RELEASE}}`]: () => START,
    [`tinct_canary_nominal_ratio{${RELEASE}}`]: () => 0.05,
  };
  const counters = Object.entries(rates(ratio)).map(
    ([name, rate]) => [name, (scrape: number) => rate * scrape] as const,
  );
  const samples = (value: (scrape: number) => number) =>
    Array.from(
      { length: upTo() + 1 },
      (_, scrape) => [START + STEP * scrape, String(value(scrape))] as const,
    );
  return fakePrometheus(t, () =>
    [...Object.entries(gauges), ...counters].map(([name, value]) => ({
      name,
      samples: samples(value),
    })),
  );
}

t.test('equal versions pass, and the paragraph has the numbers', async (t) => {
  const { url, queries } = await fake(t, 1);
  const { status, stdout } = await tinct(['check', 'my-service', '--prometheus', url]);
  t.equal(status, 0, stdout);
  t.match(stdout, /^my-service: pass\n/);
  t.match(
    stdout.replace(/\s+/g, ' '),
    /0\.50 % of the canary’s 24,000 requests failed, and 0\.50 % of control’s 456,000/,
  );
  t.notMatch(queries.join(), /increase|rate\(/, 'raw samples only');
});

t.test('three times the errors fail; --explain and --output json tell everything', async (t) => {
  const { url } = await fake(t, 3);
  const { status, stdout } = await tinct(['check', 'my-service', '--prometheus', url, '--explain']);
  t.equal(status, 1);
  t.match(stdout, /^my-service: fail\n/);
  t.match(stdout, /users with an error +360 +2,280 +3\.00 \(/);
  const json = await tinct(['check', 'my-service', '--prometheus', url, '--output', 'json']);
  const report = JSON.parse(json.stdout);
  t.match(report, {
    release: 'my-service',
    verdict: 'fail',
    reasons: ['errors-worse'],
    replicas: 1,
  });
  t.ok(report.failedAt > START && report.failedAt < END);
  t.ok(report.history.length > 100);
});

t.test('the picture is an SVG file with both panels, and replaces one from before', async (t) => {
  const { url } = await fake(t, 3);
  const { dir } = project();
  for (let i = 0; i < 2; i += 1)
    await tinct(['check', 'my-service', '--prometheus', url, '--plot', 'verdict.svg'], {
      cwd: dir,
    });
  const svg = readFileSync(join(dir, 'verdict.svg'), 'utf8');
  t.match(svg, /^<svg /);
  t.match(svg, /my-service: fail after/);
  t.equal(svg.match(/<path /g)?.length, 6, 'two lines of evidence, two arms with their bands');
  t.notMatch(svg, /NaN|Infinity|undefined/);
});

t.test('no data never passes: another release, an empty Prometheus', async (t) => {
  const { url } = await fake(t, 1, () => -1);
  const { status, stdout } = await tinct(['check', 'other', '--prometheus', url]);
  t.equal(status, 3);
  t.match(stdout, /nothing says when the analysis began/);
});

t.test('Prometheus gone: inconclusive, with what to do', async (t) => {
  const url = await deserted();
  const { status, stdout, stderr } = await tinct(['check', 'my-service', '--prometheus', url]);
  t.equal(status, 3);
  t.match(stdout, /^my-service: inconclusive\n/);
  t.match(stderr, /TINCT_ANALYSIS_UNREAD http:.* nobody listens there/);
});

/** Where somebody listened a moment ago. */
async function deserted(): Promise<string> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return `http://127.0.0.1:${port}`;
}

t.test('what answers is no Prometheus, or refuses: inconclusive', async (t) => {
  for (const answer of [
    '<html>',
    '{"status":"error","error":"too many samples"}',
    '{"status":"success","data":{}}',
  ]) {
    const server = createServer((_, response) => response.end(answer));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    t.teardown(() => server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { status, stderr } = await tinct(['check', 'my-service', '--prometheus', url]);
    t.equal(status, 3, answer);
    t.match(stderr, /TINCT_ANALYSIS_UNREAD/);
  }
});

t.test('--wait asks again until there is a verdict', async (t) => {
  let asked = (): number => 0;
  // Time goes on by ten minutes with each look, which asks twice.
  const scrape = (): number => Math.min(SCRAPES, 20 + 40 * Math.floor(asked() / 2));
  const { url, queries } = await fake(t, 1, () => scrape());
  asked = () => queries.length;
  const now = () => 1000 * (START + STEP * scrape());
  const line = ['check', 'my-service', '--prometheus', url, '--wait', '2h', '--every', '1s'];
  const { status, stdout } = await tinct(line, { now });
  t.equal(status, 0, stdout);
  t.ok(queries.length >= 4, 'more than one look');
});

t.test('--wait ends: inconclusive', async (t) => {
  const url = await deserted();
  let looks = 0;
  const now = () => {
    looks += 1;
    return NOW + 60_000 * looks;
  };
  const line = ['check', 'my-service', '--prometheus', url, '--wait', '3m', '--every', '1s'];
  t.equal((await tinct(line, { now })).status, 3);
});

t.test('a token comes from the environment or a file', async (t) => {
  const { url, tokens } = await fake(t, 1);
  const { dir, write } = project();
  write('token', 'from-file\n');
  const line = ['check', 'my-service', '--prometheus', url];
  await tinct(line, { env: { TINCT_PROMETHEUS_TOKEN: 'from-env' } });
  await tinct([...line, '--token-file', 'token'], { cwd: dir });
  t.strictSame([...new Set(tokens)], ['Bearer from-env', 'Bearer from-file']);
});

t.test('attack: the name of a release cannot become another query', async (t) => {
  const { url, queries } = await fake(t, 1);
  const { status } = await tinct(['check', 'x"} or up{a="', '--prometheus', url]);
  t.equal(status, 2);
  t.strictSame(queries, []);
});

t.test('a margin below the tolerance is refused before anything is asked', async (t) => {
  const { status } = await tinct([
    'check',
    'my-service',
    '--prometheus',
    'http://127.0.0.1:1',
    '--margin',
    '1.1',
  ]);
  t.equal(status, 2);
  t.notOk(existsSync('verdict.svg'));
});
