/** Every query of every dashboard, and `tinct watch`, against a real Prometheus, fed by real traffic through the real edge and a service with the SDK. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { parsePlan } from '@tinct/core';
import { grafanaFiles } from '@tinct/istio-config/grafana';
import { createTinct } from '@tinct/sdk';
import { tinct as middleware } from '@tinct/sdk/http';
import { startTelemetry } from '@tinct/sdk/telemetry';
import t, { type Test } from 'tap';
import { run } from '../../packages/cli/src/run.ts';
import { Sink } from '../../packages/cli/test/world.ts';
import { freePort, scratch } from '../../packages/proxy/test/parts.ts';
import { PLAN, type Stage, setStage } from './stage.ts';

const missing = ['prometheus', 'prometheus-alertmanager'].filter(
  (program) => spawnSync(program, ['--version']).status !== 0,
);
const mustRun = process.env['TINCT_REQUIRE_PARTS'] !== undefined;
const skip = missing.length > 0 && !mustRun ? `${missing.join(', ')} not installed` : false;

const LIST = 'vip-1\nvip-2\n';
/** The story of the alerts, with objectives and a list. */
const OWN_PLAN = PLAN.replaceAll(
  '    stable: v1\n',
  '    stable: v1\n    slo: { availability: 0.99, latency: { under: 100ms, ratio: 0.95 } }\n',
).replace(
  'releases:',
  `cohorts: { vips: { list: vips.txt, sha256: ${createHash('sha256').update(LIST).digest('hex')} } }\nreleases:`,
);

/** Both versions fail at times, v2 more often; v2 has the SDK, and tells Prometheus what it sees. */
async function services(t: Test) {
  const folder = scratch(t, 'dashboards');
  for (const [name, text] of [
    ['plan.yaml', OWN_PLAN],
    ['vips.txt', LIST],
  ] as const)
    writeFileSync(join(folder, name), text);
  const plan = join(folder, 'plan.yaml');
  const service = createTinct({
    trust: 'mesh',
    version: 'v2',
    plan,
    env: {},
    outbound: { fetch: false },
  });
  const port = await freePort();
  const telemetry = startTelemetry(service, {
    ...{ serves: ['failing'], port, host: '127.0.0.1' },
    sdk: { autoDetectResources: false, logRecordProcessors: [] },
  });
  t.teardown(async () => {
    await telemetry.stop();
    service.close();
  });
  const serve = (version: string): RequestListener => {
    let count = 0;
    const every = version === 'v2' ? 5 : 25;
    const answer: RequestListener = (_req, res) => {
      count += 1;
      res.writeHead(count % every === 0 ? 500 : 200, { 'x-tinct-served': version }).end('ok');
    };
    return version === 'v2' ? middleware(service, answer) : answer;
  };
  return { serve, targets: [`127.0.0.1:${port}`], folder };
}

interface Dashboard {
  readonly title: string;
  readonly panels: readonly {
    readonly title: string;
    readonly targets?: readonly { readonly expr: string }[];
  }[];
  readonly annotations: {
    readonly list: readonly { readonly name: string; readonly expr: string }[];
  };
}

const RELEASE = 'failing';
/** As Grafana fills its variables in; a rate's window is four scrapes there. */
const filled = (expr: string): string =>
  expr.replaceAll('$release', RELEASE).replaceAll('$__rate_interval', '4s');

interface Asked {
  readonly where: string;
  readonly expr: string;
}

/** Asks again what has no data yet, until all have some or it is too late; what is left. */
async function unanswered(asked: readonly Asked[], stage: Stage): Promise<readonly Asked[]> {
  const end = performance.now() + 90_000;
  let left = asked;
  while (left.length > 0 && performance.now() < end) {
    const answers = await Promise.all(left.map(({ expr }) => stage.query(expr)));
    left = left.filter((_, i) => !answers[i]?.some(({ value }) => Number.isFinite(value)));
    if (left.length > 0) await wait(250);
  }
  return left;
}

/** `tinct watch --serve`, until the test ends. */
function analyse(t: Test, { prometheus, folder }: Stage, port: number): void {
  const end = new AbortController();
  const plan = join(folder, 'plan.yaml');
  const asked = ['--prometheus', prometheus, '--plan', plan, '--port', `${port}`, '--every', '1s'];
  const status = tinct(['watch', '--serve', ...asked], new Sink(), end.signal);
  t.teardown(async () => {
    end.abort('SIGTERM');
    await status;
  });
}

const tinct = (argv: readonly string[], stdout: Sink, signal: AbortSignal): Promise<number> =>
  run({
    ...{ argv, stdout, signal, env: {}, stdin: Readable.from([]), stderr: new Sink() },
    ...{ now: Date.now, cwd: '/nonexistent' },
  });

/** The release as `tinct watch` shows it, as JSON. */
async function watch(...asked: readonly string[]) {
  const out = new Sink();
  const status = await tinct(
    ['watch', RELEASE, ...asked, '--once', '--every', '3s', '--output', 'json'],
    out,
    new AbortController().signal,
  );
  return { status, picture: JSON.parse(out.text) };
}

/** Once both arms had requests within the window. */
async function watchBusy(...asked: readonly string[]) {
  for (;;) {
    const seen = await watch(...asked);
    const [canary, control] = seen.picture.arms;
    if (canary?.p50 > 0 && control?.p50 > 0) return seen;
  }
}

/** From Prometheus and from the edge itself it is the same picture, but for alerts. */
async function watched(t: Test, { prometheus, admin }: Stage): Promise<void> {
  const [theirs, its] = await Promise.all([
    watchBusy('--prometheus', prometheus, '--window', '30s'),
    watchBusy('--admin', admin),
  ]);
  for (const { status, picture } of [theirs, its]) {
    t.ok(status === 0 || status === 1, 'known');
    t.match(picture, { info: { stable: 'v1', state: 'running', owner: 'team-shop' } });
    t.match(picture, { exposure: { nominal: 0.5 }, served: { mismatch: 0 }, disagree: false });
    const [canary, control] = picture.arms;
    t.match(canary, { arm: 'canary', variant: 'v2' });
    t.match(control, { arm: 'control', variant: 'v1' });
    t.ok(canary.rate > 0 && control.rate > 0, 'requests of both');
    t.ok(canary.p50 > 0 && canary.p99 >= canary.p50);
    t.ok(picture.exposure.real > 0.3 && picture.exposure.real < 0.7, 'half of the users');
    t.equal(picture.edges.length, 1);
  }
  const ratio = (arm: number): number => theirs.picture.arms[arm].errorRatio;
  t.ok(ratio(0) > ratio(1), 'the canary fails more often');
  t.match(theirs.picture.verdict, { verdict: /pass|fail|inconclusive/ });
  t.ok(Array.isArray(theirs.picture.alerts));
  t.notOk(its.picture.alerts, 'an edge knows of no alerts');
}

t.test(
  'every query of every dashboard has an answer, and tinct watch shows the same release',
  { timeout: 400_000, skip },
  async (t) => {
    const { plan } = parsePlan(OWN_PLAN);
    const dashboards = (plan === undefined ? [] : grafanaFiles(plan))
      .filter(({ name }) => name.endsWith('.json'))
      .map(({ text }): Dashboard => JSON.parse(text));
    const { folder, ...served } = await services(t);
    const port = await freePort();
    const stage = await setStage(t, 15, {
      ...served,
      targets: [...served.targets, `127.0.0.1:${port}`],
      plan: OWN_PLAN,
      files: { 'vips.txt': readFileSync(join(folder, 'vips.txt'), 'utf8') },
      more: ['workers: 2'],
    });
    analyse(t, stage, port);
    const panels = dashboards.flatMap(({ title, panels }) =>
      panels.flatMap((panel) =>
        (panel.targets ?? []).map(({ expr }) => ({
          where: `${title}: ${panel.title}`,
          expr: filled(expr),
        })),
      ),
    );
    const since = performance.now();
    t.ok(panels.length > 50, `${panels.length} queries`);
    t.strictSame(await unanswered(panels, stage), []);
    t.comment(
      `${panels.length} queries answered after ${Math.round((performance.now() - since) / 1000)} s`,
    );
    await watched(t, stage);
    // What marks tell of: an abort, by a new revision of the plan.
    const aborted = OWN_PLAN.replace('revision: 1', 'revision: 2').replace(
      `  ${RELEASE}:\n`,
      `  ${RELEASE}:\n    state: aborted\n`,
    );
    writeFileSync(join(stage.folder, 'plan.yaml'), aborted);
    const marks = dashboards.flatMap(({ title, annotations }) =>
      annotations.list.map(({ name, expr }) => ({
        where: `${title}: ${name}`,
        expr: filled(expr),
      })),
    );
    t.strictSame(await unanswered(marks, stage), []);
  },
);
