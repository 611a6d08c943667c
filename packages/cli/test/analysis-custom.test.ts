/** Counters of the user's programs: added up over programs, restarts and series that come late. */
import t from 'tap';
import { clockOf, growthOf, summed } from '../src/analysis/custom.ts';

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
  const edge = { kind: { of: 'share' }, target: 'edge' } as const;
  const beside = [
    { ...edge, samples: [15, 30, 45, 60, 75, 90, 300].map((at) => ({ at, value: 1 })) },
  ];
  const times = clockOf([of('a', [15, 10], [75, 20])], beside);
  t.strictSame(times, [15, 30, 45, 60, 75, 90], 'and it ends when they have been gone for long');
  t.strictSame(
    summed([of('a', [15, 10], [75, 20])], times, new Map()).map(({ value }) => value),
    [0, 0, 0, 0, 10, 10],
  );
  t.strictSame(clockOf([], beside), []);
});
