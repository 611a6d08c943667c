/** The pipelines of docs/pipelines.md, run: their shell lines, with the real command and a Prometheus that answers from a list. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { isRecord } from '@tinct/core';
import t, { type Test } from 'tap';
import { parse } from 'yaml';
import { fakePrometheus } from './fake-prometheus.ts';
import { project } from './world.ts';

t.setTimeout(300_000);

const ROOT = join(import.meta.dirname, '../../..');
const PAGE = readFileSync(join(ROOT, 'docs/pipelines.md'), 'utf8');
const BLOCKS = [...PAGE.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = '']) => parse(text));

/** An hour of requests until now; `ratio`: of the canary's errors by control's. */
function prometheus(t: Test, ratio: number | undefined): ReturnType<typeof fakePrometheus> {
  const end = Date.now() / 1000;
  const start = end - 240 * 15;
  const of = (name: string, value: (scrape: number) => number) => ({
    name,
    samples: Array.from(
      { length: 241 },
      (_, scrape) => [start + 15 * scrape, `${value(scrape)}`] as const,
    ),
  });
  const arm = (name: string, requests: number, errors: number) => {
    const own = `release="my-service",arm="${name}",reach="service",reporter="edge"`;
    const unit = `release="my-service",arm="${name}"`;
    return [
      of(`tinct_requests_total{${own},class="2xx"}`, (n) => requests * n),
      of(`tinct_errors_total{${own},cause="status"}`, (n) => errors * n),
      of(`tinct_request_duration_seconds_bucket{${own},le="0.1"}`, (n) => 0.9 * requests * n),
      of(`tinct_request_duration_seconds_bucket{${own},le="+Inf"}`, (n) => requests * n),
      of(`tinct_affected_units_total{${unit}}`, (n) => errors * n),
      of(`tinct_units{${unit}}`, (n) => (requests * n) / 10),
      of(`tinct_step_units{${unit}}`, (n) => (requests * n) / 10),
    ];
  };
  const slices = Array.from({ length: 32 }, (_, i) => [
    of(`tinct_slice_requests_total{release="my-service",slice="${i}"}`, (n) => 60 * n),
    of(`tinct_slice_errors_total{release="my-service",slice="${i}"}`, (n) => 0.3 * n),
  ]);
  const gauges = [
    of('tinct_analysis_start_timestamp_seconds{release="my-service"}', () => start),
    of('tinct_canary_nominal_ratio{release="my-service"}', () => 0.05),
  ];
  const all = [...arm('canary', 100, 0.5 * (ratio ?? 1)), ...arm('control', 1900, 9.5)];
  return fakePrometheus(t, () =>
    ratio === undefined ? [] : [...all, ...slices.flat(), ...gauges],
  );
}

interface Shell {
  readonly dir: string;
  /** Runs lines as the pipeline's runner does; answers with the exit status. */
  run(lines: string): Promise<number>;
  read(file: string): string;
}

/** A checkout with a plan, where `tinct` is the command. */
async function shell(t: Test, ratio: number | undefined): Promise<Shell> {
  const { dir, read, write } = project();
  const { url } = await prometheus(t, ratio);
  const main = join(ROOT, 'packages/cli/src/main.ts');
  write('tinct', `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`);
  write('output', '');
  await chmod(join(dir, 'tinct'), 0o755);
  const env = {
    PATH: `${dir}:${process.env['PATH']}`,
    PROMETHEUS: url,
    WAIT: '0s',
    GITHUB_OUTPUT: 'output',
  };
  const run = (lines: string) =>
    new Promise<number>((done) => {
      const argv = ['-eo', 'pipefail', '-c', lines];
      execFile('bash', argv, { cwd: dir, env }, (error) => done(Number(error?.code ?? 0)));
    });
  return { dir, run, read };
}

const CASES = [
  { verdict: 'pass', ratio: 1, status: 0 },
  { verdict: 'fail', ratio: 3, status: 1 },
  { verdict: 'inconclusive', ratio: undefined, status: 3 },
] as const;

const change = (verdict: string): RegExp | undefined => {
  if (verdict === 'pass') return /percent: 20/;
  return verdict === 'fail' ? /state: aborted/ : undefined;
};

t.test(
  'GitHub Actions: a pass widens, a fail takes back, inconclusive leaves all as it is',
  async (t) => {
    const [workflow] = BLOCKS;
    const steps: Record<string, string>[] = workflow.jobs.widen.steps.filter(
      (step: unknown) => isRecord(step) && 'run' in step,
    );
    t.equal(steps.length, 3);
    for (const { verdict, ratio } of CASES) {
      const { dir, run, read } = await shell(t, ratio);
      const before = read('plan.yaml');
      const statuses: number[] = [];
      for (const step of steps) {
        const wanted = /== '(\w+)'/.exec(step['if'] ?? '')?.[1];
        if (wanted === undefined || read('output').includes(`verdict=${wanted}\n`))
          statuses.push(await run(step['run'] ?? ''));
      }
      t.equal(read('output'), `verdict=${verdict}\n`);
      t.strictSame(statuses, { pass: [0, 0], fail: [0, 1], inconclusive: [0] }[verdict]);
      const wanted = change(verdict);
      if (wanted === undefined) t.equal(read('plan.yaml'), before);
      else t.match(read('plan.yaml'), wanted);
      t.ok(existsSync(join(dir, 'verdict.svg')));
    }
  },
);

t.test('GitLab: the job’s exit status is the verdict’s, and 3 is allowed', async (t) => {
  const [, pipeline] = BLOCKS;
  const lines = (job: string): string => pipeline[job].script.join('\n');
  t.strictSame(pipeline.verdict.allow_failure.exit_codes, [3]);
  for (const { verdict, ratio, status } of CASES) {
    const { run, read } = await shell(t, ratio);
    const before = read('plan.yaml');
    t.equal(await run(lines('verdict')), status, verdict);
    t.equal(await run(lines(status === 1 ? 'take-back' : 'widen')), 0);
    const wanted = change(verdict);
    if (wanted === undefined) t.equal(read('plan.yaml'), before);
    else t.match(read('plan.yaml'), wanted);
  }
});
