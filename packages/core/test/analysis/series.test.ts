/** From raw samples to evidence: resets, restarts, holes, replicas that come and go. */
import * as fc from 'fast-check';
import t from 'tap';
import {
  ANALYSIS_DEFAULTS,
  analyse,
  type MeasuredSeries,
  type SeriesKind,
} from '../../src/index.ts';

const START = 1_000_000;
const STEP = 15;

interface Edge {
  readonly name: string;
  /** Scrapes at which it was there. */
  readonly scrapes: readonly number[];
  /** Scrapes before which it restarted. */
  readonly restarts?: readonly number[];
}

/** What one edge counts in a step. */
const RATES: readonly (readonly [SeriesKind, number])[] = [
  [{ of: 'requests', arm: 'canary', isRefusal: false }, 50],
  [{ of: 'requests', arm: 'control', isRefusal: false }, 950],
  [{ of: 'errors', arm: 'canary' }, 1],
  [{ of: 'errors', arm: 'control' }, 19],
  [{ of: 'within', arm: 'canary', boundary: 0.1 }, 45],
  [{ of: 'within', arm: 'control', boundary: 0.1 }, 855],
  [{ of: 'within', arm: 'canary', boundary: Number.POSITIVE_INFINITY }, 50],
  [{ of: 'within', arm: 'control', boundary: Number.POSITIVE_INFINITY }, 950],
  [{ of: 'affected', arm: 'canary' }, 1],
  [{ of: 'affected', arm: 'control' }, 19],
  [{ of: 'units', arm: 'canary' }, 5],
  [{ of: 'units', arm: 'control' }, 95],
  ...Array.from({ length: 32 }, (_, slice) => [{ of: 'slice-errors', slice }, 1] as const),
  ...Array.from({ length: 32 }, (_, slice) => [{ of: 'slice-requests', slice }, 30] as const),
];

const at = (scrape: number): number => START + STEP * scrape;

function edgeSeries({ name, scrapes, restarts = [] }: Edge, started = START): MeasuredSeries[] {
  const born = (scrape: number) => restarts.findLast((restart) => restart <= scrape);
  const life = (scrape: number) => {
    const since = born(scrape);
    return since === undefined ? scrape - (scrapes[0] ?? 0) + 1 : scrape - since + 0.5;
  };
  const series = (kind: SeriesKind, value: (scrape: number) => number): MeasuredSeries => ({
    kind,
    target: name,
    samples: scrapes.map((scrape) => ({ at: at(scrape), value: value(scrape) })),
  });
  return [
    ...RATES.map(([kind, rate]) => series(kind, (scrape) => rate * life(scrape))),
    series({ of: 'share' }, () => 0.05),
    series({ of: 'start' }, (scrape) => {
      const since = born(scrape);
      return since === undefined ? started : at(since);
    }),
  ];
}

const to = (from: number, end: number): number[] =>
  Array.from({ length: end - from + 1 }, (_, i) => from + i);
const settings = { ...ANALYSIS_DEFAULTS, bake: 0, minimumUnits: 0 };

t.test(
  'counts are what grew between scrapes; the first sample is where counting begins',
  async (t) => {
    const series = edgeSeries({ name: 'a', scrapes: to(0, 40) });
    const { arms, verdict, restarts } = analyse(series, settings, { now: at(40) });
    t.equal(arms.canary.requests, 40 * 50);
    t.equal(arms.control.errors, 40 * 19);
    t.equal(arms.control.slower[0], 40 * 95);
    t.equal(restarts, 0);
    t.equal(verdict, 'pass');
  },
);

t.test(
  'a restart: what the new life counted is taken from 0, and nothing is negative or doubled',
  async (t) => {
    const series = edgeSeries({ name: 'a', scrapes: to(0, 60), restarts: [20, 41] });
    const { arms, start, restarts, verdict } = analyse(series, settings, { now: at(60) });
    t.equal(start, START, 'the analysis goes on');
    t.equal(arms.canary.requests, 58 * 50 + 2 * 25);
    t.equal(restarts, 2);
    t.equal(verdict, 'pass');
  },
);

t.test(
  'a counter that goes back while others stay high: no restart explains it, and nothing passes',
  async (t) => {
    const series = edgeSeries({ name: 'a', scrapes: to(0, 60) }).map((each) =>
      each.kind.of === 'errors'
        ? {
            ...each,
            samples: each.samples.map(({ at: time, value }, i) => ({
              at: time,
              value: i > 50 ? value - 500 : value,
            })),
          }
        : each,
    );
    const { verdict, reasons } = analyse(series, settings, { now: at(60) });
    t.equal(verdict, 'inconclusive');
    t.ok(reasons.includes('reset-unclear'));
  },
);

t.test('a new build begins anew: a replica that goes on says another start', async (t) => {
  const series = edgeSeries({ name: 'a', scrapes: to(0, 60) }).map((each) =>
    each.kind.of === 'start'
      ? {
          ...each,
          samples: each.samples.map((sample) => ({
            ...sample,
            value: sample.at >= at(50) ? at(50) : START,
          })),
        }
      : each,
  );
  const { start, arms } = analyse(series, settings, { now: at(60) });
  t.equal(start, at(50));
  t.equal(arms.canary.requests, 10 * 50);
});

t.test(
  'replicas: the sum of what they counted, in any order; one that comes later begins where it is',
  async (t) => {
    const [a, b] = [
      edgeSeries({ name: 'a', scrapes: to(0, 40) }),
      edgeSeries({ name: 'b', scrapes: to(20, 40) }, at(20)),
    ];
    const options = { now: at(40) };
    const both = analyse([...a, ...b], settings, options);
    t.equal(both.arms.canary.requests, 60 * 50);
    t.equal(both.start, START);
    t.strictSame(
      analyse([...b, ...a].toReversed(), settings, options).logWorse.toFixed(9),
      both.logWorse.toFixed(9),
    );
    t.strictSame(both.reasons, ['not-worse']);
  },
);

t.test(
  'attack: a replica that nobody scrapes any more keeps a pass away, until it is replaced or forgotten',
  async (t) => {
    const [a, b] = [
      edgeSeries({ name: 'a', scrapes: to(0, 100) }),
      edgeSeries({ name: 'b', scrapes: to(0, 60) }),
    ];
    const gone = analyse([...a, ...b].map(until(80)), settings, { now: at(80) });
    t.equal(gone.verdict, 'inconclusive');
    t.ok(gone.reasons.includes('replica-missing'));
    const c = edgeSeries({ name: 'c', scrapes: to(62, 80) }, at(62));
    t.equal(analyse([...a, ...b, ...c].map(until(80)), settings, { now: at(80) }).verdict, 'pass');
    const later = edgeSeries({ name: 'a', scrapes: to(0, 160) });
    t.equal(analyse([...later, ...b], settings, { now: at(160) }).verdict, 'pass');
  },
);

const until =
  (scrape: number) =>
  (series: MeasuredSeries): MeasuredSeries => ({
    ...series,
    samples: series.samples.filter((sample) => sample.at <= at(scrape)),
  });

t.test(
  'holes: what spans one is left out of both arms, and many of them keep a pass away',
  async (t) => {
    const once = analyse(
      edgeSeries({ name: 'a', scrapes: [...to(0, 40), ...to(44, 120)] }),
      settings,
      { now: at(120) },
    );
    t.equal(once.arms.canary.requests, (40 + 76) * 50);
    t.equal(once.lost, 4 * STEP);
    t.equal(once.verdict, 'pass');
    const often = analyse(
      edgeSeries({ name: 'a', scrapes: [...to(0, 40), ...to(80, 120)] }),
      settings,
      { now: at(120) },
    );
    t.equal(often.verdict, 'inconclusive');
    t.ok(often.reasons.includes('uneven'));
  },
);

t.test('old samples, no samples and no start are inconclusive, and said', async (t) => {
  const series = edgeSeries({ name: 'a', scrapes: to(0, 40) });
  t.ok(analyse(series, settings, { now: at(60) }).reasons.includes('stale'));
  const nothing = analyse([], settings, { now: at(60) });
  t.strictSame(nothing.reasons, ['no-start', 'no-data']);
  const startless = series.filter(({ kind }) => kind.of !== 'start');
  t.strictSame(analyse(startless, settings, { now: at(40) }).verdict, 'inconclusive');
  t.equal(
    analyse(startless, settings, { now: at(40), since: START }).verdict,
    'pass',
    'somebody else knows it',
  );
});

t.test(
  'attack: units that failed in control and are moved by a step do not convict the canary as new ones',
  async (t) => {
    const step = edgeSeries({ name: 'a', scrapes: to(0, 40) }).map((each): MeasuredSeries => {
      if (each.kind.of === 'share')
        return {
          ...each,
          samples: each.samples.map((sample, i) => ({ ...sample, value: i < 20 ? 0.05 : 0.5 })),
        };
      // All units that ever fail have failed by the step; half of them are moved, and fail again in the canary.
      if (each.kind.of === 'affected' && each.kind.arm === 'canary')
        return {
          ...each,
          samples: each.samples.map((sample, i) => ({
            ...sample,
            value: i < 20 ? 20 : 20 + 8 * (i - 20),
          })),
        };
      if (each.kind.of === 'affected')
        return { ...each, samples: each.samples.map((sample) => ({ ...sample, value: 380 })) };
      return each;
    });
    const grown = step.map(
      (each): MeasuredSeries =>
        each.kind.of === 'affected' && each.kind.arm === 'control'
          ? {
              ...each,
              samples: each.samples.map((sample, i) => ({
                ...sample,
                value: 19 * Math.min(i, 20),
              })),
            }
          : each,
    );
    const { errorsByUnit } = analyse(grown, settings, { now: at(40) });
    t.equal(errorsByUnit.events[0], 0, 'as many as can have been moved are left out');
  },
);

t.test('however scrapes are cut in two, counts are the same', async () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 1, max: 39 }), { minLength: 20, maxLength: 38 }),
      (some) => {
        const scrapes = [0, ...some.sort((a, b) => a - b), 40];
        const whole = analyse(edgeSeries({ name: 'a', scrapes: to(0, 40) }), settings, {
          now: at(40),
        });
        const cut = analyse(edgeSeries({ name: 'a', scrapes }), settings, { now: at(40) });
        const seconds = whole.arms.canary.requests - cut.arms.canary.requests;
        return seconds === (50 * cut.lost) / STEP;
      },
    ),
  );
});

t.test('the same samples give the same report, and a conviction stays', async (t) => {
  const series = edgeSeries({ name: 'a', scrapes: to(0, 200) }).map((each): MeasuredSeries => {
    const { kind } = each;
    if (
      !('arm' in kind) ||
      kind.arm !== 'canary' ||
      (kind.of !== 'errors' && kind.of !== 'affected')
    )
      return each;
    // Eight times the errors for 20 scrapes, then none.
    return {
      ...each,
      samples: each.samples.map((sample, i) => ({ ...sample, value: 8 * Math.min(i, 20) })),
    };
  });
  const report = analyse(series, settings, { now: at(200) });
  t.equal(report.verdict, 'fail');
  t.ok((report.failedAt ?? 0) <= at(20));
  t.strictSame(analyse(series, settings, { now: at(200) }), report);
});
