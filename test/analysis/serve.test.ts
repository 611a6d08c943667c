/** `tinct watch --serve` as a program, at a real Prometheus that scrapes the real edge under load: what survives what. */
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { Analyser } from './analyser.ts';
import { withoutPrometheus } from './prometheus.ts';
import { setStage } from './stage.ts';

// Real programs under load, on a machine that may have much else to do.
t.setTimeout(900_000);

// They wait for scrapes more than they work.
t.jobs = 2;

const skip = withoutPrometheus();

t.test(
  'killed twice under load: the evidence is that of one that never was; without Prometheus what was convicted stays',
  { skip, buffered: true },
  async (t) => {
    const made = await setStage({ v1: { errors: 0.05 }, v2: { errors: 0.15 } });
    t.teardown(() => made.end());
    const { url } = made.prometheus;
    const [calm, killed] = [await Analyser.start(t, url), await Analyser.start(t, url)];
    const { history } = await killed.report((report) => report.history.length >= 2);
    await killed.kill();
    await calm.report((report) => report.history.length >= history.length + 3);
    killed.begin();
    await killed.report((report) => report.history.length >= history.length + 3);
    await killed.kill();
    killed.begin();
    const [one, two] = await Promise.all(
      [calm, killed].map((each) => each.report((report) => report.verdict === 'fail')),
    );
    t.equal(one?.failedAt, two?.failedAt, 'convicted by the same interval');
    t.strictSame(two?.reasons.slice(0, 1), ['errors-worse']);
    await made.prometheus.stop();
    // What was there when it went has been read by both.
    const gone = await Promise.all(
      [calm, killed].map((each) => each.report(({ reasons }) => reasons.includes('source-gone'))),
    );
    for (const each of gone) t.equal(each.verdict, 'fail');
    const shared = Math.min(...gone.map((each) => each.history.length));
    t.ok(shared > 3);
    t.strictSame(gone[0]?.history.slice(0, shared), gone[1]?.history.slice(0, shared));
    t.match(await killed.metrics(), /tinct_analysis_convicted\{.*metric="errors"\} 1\n/);
    t.equal(await calm.kill('SIGTERM'), 0);
  },
);

t.test(
  'an edge whose worker is killed, and that restarts itself: no wrong verdict; Prometheus gone: inconclusive',
  { skip, buffered: true },
  async (t) => {
    const made = await setStage({
      v1: { errors: 0.05 },
      v2: { errors: 0.05 },
      workers: 2,
      seed: 4,
    });
    t.teardown(() => made.end());
    const analyser = await Analyser.start(t, made.prometheus.url);
    await analyser.report(({ arms }) => arms.canary.requests > 100);
    made.edge.killWorker();
    let isReplaced = false;
    while (!isReplaced) {
      isReplaced = /tinct_edge_worker_deaths_total 1\n/.test(await made.edge.metrics());
      await sleep(100);
    }
    const before = await analyser.report(({ arms }) => arms.canary.requests > 200);
    t.not(before.verdict, 'fail', before.reasons.join());
    await made.edge.restart();
    const after = await analyser.report(
      ({ restarts, arms }) => restarts >= 1 && arms.canary.requests > 600,
    );
    t.not(after.verdict, 'fail', after.reasons.join());
    t.equal(after.start, before.start, 'the analysis goes on');
    const { requests, errors } = after.arms.canary;
    t.ok(errors / requests < 0.1, 'neither doubled nor negative');
    await made.prometheus.stop();
    const gone = await analyser.report(({ reasons }) => reasons.includes('source-gone'));
    t.equal(gone.verdict, 'inconclusive');
    t.ok(gone.arms.canary.requests >= requests);
  },
);
