/** The analyser compares what `tinct check` does: the plan's own metrics, a baseline, Istio's series. */
import { ANALYSIS_DEFAULTS, analyse, parsePlan, type Release } from '@tinct/core';
import t from 'tap';
import type { SourceChoice } from '../src/analysis/choice.ts';
import { readWhole, sourceOf } from '../src/analysis/source.ts';
import { fakePrometheus } from './fake-prometheus.ts';
import { start, until } from './running.ts';
import {
  counters,
  END,
  killedAtAnyTime,
  PLAIN,
  RELEASE,
  type Setting,
  START,
  STEP,
  seriesOf,
  settings,
  stage,
} from './serve-stage.ts';
import { NOW, project, tinct } from './world.ts';

// Many histories, on a machine that may have much else to do.
t.setTimeout(300_000);

const HOST = 'my-service.shop.svc.cluster.local';

const planWith = (analysis: string) => `apiVersion: tinct.dev/v1
kind: Plan
metadata: { name: shop, revision: 1 }
releases:
  ${RELEASE}:
    stable: v1
    services:
      my-service:
        host: ${HOST}
        subsets: { v1: { version: v1 }, v1-baseline: { version: v1-baseline }, v2: { version: v2 } }
${analysis}    rules:
      - split:
          - { variant: v2, percent: 10, ranges: [[0, 10000]] }
          - { variant: v1-baseline, percent: 10, ranges: [[50000, 60000]] }
`;

const METRICS = `    analysis:
      baseline: v1-baseline
      metrics:
        orders:
          unit: orders
          worse: fewer
          canary: { events: 'orders_v2_total', total: 'visits_v2_total' }
          control: { events: 'orders_v1_total', total: 'visits_v1_total' }
`;
const EDGE: SourceChoice = { source: 'edge', baseline: undefined, designEffect: 5 };

function releaseIn(text: string): Release {
  const release = parsePlan(text).plan?.releases[RELEASE];
  if (release === undefined) throw new Error('no release');
  return release;
}

/** A shop whose canary sells as much less as it fails more; stable’s code is there once more, as fresh. */
const orders = (errors: number): Record<string, number> => ({
  ...counters(errors),
  ...Object.fromEntries(
    Object.entries(counters(errors))
      .filter(([name]) => name.includes('arm="control",'))
      .map(([name, mean]) => [
        name.replace('arm="control"', 'arm="canary",variant="v1-baseline"'),
        mean / 5,
      ]),
  ),
  'visits_v1_total{job="shop",instance="a"}': 900,
  'orders_v1_total{job="shop",instance="a"}': 200,
  'visits_v2_total{job="shop",instance="b"}': 300,
  'orders_v2_total{job="shop",instance="b"}': 66 / errors,
});

/** What two gateways of a mesh count. */
function mesh(errors: number): Record<string, number> {
  const of = (pod: string, version: string, requests: number, failed: number) => {
    const own = `pod="${pod}",reporter="source",destination_service="${HOST}",destination_version="${version}"`;
    return {
      [`istio_requests_total{${own},response_code="200"}`]: requests - failed,
      [`istio_requests_total{${own},response_code="503"}`]: failed,
      [`istio_request_duration_milliseconds_bucket{${own},le="100"}`]: 0.9 * requests,
      [`istio_request_duration_milliseconds_bucket{${own},le="+Inf"}`]: requests,
    };
  };
  return Object.assign(
    {},
    ...['one', 'two'].flatMap((pod) => [of(pod, 'v1', 1000, 20), of(pod, 'v2', 200, 4 * errors)]),
  );
}

const ofPlan: Partial<Setting> = {
  source: sourceOf(releaseIn(planWith(METRICS)), EDGE).source,
  counted: orders,
};
const ofMesh: Partial<Setting> = {
  source: sourceOf(releaseIn(planWith('')), { ...EDGE, source: 'istio' }).source,
  counted: mesh,
  since: START,
};

for (const [what, setting] of Object.entries({
  'a plan’s metrics and baseline': ofPlan,
  'Istio’s series': ofMesh,
}))
  t.test(`killed between any two looks, ${what} are the same evidence`, async (t) => {
    t.equal(await killedAtAnyTime(t, 8, setting), 8);
  });

t.test('it takes in what tinct check takes in', async (t) => {
  for (const setting of [ofPlan, ofMesh]) {
    const { source, since } = setting as Setting;
    const made = await stage(t, { ...PLAIN, errors: 2, missing: [30, 31, 32, 50] }, setting);
    const followed = made.begun();
    for (const after of [12, 13, 40, 90]) await followed.look(START + after * STEP);
    const asked = {
      ...{ release: RELEASE, base: new URL(made.url), timeoutMs: 60_000 },
      signal: new AbortController().signal,
    };
    // What has been settled by the last look.
    const when = { now: END - 2 * STEP, since };
    const all = { ...ANALYSIS_DEFAULTS, ...settings, ...source.settings };
    const { arms, custom, logWorse } = analyse(await readWhole(source, when, asked), all, when);
    const { report } = followed;
    t.match(report, { arms, logWorse });
    t.strictSame(report?.custom, custom);
    t.ok(arms.canary.requests > 0 && arms.control.requests > 0);
    for (const { counts } of custom) t.ok(counts.canary.total > 0 && counts.control.total > 0);
  }
});

t.test('as a program: the plan’s metrics convict, and others begin anew', async (t) => {
  const { url } = await fakePrometheus(t, () => seriesOf({ ...PLAIN, errors: 3 }, orders));
  const { dir, write } = project();
  write('plan.yaml', planWith(METRICS));
  const line = ['watch', '--serve', '--prometheus', url, '--port', '0', '--every', '1s'];
  const program = start(t, dir, [...line, '--state', 'kept'], {}, () => NOW);
  await until('a fail', () => program.out.text.includes('my-service: fail: '));
  const [, base = ''] = /(http:\S+)/.exec(program.out.text) ?? [];
  const report = await (await fetch(`${base}/verdict/${RELEASE}`)).json();
  t.match(report, { settings: { baseline: 'v1-baseline' }, custom: [{ name: 'orders' }] });
  write('plan.yaml', planWith(METRICS.replace('unit: orders', 'unit: purchases')));
  await until('another question', () =>
    /TINCT_ANALYSIS_STATE.*other settings/.test(program.out.text),
  );
  program.stop('SIGTERM');
  t.equal(await program.status, 0);
});

t.test('mistakes are told before anything is served', async (t) => {
  const { dir, write } = project();
  write('plan.yaml', planWith(METRICS));
  const of = async (...more: string[]) => {
    const line = ['watch', '--serve', ...more, '--prometheus', 'http://127.0.0.1:1'];
    const { status, stderr } = await tinct(line, { cwd: dir });
    return `${status} ${stderr}`;
  };
  t.match(await of('--baseline', 'v1-baseline'), /^2 .*--baseline is of one release/);
  t.match(await of(RELEASE, '--baseline', 'v1'), /^2 .*`v1` is stable itself/);
  t.match(await of('other', '--source', 'istio'), /TINCT_PLAN_RELEASE_UNKNOWN/);
});
