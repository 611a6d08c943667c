/** What counters and histograms say over a window. */
import t from 'tap';
import { increaseOf, quantileOf, spanOf } from '../../src/watch/counting.ts';
import { readExposition } from '../../src/watch/exposition.ts';
import { exposition } from './exposition.ts';

t.test('a counter that goes back began anew', async (t) => {
  t.equal(increaseOf([]), 0);
  t.equal(increaseOf([[0, 7]]), 0, 'nobody knows when it grew to that');
  const samples = [
    [0, 5],
    [1, 9],
    [2, 3],
    [4, 4],
  ] as const;
  t.equal(increaseOf(samples), 4 + 3 + 1);
  t.equal(spanOf(samples), 4);
});

t.test('quantiles are read between bounds, as Prometheus does', async (t) => {
  const buckets = [
    [Number.POSITIVE_INFINITY, 100],
    [0.1, 90],
    [0.01, 50],
  ] as const;
  t.equal(quantileOf(0.5, buckets), 0.01);
  t.ok(Math.abs((quantileOf(0.7, buckets) ?? 0) - 0.055) < 1e-9);
  t.equal(quantileOf(0.95, buckets), 0.1, 'beyond the last bound: that bound');
  t.equal(quantileOf(0.5, []), undefined);
  t.equal(quantileOf(0.5, [[1, 0]]), undefined, 'nobody asked');
});

t.test('the text format: labels with escapes, infinities, other lines', async (t) => {
  const text = [
    '# HELP a b',
    'a{x="1\\"2\\\\n\\n",y="}{"} 3 1700000000000',
    'b +Inf',
    'c NaN',
    'not a line',
    '',
  ].join('\n');
  t.strictSame(readExposition(text), [
    { labels: { __name__: 'a', x: '1"2\\n\n', y: '}{' }, value: 3 },
    { labels: { __name__: 'b' }, value: Number.POSITIVE_INFINITY },
    { labels: { __name__: 'c' }, value: Number.NaN },
  ]);
  t.equal(readExposition(exposition(1), (name) => name === 'tinct_ready').length, 1);
});

t.test('attack: a line without an end takes no time', async (t) => {
  t.strictSame(readExposition(`a{${'x="\\'.repeat(50_000)}`), []);
});
