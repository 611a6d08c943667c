/** However the same counts are cut, ordered and divided over replicas, and wherever the program stops between: the same evidence. */
import * as fc from 'fast-check';
import t from 'tap';
import {
  ANALYSIS_DEFAULTS,
  Analysis,
  designEffect,
  type Interval,
  NO_SLICES,
  RatioEvidence,
  type Stratum,
} from '../../src/index.ts';
import { interval, stratum } from './counts.ts';

const SETTINGS = { ...ANALYSIS_DEFAULTS, boundaries: [0.1, 0.5] };
const near = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a));

const counted = fc.record({
  requests: fc.integer({ min: 50, max: 500 }),
  errors: fc.nat(20),
  refusals: fc.nat(20),
  affected: fc.nat(9),
  timed: fc.integer({ min: 50, max: 500 }),
  slower: fc.tuple(fc.nat(40), fc.nat(9)),
});
const strata: fc.Arbitrary<Stratum> = fc
  .record({ canary: counted, control: counted, share: fc.constantFrom(0.05, 0.2, 0.5) })
  .map(({ canary, control, share }) => stratum(canary, control, share));
const slices = fc.array(fc.nat(5), { minLength: 32, maxLength: 32 });

function analysed(intervals: readonly Interval[]): Analysis {
  const analysis = new Analysis(SETTINGS, 0);
  for (const each of intervals) analysis.advance(each);
  return analysis;
}

const numbers = (analysis: Analysis): number[] => [
  analysis.logWorse,
  analysis.evidence('errors').logNotWorse,
  analysis.evidence('latency').logWorse,
  analysis.units.likelihood.estimate ?? 0,
];
const same = (a: Analysis, b: Analysis): boolean =>
  numbers(a).every((number, i) => near(number, numbers(b)[i] ?? Number.NaN));

t.test('an interval that is cut in two of the same odds says the same', async () => {
  fc.assert(
    fc.property(fc.nat(9), fc.nat(9), fc.nat(99), fc.nat(99), (x, y, m, n) => {
      const bounds = { tolerance: 1.2, margin: 2 };
      const [whole, cut] = [new RatioEvidence(bounds), new RatioEvidence(bounds)];
      whole.add({ canary: x + y, control: m + n, odds: 0.1, design: 1.7 });
      cut.add({ canary: x, control: m, odds: 0.1, design: 1.7 });
      cut.add({ canary: y, control: n, odds: 0.1, design: 1.7 });
      return near(whole.logWorse, cut.logWorse) && near(whole.logNotWorse, cut.logNotWorse);
    }),
  );
});

t.test('the order of replicas within an interval is nothing', async () => {
  fc.assert(
    fc.property(fc.array(strata, { minLength: 2, maxLength: 6 }), slices, (all, errors) => {
      const one = analysed([interval(60, all, errors), interval(120, all)]);
      const turned = all.toReversed();
      return same(one, analysed([interval(60, turned, errors), interval(120, turned)]));
    }),
  );
});

t.test('replicas with the same odds are as good as one', async () => {
  fc.assert(
    fc.property(fc.nat(9), fc.nat(9), fc.nat(99), fc.nat(99), (x, y, m, n) => {
      const part = (canary: number, control: number) =>
        stratum(
          { requests: 100, errors: canary, affected: canary },
          { requests: 1900, errors: control, affected: control },
        );
      const one = stratum(
        { requests: 200, errors: x + y, affected: x + y },
        { requests: 3800, errors: m + n, affected: m + n },
      );
      return same(
        analysed([interval(60, [part(x, m), part(y, n)])]),
        analysed([interval(60, [one])]),
      );
    }),
  );
});

t.test(
  'stopped anywhere and begun again from its state: nothing lost, nothing doubled',
  async () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(strata, slices), { minLength: 2, maxLength: 12 }),
        fc.nat(),
        (all, at) => {
          const intervals = all.map(([each, errors], i) => interval(60 * (i + 1), [each], errors));
          const whole = analysed(intervals);
          const stop = at % intervals.length;
          const first = analysed(intervals.slice(0, stop));
          const again = new Analysis(SETTINGS, 0, JSON.parse(JSON.stringify(first.state())));
          // It reads what it has read before: refused.
          for (const each of intervals) again.advance(each);
          return same(whole, again);
        },
      ),
    );
  },
);

t.test(
  'what is pooled over a ramp is not what is compared: a bad hour during another share says nothing',
  async (t) => {
    const analysis = new Analysis(SETTINGS, 0);
    // 1 % with errors at 0.5 %, then 50 % with 5 % in both arms: pooled, the canary looks five times as bad.
    for (let i = 1; i <= 30; i += 1)
      analysis.advance(
        interval(
          60 * i,
          [
            stratum(
              { requests: 20, affected: 0 },
              { requests: 1980, errors: 10, affected: 10 },
              0.01,
            ),
          ],
          Array(32).fill(1),
        ),
      );
    for (let i = 31; i <= 60; i += 1)
      analysis.advance(
        interval(
          60 * i,
          [
            stratum(
              { requests: 1000, errors: 50, affected: 50 },
              { requests: 1000, errors: 50, affected: 50 },
              0.5,
            ),
          ],
          Array(32).fill(2),
        ),
      );
    const { canary, control } = analysis.totals;
    t.ok(canary.errors / canary.requests > 1.5 * (control.errors / control.requests), 'pooled');
    t.ok(analysis.logWorse < 0, `${analysis.logWorse}`);
  },
);

t.test(
  'a design effect is at least 1, at least the errors of a unit, and unknown while slices are nearly empty',
  async (t) => {
    t.equal(designEffect([]), undefined);
    t.equal(designEffect(Array(32).fill(0)), undefined);
    t.equal(designEffect(Array(32).fill(2)), 1, 'more even than chance');
    t.equal(designEffect(Array(32).fill(2), 3.5), 3.5);
    const lumps = Array.from({ length: 32 }, (_, i) => (i % 8 === 0 ? 16 : 0));
    t.ok((designEffect(lumps) ?? 0) > 10);
  },
);

t.test('the first minutes are shown apart, and are no evidence', async (t) => {
  const analysis = new Analysis({ ...SETTINGS, warmUp: 120 }, 0);
  const awful = stratum({ requests: 100, errors: 90, affected: 90 }, { requests: 1900 });
  analysis.advance(interval(60, [awful]));
  analysis.advance(interval(120, [awful]));
  t.ok(Math.abs(analysis.logWorse) < 1e-9);
  t.equal(analysis.warmUp.canary.errors, 180);
  t.equal(analysis.totals.canary.errors, 0);
  analysis.advance(interval(180, [awful]));
  t.ok(analysis.logWorse > 3);
});

t.test('latency is judged by boundaries that control alone has chosen', async (t) => {
  const analysis = new Analysis(SETTINGS, 0);
  const slow = stratum(
    { requests: 100, timed: 100, slower: [90, 50] },
    { requests: 1900, timed: 1900, slower: [190, 0] },
  );
  const slower = [Array(32).fill(6), Array(32).fill(0)];
  const slices = { ...NO_SLICES, slower };
  analysis.advance(interval(60, [slow], [], { slices }));
  t.strictSame(analysis.boundaries, [0.1], 'nobody is slower than 0.5 s in control');
  t.ok(analysis.evidence('latency').logWorse < 1e-9, 'what chose is no evidence');
  analysis.advance(interval(120, [slow], [], { slices }));
  t.ok(analysis.evidence('latency').logWorse > 10);
});

t.test(
  'latency without slices of its own: what requests of one unit are assumed to have in common',
  async (t) => {
    const slow = stratum(
      { requests: 100, timed: 100, slower: [16, 1] },
      { requests: 1900, timed: 1900, slower: [190, 19] },
    );
    const evidence = (requests: readonly number[]) => {
      const analysis = new Analysis(SETTINGS, 0);
      for (let i = 1; i <= 20; i += 1)
        analysis.advance(interval(60 * i, [slow], [], { slices: { ...NO_SLICES, requests } }));
      return analysis.evidence('latency').logWorse;
    };
    const [even, lumpy] = [
      Array(32).fill(60),
      Array.from({ length: 32 }, (_, i) => (i < 8 ? 240 : 0)),
    ];
    t.ok(evidence(even) > evidence([]), 'one request each');
    t.ok(evidence([]) > evidence(lumpy), 'many requests of few');
  },
);

t.test(
  'attack: a unit that several replicas count, and count again after restarts, is not several units',
  async (t) => {
    const bad = stratum({ affected: 4 }, { affected: 4 });
    const alone = analysed([interval(60, [bad])]);
    const thrice = analysed([interval(60, [bad, bad, bad], [], { lives: 3 })]);
    t.ok(near(alone.units.logWorse, thrice.units.logWorse));
  },
);
