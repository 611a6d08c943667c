/**
 * `tinct check` reads a real Prometheus that scrapes edges each second; every scrape is another minute of their traffic.
 * Nothing here asks how fast it is: a verdict is waited for.
 */
import t, { type Test } from 'tap';
import { check } from './checking.ts';
import { SimulatedEdge, type Traffic } from './edges.ts';
import { Prometheus, withoutPrometheus } from './prometheus.ts';

// Real programs, on a machine that may have much else to do.
t.setTimeout(900_000);

// They wait for scrapes more than they work.
t.jobs = 5;

const skip = withoutPrometheus();

const TRAFFIC: Traffic = { requests: 6000, share: 0.1, errors: 0.005, ratio: 1, slower: 1 };

interface Stage {
  readonly edges: readonly SimulatedEdge[];
  readonly prometheus: Prometheus;
}

async function stage(t: Test, traffic: Partial<Traffic>, seed: number): Promise<Stage> {
  const started = Date.now() / 1000;
  const edges = [seed, seed + 1].map(
    (each) => new SimulatedEdge({ ...TRAFFIC, ...traffic }, each, started),
  );
  t.teardown(() => {
    for (const edge of edges) edge.close();
  });
  const prometheus = await Prometheus.start(await Promise.all(edges.map((edge) => edge.listen())));
  t.teardown(() => prometheus.stop());
  return { edges, prometheus };
}

const WAIT = ['--wait', '90s', '--every', '1s'];

t.test('equal versions pass', { skip, buffered: true }, async (t) => {
  const { status, report } = await check((await stage(t, {}, 11)).prometheus.url, ...WAIT);
  t.equal(status, 0, report.reasons.join());
});

t.test('three times the errors fail', { skip, buffered: true }, async (t) => {
  const { status, report } = await check(
    (await stage(t, { ratio: 3 }, 21)).prometheus.url,
    ...WAIT,
  );
  t.equal(status, 1);
  t.strictSame(report.reasons.slice(0, 1), ['errors-worse']);
});

t.test(
  'a canary that takes half as long again fails, by latency',
  { skip, buffered: true },
  async (t) => {
    const { status, report } = await check(
      (await stage(t, { slower: 1.5 }, 31)).prometheus.url,
      ...WAIT,
    );
    t.equal(status, 1);
    t.strictSame(report.reasons.slice(0, 1), ['latency-worse']);
  },
);

t.test(
  'an edge that restarts in between: seen, and no wrong verdict',
  { skip, buffered: true },
  async (t) => {
    const made = await stage(t, {}, 41);
    const [first] = made.edges;
    if (first === undefined) throw new Error('no edge');
    await until(() => first.scrapes >= 5);
    first.restart(Date.now() / 1000);
    const { status, report } = await check(made.prometheus.url, ...WAIT, '--minimum-units', '3000');
    t.equal(status, 0, report.reasons.join());
    t.equal(report.restarts, 1);
    const { requests, errors } = report.arms.canary;
    t.ok(errors / requests < 0.01, 'neither doubled nor negative');
  },
);

t.test('Prometheus gone: inconclusive', { skip, buffered: true }, async (t) => {
  const made = await stage(t, { ratio: 3 }, 51);
  await made.prometheus.stop();
  const { status, report } = await check(made.prometheus.url);
  t.equal(status, 3);
  t.strictSame(report.reasons, ['source-gone']);
});

async function until(is: () => boolean): Promise<void> {
  const end = Date.now() + 60_000;
  while (!is()) {
    if (Date.now() > end) throw new Error('it did not come');
    await new Promise((done) => setTimeout(done, 50));
  }
}
