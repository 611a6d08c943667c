/** An analysis that goes on after a restart is the one that was never interrupted. */
import * as fc from 'fast-check';
import t from 'tap';
import {
  ANALYSIS_DEFAULTS,
  type AnalysisProgress,
  carryOn,
  laterStart,
  type MeasuredSeries,
  neededFrom,
  type SeriesKind,
} from '../../src/index.ts';
import { choices } from '../layouts.ts';

const START = 1_000_000;
// Many histories, on a machine that may have much else to do.
t.setTimeout(300_000);

const STEP = 60;
const END = START + 120 * STEP;
const settings = { ...ANALYSIS_DEFAULTS, bake: 0, minimumUnits: 0 };

/** When a replica was scraped, and after which of these scrapes it restarted. */
interface Edge {
  readonly name: string;
  readonly times: readonly number[];
  readonly restarts: ReadonlySet<number>;
}

const KINDS: readonly (readonly [SeriesKind, number])[] = [
  [{ of: 'requests', arm: 'canary', isRefusal: false }, 100],
  [{ of: 'requests', arm: 'control', isRefusal: false }, 900],
  [{ of: 'errors', arm: 'canary' }, 4],
  [{ of: 'errors', arm: 'control' }, 20],
  [{ of: 'within', arm: 'canary', boundary: 0.1 }, 80],
  [{ of: 'within', arm: 'control', boundary: 0.1 }, 800],
  [{ of: 'within', arm: 'canary', boundary: Number.POSITIVE_INFINITY }, 100],
  [{ of: 'within', arm: 'control', boundary: Number.POSITIVE_INFINITY }, 900],
  [{ of: 'affected', arm: 'canary' }, 2],
  [{ of: 'affected', arm: 'control' }, 15],
  [{ of: 'units', arm: 'canary' }, 10],
  [{ of: 'assigned', arm: 'canary' }, 10],
  [{ of: 'assigned', arm: 'control' }, 90],
  ...Array.from({ length: 4 }, (_, slice) => [{ of: 'slice-errors', slice }, 8] as const),
  ...Array.from({ length: 4 }, (_, slice) => [{ of: 'slice-requests', slice }, 220] as const),
];

/** Counters that grow by chance and begin at 0 with each life; the share is raised in between. */
function seriesOf(
  { name, times, restarts }: Edge,
  chance: (count: number) => number,
): MeasuredSeries[] {
  const counters = KINDS.map(([kind, mean]): MeasuredSeries => {
    let value = 0;
    const samples = times.map((at, i) => {
      value = (restarts.has(i) ? 0 : value) + chance(2 * mean + 1);
      return { at, value };
    });
    return { kind, target: name, samples };
  });
  const gauge = (kind: SeriesKind, value: (at: number) => number): MeasuredSeries => ({
    kind,
    target: name,
    samples: times.map((at) => ({ at, value: value(at) })),
  });
  return [
    ...counters,
    gauge({ of: 'share' }, (at) => (at < START + 60 * STEP ? 0.1 : 0.2)),
    gauge({ of: 'start' }, () => START),
  ];
}

const edges = fc
  .array(
    fc.record({
      first: fc.integer({ min: 0, max: 30 }),
      late: fc.double({ min: 0, max: STEP - 1, noNaN: true }),
      missing: fc.uniqueArray(fc.integer({ min: 6, max: 119 }), { maxLength: 80 }),
      restarts: fc.uniqueArray(fc.integer({ min: 1, max: 119 }), { maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 3 },
  )
  .map((all) =>
    all.map(({ first, late, missing, restarts }, i): Edge => {
      const scrapes = Array.from({ length: 120 }, (_, n) => n).filter(
        (n) => n >= first && !missing.includes(n),
      );
      const times = scrapes.map((n) => START + n * STEP + late);
      return { name: `edge-${i}`, times, restarts: new Set(restarts) };
    }),
  );

/** What a program would have read from Prometheus at that time: the last quarter of an hour before what is counted, and on. */
function readable(
  all: readonly MeasuredSeries[],
  now: number,
  before: AnalysisProgress | undefined,
): MeasuredSeries[] {
  const from = before === undefined ? START - 120 : neededFrom(before.series) - 1;
  return all.map((series) => ({
    ...series,
    samples: series.samples.filter(({ at }) => at > from && at <= now),
  }));
}

/** Asked at these times; each state has been through a file. */
function interrupted(all: readonly MeasuredSeries[], asked: readonly number[]) {
  let progress: AnalysisProgress | undefined;
  for (const now of [...asked, END]) {
    const options = { now, until: now - STEP - 1 };
    const next = carryOn(readable(all, now, progress), settings, options, progress).progress;
    progress = next === undefined ? undefined : JSON.parse(JSON.stringify(next));
  }
  return progress;
}

const seconds = fc.integer({ min: 0, max: END - START });

t.test('however often it is interrupted and asked, the evidence is the same', async (t) => {
  let compared = 0;
  fc.assert(
    fc.property(
      edges,
      fc.integer(),
      fc.array(seconds, { maxLength: 15 }),
      (some, seed, moments) => {
        const chance = choices(seed);
        const all = some.flatMap((edge) => seriesOf(edge, chance));
        const asked = moments.map((after) => START + after).sort((a, b) => a - b);
        const [once, often] = [interrupted(all, []), interrupted(all, asked)];
        if (once !== undefined && once.analysis.totals.canary.requests > 0) compared += 1;
        return JSON.stringify(once) === JSON.stringify(often);
      },
    ),
    { numRuns: 60 },
  );
  t.ok(compared > 30, `${compared} histories with evidence`);
});

t.test('asking without an end takes in what carrying on takes in', async (t) => {
  const times = Array.from({ length: 121 }, (_, n) => START + n * STEP);
  const edge = { name: 'a', times, restarts: new Set<number>([50]) };
  const all = seriesOf(edge, choices(5));
  const whole = carryOn(all, settings, { now: END }).report;
  const later = carryOn(all, settings, { now: END + 60, until: END }).report;
  t.strictSame(later.arms, whole.arms);
  t.equal(later.logWorse, whole.logWorse);
  t.equal(later.restarts, 1);
});

t.test('what comes late is counted with what comes in time, once', async (t) => {
  const times = Array.from({ length: 41 }, (_, n) => START + n * STEP);
  const [a, b] = ['a', 'b'].map((name) =>
    seriesOf({ name, times, restarts: new Set() }, choices(3)),
  ) as [MeasuredSeries[], MeasuredSeries[]];
  const now = START + 40 * STEP;
  const upTo = (end: number, of: readonly MeasuredSeries[]) =>
    of.map((each) => ({ ...each, samples: each.samples.filter(({ at }) => at <= end) }));
  const early = carryOn([...a, ...upTo(START + 10 * STEP, b)], settings, {
    now,
    until: START + 30 * STEP,
  }).progress;
  const late = carryOn([...a, ...b], settings, { now, until: now }, early).report;
  const whole = carryOn([...a, ...b], settings, { now }).report;
  t.strictSame(late.arms, whole.arms);
});

t.test('nothing is counted before anybody knows how often replicas are scraped', async (t) => {
  const times = [0, 1, 2, 3].map((n) => START + n * STEP);
  const all = seriesOf({ name: 'a', times, restarts: new Set() }, choices(3));
  const now = START + 10 * STEP;
  t.equal(carryOn(all, settings, { now, until: now }).progress, undefined);
});

t.test('a replica that comes back after a quarter of an hour is another', async (t) => {
  const times = [...Array(20).keys(), ...[...Array(20).keys()].map((n) => n + 100)].map(
    (n) => START + n * STEP,
  );
  const all = seriesOf({ name: 'a', times, restarts: new Set() }, choices(3));
  const { progress } = carryOn(all, settings, { now: END, until: END });
  t.equal(progress?.series.targets['a']?.lives, 2);
  t.equal(progress?.series.targets['a']?.restarts, 0);
});

t.test('another analysis is seen, and a replica that restarts is not believed', async (t) => {
  const said = (values: readonly number[]): MeasuredSeries => ({
    kind: { of: 'start' },
    target: 'a',
    samples: values.map((value, n) => ({ at: START + n * STEP, value })),
  });
  t.equal(laterStart([said([START, START])], START), undefined);
  t.equal(laterStart([said([START, START + 9])], START), START + 9);
  const counter: MeasuredSeries = {
    kind: { of: 'requests', arm: 'canary', isRefusal: false },
    target: 'a',
    samples: [9, 1].map((value, n) => ({ at: START + n * STEP, value })),
  };
  t.equal(laterStart([said([START, START + 9]), counter], START), undefined);
});
