/** The analyser against a Prometheus that answers from a list: what survives what. With a real one: test/analysis. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AnalysisReport } from '@tinct/core';
import t from 'tap';
import { FollowedRelease } from '../src/analysis/serve/followed.ts';
import { KeptAnalyses } from '../src/analysis/serve/kept.ts';
import { EDGES } from '../src/analysis/source.ts';
import { fakePrometheus } from './fake-prometheus.ts';
import { start, until } from './running.ts';
import {
  END,
  folderOf,
  keptIn,
  killedAtAnyTime,
  PLAIN,
  RELEASE,
  SCRAPES,
  START,
  STEP,
  seriesOf,
  settings,
  stage,
} from './serve-stage.ts';
import { NOW, project, tinct } from './world.ts';

// Many histories, on a machine that may have much else to do.
t.setTimeout(300_000);

t.test(
  'killed between any two looks, or while it keeps: the evidence is that of one that never was',
  async (t) => {
    t.equal(await killedAtAnyTime(t, 15), 15);
  },
);

t.test(
  'a damaged file is said, laid aside, and counted anew: nothing twice, nothing lost',
  async (t) => {
    const { begun, warnings } = await stage(t, { ...PLAIN, errors: 3 });
    const folder = folderOf(t);
    const first = begun(folder);
    await first.look(END);
    const whole = keptIn(folder);
    const damages = [
      whole.slice(0, -9),
      '',
      whole.replace('"canary":', '"canary":9'),
      'x'.repeat(99),
    ];
    for (const damaged of damages) {
      writeFileSync(join(folder, `${RELEASE}.analysis`), damaged);
      const again = begun(folder);
      await again.look(END);
      t.equal(again.losses, 1);
      t.strictSame(again.report, first.report);
      t.equal(keptIn(folder), whole);
    }
    t.strictSame(new Set(warnings.map(({ code }) => code)), new Set(['TINCT_ANALYSIS_STATE']));
    t.match(warnings[0]?.message, /my-service\.analysis: it is damaged/);
    t.ok(existsSync(join(folder, `${RELEASE}.analysis.damaged`)));
  },
);

t.test('other settings are another question: counted anew, and said', async (t) => {
  const { begun, warnings } = await stage(t, PLAIN);
  const folder = folderOf(t);
  await begun(folder).look(END);
  const other = begun(folder, 1.5);
  await other.look(END);
  t.match(warnings[0]?.message, /of other settings/);
  t.equal(other.losses, 1);
  const alone = begun(undefined, 1.5);
  await alone.look(END);
  t.strictSame(other.report, alone.report);
});

t.test(
  'Prometheus gone: inconclusive with the last numbers; what was convicted stays so, after a restart too',
  async (t) => {
    for (const errors of [1, 3]) {
      const { begun } = await stage(t, { ...PLAIN, errors });
      const folder = folderOf(t);
      const seen = begun(folder);
      await seen.look(END);
      const gone = await deserted(folder);
      await gone.look(END + 60);
      t.equal(gone.lastSuccess, 0);
      t.equal(gone.failures, 1);
      t.equal(gone.report?.verdict, errors === 1 ? 'inconclusive' : 'fail');
      t.ok(gone.report?.reasons.includes('source-gone'));
      t.strictSame(gone.report?.arms, seen.report?.arms);
    }
  },
);

/** An analyser whose Prometheus is not there. */
async function deserted(folder: string): Promise<FollowedRelease> {
  return new FollowedRelease({
    ...{ release: RELEASE, source: EDGES, since: undefined },
    ...{ settings, kept: new KeptAnalyses(folder), warn: () => {} },
    prometheus: {
      base: new URL('http://127.0.0.1:1'),
      timeoutMs: 60_000,
      signal: new AbortController().signal,
    },
  });
}

t.test(
  'a stopped analyser makes up for what it missed; a Prometheus that missed it does not pass',
  async (t) => {
    const made = await stage(t, PLAIN);
    const folder = folderOf(t);
    await made.begun(folder).look(START + 20 * STEP);
    const late = made.begun(folder);
    await late.look(END);
    const always = made.begun();
    for (let n = 0; n <= SCRAPES; n += 1) await always.look(START + n * STEP);
    t.strictSame(late.report?.arms, always.report?.arms);
    t.equal(late.report?.logWorse, always.report?.logWorse);
    made.world = { ...PLAIN, missing: Array.from({ length: 30 }, (_, n) => 40 + n) };
    const holed = made.begun();
    await holed.look(END);
    t.equal(holed.report?.verdict, 'inconclusive');
    t.ok(holed.report?.reasons.includes('uneven'));
  },
);

t.test(
  'another build begins another analysis, and the last one’s evidence ends with it',
  async (t) => {
    const made = await stage(t, { ...PLAIN, errors: 3 });
    const change = START + 60 * STEP;
    const folder = folderOf(t);
    const running = made.begun(folder);
    await running.look(START + 58 * STEP);
    t.equal(running.report?.verdict, 'fail');
    const changed = seriesOf({ ...PLAIN, errors: 1 }).map((each) =>
      each.name.startsWith('tinct_analysis_start')
        ? {
            ...each,
            samples: each.samples.map(([at, v]) => [at, at < change ? v : `${change}`] as const),
          }
        : each,
    );
    const { url } = await fakePrometheus(t, () => changed);
    const next = new FollowedRelease({
      ...{ release: RELEASE, source: EDGES, since: undefined },
      ...{ settings, kept: new KeptAnalyses(folder), warn: () => {} },
      prometheus: { base: new URL(url), timeoutMs: 60_000, signal: new AbortController().signal },
    });
    await next.look(END);
    t.equal(next.report?.start, change);
    t.equal(next.report?.failedAt, undefined);
    t.not(next.report?.verdict, 'fail');
  },
);

t.test(
  'served: metrics, health, verdicts as tinct check prints them; SIGTERM ends it with 0',
  async (t) => {
    const { url } = await stage(t, { ...PLAIN, errors: 3 });
    const { dir } = project();
    const line = [
      'watch',
      '--serve',
      RELEASE,
      '--prometheus',
      url,
      '--state',
      'kept',
      '--every',
      '1s',
    ];
    const program = start(t, dir, [...line, '--port', '0', '--bake', '0s'], {}, () => NOW);
    await until('a fail', () => /fail: errors are more frequent/.test(program.out.text));
    const [, base = ''] = /(http:\S+)/.exec(program.out.text) ?? [];
    const ask = async (path: string, init?: RequestInit) => {
      const response = await fetch(`${base}${path}`, init);
      return { status: response.status, text: await response.text() };
    };
    let isReady = false;
    while (!isReady) isReady = (await ask('/readyz')).status === 200;
    t.equal((await ask('/healthz')).status, 200);
    const verdict = await ask(`/verdict/${RELEASE}`);
    const served = JSON.parse(verdict.text) as AnalysisReport;
    const check = await tinct([
      'check',
      RELEASE,
      '--prometheus',
      url,
      '--output',
      'json',
      '--bake',
      '0s',
    ]);
    const checked = JSON.parse(check.stdout) as AnalysisReport;
    t.strictSame(Object.keys(served).sort(), Object.keys(checked).sort());
    t.equal(served.verdict, 'fail');
    t.equal(served.start, checked.start);
    const { text } = await ask('/metrics');
    t.match(text, `tinct_analysis_verdict{release="${RELEASE}",verdict="fail"} 1\n`);
    t.match(text, `tinct_analysis_verdict{release="${RELEASE}",verdict="pass"} 0\n`);
    t.match(text, `tinct_analysis_convicted{release="${RELEASE}",metric="errors"} 1\n`);
    t.match(text, `tinct_analysis_last_success_timestamp_seconds{release="${RELEASE}"} ${END}\n`);
    t.match(text, /tinct_analysis_evalue_log\{release="my-service",metric="all"\} \d+\.\d+\n/);
    t.equal((await ask('/verdict/other')).status, 404);
    t.equal((await ask('/elsewhere')).status, 404);
    t.equal((await ask(`/verdict/${RELEASE}`, { method: 'POST' })).status, 404);
    t.strictSame(readdirSync(join(dir, 'kept')), [`${RELEASE}.analysis`]);
    program.stop('SIGTERM');
    t.equal(await program.status, 0);
  },
);

t.test(
  'attack: a web page that makes its own name lead to the analyser reads nothing',
  async (t) => {
    const { url } = await stage(t, PLAIN);
    const { dir } = project();
    const line = ['watch', '--serve', RELEASE, '--prometheus', url, '--port', '0'];
    const program = start(t, dir, [...line, '--host-name', 'analyser.tinct.svc'], {}, () => NOW);
    await until('an address', () => program.out.text.includes('http:'));
    const [, base = ''] = /(http:\S+)/.exec(program.out.text) ?? [];
    const { request } = await import('node:http');
    const statusFor = (host: string) =>
      new Promise((done, failed) => {
        const asked = request(`${base}/healthz`, { headers: { host } }, (response) => {
          response.resume().on('end', () => done(response.statusCode));
        });
        asked.on('error', failed).end();
      });
    t.equal(await statusFor('evil.example'), 421);
    t.equal(await statusFor('analyser.tinct.svc:9902'), 200);
  },
);

t.test('all releases of the plan, read again; a broken plan changes nothing', async (t) => {
  const { url } = await stage(t, PLAIN);
  const { dir, read, write } = project();
  const line = ['watch', '--serve', '--prometheus', url, '--port', '0', '--every', '1s'];
  const program = start(t, dir, line, {}, () => NOW);
  await until('the plan', () => /plan\.yaml: \d+ release/.test(program.out.text));
  const plan = read('plan.yaml');
  write('plan.yaml', 'releases: [');
  await until('its mistake', () => /plan\.yaml: TINCT_PLAN_SYNTAX/.test(program.out.text));
  write('plan.yaml', plan);
  program.stop('SIGTERM');
  t.equal(await program.status, 0);
});

t.test('mistakes are told before anything is served', async (t) => {
  const { dir } = project();
  const of = async (...more: string[]) => {
    const { status, stderr } = await tinct(['watch', ...more], { cwd: dir });
    return `${status} ${stderr}`;
  };
  const url = 'http://127.0.0.1:1';
  t.match(await of('--serve'), /^2 .*--serve reads a Prometheus/);
  t.match(await of('--serve', '--prometheus', url, '--plan', 'none.yaml'), /TINCT_PLAN_UNREADABLE/);
  t.match(await of('--prometheus', url), /^2 .*one release is to be named/);
  t.match(
    await of('--serve', 'a', '--prometheus', url, '--margin', '1.1'),
    /^2 .*--margin is not above/,
  );
  t.match(
    await of('--serve', 'a', '--prometheus', url, '--host', '192.0.2.1'),
    /^1 .*TINCT_ANALYSIS_ADDRESS/,
  );
});
