import { type Decision, type Plan, parsePlan } from '@tinct/core';
import fc from 'fast-check';
import t from 'tap';
import { BUCKETS, bucketOf, quantileOf } from '../src/record/histogram.ts';
import { Recorder } from '../src/record/recorder.ts';
import { planText } from './helpers.ts';

/** Durations in milliseconds, by bucket. */
function countsOf(durations: readonly number[]): Float64Array {
  const counts = new Float64Array(BUCKETS);
  for (const ms of durations) counts[bucketOf(ms)] = (counts[bucketOf(ms)] ?? 0) + 1;
  return counts;
}

t.test('a quantile is within a bucket’s width of the true one', async () => {
  const durations = fc.array(fc.double({ min: 0.1, max: 100_000, noNaN: true }), { minLength: 1 });
  fc.assert(
    fc.property(durations, fc.constantFrom(0.5, 0.95, 1), (all, share) => {
      const counts = countsOf(all);
      const sorted = all.toSorted((a, b) => a - b);
      const exact = sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1] ?? 0;
      const ratio = (quantileOf(counts, share) ?? 0) / exact;
      return ratio > 1 / 1.06 && ratio < 1.06;
    }),
  );
});

t.test('no durations, none and endless ones have a quantile or say so', async (t) => {
  t.equal(quantileOf(countsOf([]), 0.5), undefined);
  t.ok((quantileOf(countsOf([0]), 1) ?? 1) < 0.1);
  t.ok(Number.isFinite(quantileOf(countsOf([0, Number.MAX_VALUE]), 1)));
});

const decision = (variant: string): Decision => ({
  release: 'my-service',
  variant,
  reason: 'SPLIT',
  rule: 0,
  revision: 1,
  epoch: 1,
  arm: 'canary',
  detail: undefined,
});

t.test(
  'counts survive a new plan; what left it is forgotten, what is unknown does not grow',
  async (t) => {
    const plan = parsePlan(planText()).plan as Plan;
    const recorder = new Recorder();
    recorder.record([decision('v1')], { status: 200, fault: undefined, ms: 1 });
    t.same(recorder.stats().versions, []);
    recorder.expect(plan);
    recorder.record([decision('v2')], { status: 503, fault: 'upstream', ms: 1 });
    recorder.record([decision('v2')], { status: 0, fault: 'client', ms: 1 });
    recorder.record([decision('v9')], { status: 200, fault: undefined, ms: 1 });
    recorder.expect(plan);
    t.match(recorder.stats(), {
      requests: 4,
      versions: [{ requests: 0 }, { variant: 'v2', requests: 2, errors: 1, abandoned: 1 }],
    });
    recorder.expect({ ...plan, releases: {} });
    t.same(recorder.stats().versions, []);
  },
);
