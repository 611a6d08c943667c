/** `tinct check` with a baseline: stable's code, as fresh as the canary, stands for control. */
import t, { type Test } from 'tap';
import { fakePrometheus } from './fake-prometheus.ts';
import { NOW, project, tinct } from './world.ts';

const STEP = 15;
const SCRAPES = 240;
const END = NOW / 1000;
const START = END - STEP * SCRAPES;
const RELEASE = 'release="my-service"';

/** Errors in a step, of 100 requests of the canary, as many of the baseline, and 1,800 of stable. */
interface Errors {
  readonly canary: number;
  readonly baseline: number;
  readonly stable: number;
}

function rates({ canary, baseline, stable }: Errors): Record<string, number> {
  const of = (
    variant: string,
    requests: number,
    errors: number,
    arm = 'canary',
  ): Record<string, number> => {
    const own = `${RELEASE},variant="${variant}",arm="${arm}",reach="service",reporter="edge"`;
    return {
      [`tinct_requests_total{${own},class="2xx"}`]: requests - errors,
      [`tinct_requests_total{${own},class="5xx"}`]: errors,
      [`tinct_errors_total{${own},cause="status"}`]: errors,
      [`tinct_request_duration_seconds_bucket{${own},le="0.1"}`]: 0.9 * requests,
      [`tinct_request_duration_seconds_bucket{${own},le="+Inf"}`]: requests,
    };
  };
  const units = (arm: string, count: number, affected: number) => ({
    [`tinct_affected_units_total{${RELEASE},arm="${arm}"}`]: affected,
    [`tinct_units{${RELEASE},arm="${arm}"}`]: count,
    [`tinct_step_units{${RELEASE},arm="${arm}"}`]: count,
  });
  const slices = Array.from({ length: 32 }, (_, i) => [
    [`tinct_slice_requests_total{${RELEASE},slice="${i}"}`, 1800 / 32] as const,
    [`tinct_slice_errors_total{${RELEASE},slice="${i}"}`, stable / 32] as const,
  ]).flat();
  return {
    ...of('v2', 100, canary),
    ...of('v1-baseline', 100, baseline),
    ...of('v1', 1800, stable, 'control'),
    ...units('canary', 20, canary + baseline),
    ...units('control', 180, stable),
    ...Object.fromEntries(slices),
  };
}

async function prometheus(t: Test, errors: Errors): Promise<string> {
  const values = (value: (scrape: number) => number) =>
    Array.from(
      { length: SCRAPES + 1 },
      (_, scrape) => [START + STEP * scrape, String(value(scrape))] as const,
    );
  const counters = Object.entries(rates(errors)).map(([name, rate]) => ({
    name,
    samples: values((scrape) => rate * scrape),
  }));
  const { url } = await fakePrometheus(t, () => [
    {
      name: `tinct_analysis_start_timestamp_seconds{${RELEASE}}`,
      samples: values(() => START),
    },
    { name: `tinct_canary_nominal_ratio{${RELEASE}}`, samples: values(() => 0.1) },
    ...counters,
  ]);
  return url;
}

const planWith = (analysis: string, share = 5) => `apiVersion: tinct.dev/v1
kind: Plan
metadata: { name: shop, revision: 1 }
releases:
  my-service:
    stable: v1
    services:
      my-service:
        host: my-service.shop.svc.cluster.local
        subsets: { v1: { version: v1 }, v1-baseline: { version: v1-baseline }, v2: { version: v2 } }
${analysis}    rules:
      - split:
          - { variant: v2, percent: 5, ranges: [[0, 5000]] }
          - { variant: v1-baseline, percent: ${share}, ranges: [[50000, ${50000 + share * 1000}]] }
`;
const NAMED = '    analysis: { baseline: v1-baseline }\n';

/** A cold deployment has twice stable's errors, whatever its code. */
const COLD: Errors = { canary: 1, baseline: 1, stable: 9 };

async function check(t: Test, errors: Errors, plan: string, ...more: string[]) {
  const { dir, write } = project();
  write('plan.yaml', plan);
  const line = ['check', 'my-service', '--prometheus', await prometheus(t, errors), ...more];
  return tinct(line, { cwd: dir });
}

t.test('a canary that fails as often as a fresh deployment of stable passes', async (t) => {
  const { status, stdout, stderr } = await check(t, COLD, planWith(NAMED), '-p', 'plan.yaml');
  const text = stdout.replace(/\s+/g, ' ');
  t.equal(status, 0, stdout);
  t.equal(stderr, '');
  t.match(text, /Control is `v1-baseline`, a baseline/);
  t.match(
    text,
    /1\.00 % of the canary’s 24,000 requests failed, and 1\.00 % of control’s 24,000\./,
    'neither stable’s requests nor the baseline’s among the canary’s',
  );
  t.match(text, /users that had one are not counted by variant/);
});

t.test(
  'without a baseline the same canary is held against stable, and its cold pods too',
  async (t) => {
    const { status, stdout } = await check(t, COLD, planWith(''), '-p', 'plan.yaml');
    t.equal(status, 1, stdout);
  },
);

t.test(
  'three times the baseline’s errors fail; --explain and JSON say what they were compared with',
  async (t) => {
    const bad = { ...COLD, canary: 3 };
    const asked = ['-p', 'plan.yaml', '--baseline', 'v1-baseline'];
    const { status, stdout } = await check(t, bad, planWith(''), ...asked, '--explain');
    t.equal(status, 1, stdout);
    t.match(stdout, /compared with +v1-baseline +a baseline, instead of control/);
    t.notMatch(stdout, /users with an error/);
    const json = await check(t, bad, planWith(NAMED), '-p', 'plan.yaml', '-o', 'json');
    const report = JSON.parse(json.stdout);
    t.match(report, {
      verdict: 'fail',
      reasons: ['errors-worse'],
      settings: { baseline: 'v1-baseline', ways: { units: 0 } },
      arms: { canary: { affected: 0 }, control: { affected: 0, requests: 24_000 } },
      units: { canary: 2400, control: 2400 },
    });
  },
);

t.test('a baseline of another size is said, and compared all the same', async (t) => {
  const { status, stderr, stdout } = await check(t, COLD, planWith(NAMED, 3), '-p', 'plan.yaml');
  t.equal(status, 0, stdout);
  t.match(stderr, /warning TINCT_PLAN_BASELINE_SHARE `v1-baseline` gets 3 %, and the canary 5 %/);
});

t.test('what is no baseline of the release is refused before anything is asked', async (t) => {
  for (const [name, why] of [
    ['v1', /`v1` is stable itself/],
    ['v1-basline', /did you mean `v1-baseline`/],
    ['constructor', /has no variant `constructor`/],
  ] as const) {
    const { status, stderr } = await check(t, COLD, planWith(NAMED), '--baseline', name);
    t.equal(status, 2, name);
    t.match(stderr, /TINCT_CLI_ARGUMENTS --baseline: /);
    t.match(stderr, why);
  }
});

t.test('a baseline that nobody was given: no control, and no verdict', async (t) => {
  const gone = { canary: 1, baseline: 0, stable: 9 };
  const { status, stdout } = await check(
    t,
    gone,
    planWith(NAMED).replace('v1-baseline: {', 'v3: { version: v3 }, v1-baseline: {'),
    '--baseline',
    'v3',
  );
  t.equal(status, 3, stdout);
  t.match(stdout, /control had no requests/);
});

t.test('a plan with errors is no verdict: a pipeline that acts on 1 hears 2', async (t) => {
  const { dir, write } = project();
  write('plan.yaml', 'kind: Plan\n');
  const asked = ['check', 'my-service', '--prometheus', 'http://127.0.0.1:9', '-p', 'plan.yaml'];
  const { status, stdout, stderr } = await tinct(asked, { cwd: dir });
  t.equal(status, 2);
  t.equal(stdout, '');
  t.match(stderr, 'TINCT_PLAN_KEY_MISSING');
});
