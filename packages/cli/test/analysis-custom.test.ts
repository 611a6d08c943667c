/** Counters of the user's programs: added up over programs, restarts and series that come late. */
import t from 'tap';
import { growthOf, summed, timesOf } from '../src/analysis/custom.ts';

const of = (instance: string, ...samples: (readonly [number, number])[]) => ({
  labels: { job: 'shop', instance },
  samples,
});

t.test(
  'a restart takes nothing back, and what came late to a known program began at 0',
  async (t) => {
    const seen = new Map([[JSON.stringify(['shop', 'a']), 1]]);
    const times = [1, 2, 3];
    t.strictSame(
      summed([of('a', [1, 100], [2, 110], [3, 4])], times, seen).map(({ value }) => value),
      [0, 10, 14],
    );
    t.strictSame(
      summed([of('a', [2, 3], [3, 5])], times, seen).map(({ value }) => value),
      [0, 3, 5],
    );
    t.strictSame(
      summed([of('b', [2, 300], [3, 305])], times, seen).map(({ value }) => value),
      [0, 0, 5],
      'a program that nobody knew: nobody knows when it grew to 300',
    );
  },
);

t.test('a program that is gone stays in the sum', async (t) => {
  const growth = growthOf(of('a', [1, 1], [2, 9]), new Map());
  t.strictSame([1, 2, 3, 4].map(growth), [0, 8, 8, 8]);
});

t.test('programs that are scraped less often than edges make no holes', async (t) => {
  const clock = { start: 0, step: 15 };
  const raw = [of('a', [15, 10], [75, 20])];
  const times = timesOf(clock, { from: -60, to: 1000 }, raw);
  t.strictSame(times.slice(0, 3), [22.5, 37.5, 52.5], 'nobody was there before');
  t.equal(times.at(-1), 247.5, 'and it ends when they have been gone for long');
  t.equal(times.length, 16);
  t.strictSame(
    summed(raw, times.slice(0, 5), new Map()).map(({ value }) => value),
    [0, 0, 0, 0, 10],
  );
  t.strictSame(timesOf(clock, { from: 0, to: 1000 }, []), []);
});

t.test(
  'whoever reads from later on takes sums at the same times, and the same growth',
  async (t) => {
    const clock = { start: 1_700_000_000.123, step: 14.999 };
    const samples = Array.from({ length: 60 }, (_, n) => [clock.start + 60 * n, 7 * n] as const);
    const whole = timesOf(clock, { from: clock.start - 120, to: clock.start + 3000 }, [
      of('a', ...samples),
    ]);
    const from = whole[70] ?? 0;
    const late = of('a', ...samples.filter(([at]) => at > from - 180));
    const times = timesOf(clock, { from: from - 1, to: clock.start + 3000 }, [late]);
    t.strictSame(times, whole.slice(70));
    const grown = (all: typeof late) => {
      const values = summed([all], times, new Map()).map(({ value }) => value);
      return values.map((value) => value - (values[0] ?? 0));
    };
    t.strictSame(grown(late), grown(of('a', ...samples)));
  },
);
