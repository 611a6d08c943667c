import {
  bucketIndex,
  COARSE_BOUNDS,
  DURATION_BOUNDS,
  type MetricDefinition,
  SERIES,
} from '@tinct/core';
import fc from 'fast-check';
import t from 'tap';

const ALL = Object.values<MetricDefinition>(SERIES);

t.test('names say what kind of number it is, and no two are the same', async (t) => {
  t.equal(new Set(ALL.map(({ name }) => name)).size, ALL.length);
  for (const { name, type, unit, bounds } of ALL) {
    t.match(name, /^tinct_[a-z_]+$/);
    t.equal(name.endsWith('_total'), type === 'counter', name);
    t.equal(name.endsWith('_seconds'), unit === 's', name);
    t.equal(bounds !== undefined, type === 'histogram', name);
  }
});

t.test('labels are known words: none of them is a path, a user, a host or a header', async (t) => {
  const known =
    'release variant arm reach reporter class cause served color colored reason source slice rule plan owner stable state cohort digest metric verdict';
  const words = new Set(known.split(' '));
  for (const { name, labels } of ALL)
    for (const label of labels) t.ok(words.has(label), `${name} ${label}`);
});

t.test('bounds have ten and five steps a decade, from 5 ms to 10 s', async (t) => {
  t.strictSame(
    [DURATION_BOUNDS[0], DURATION_BOUNDS.at(-1), DURATION_BOUNDS.length],
    [0.005, 10, 34],
  );
  t.ok(COARSE_BOUNDS.every((bound) => DURATION_BOUNDS.includes(bound)));
  t.ok(COARSE_BOUNDS.length >= 16);
});

t.test('a value falls into the first bucket whose bound is not below it', async () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 20, noNaN: true }), (value) => {
      const found = DURATION_BOUNDS.findIndex((bound) => value <= bound);
      return bucketIndex(DURATION_BOUNDS, value) === (found < 0 ? DURATION_BOUNDS.length : found);
    }),
  );
});
