/** What is found once for a decision is kept for the plan's own decisions, and until the plan changes. */
import { compilePlan, type Decision, type Plan, parsePlan } from '@tinct/core';
import t from 'tap';
import { Marks } from '../../src/record/marks.ts';
import { Recorder } from '../../src/record/recorder.ts';
import { planText } from '../helpers.ts';

const plan = parsePlan(planText()).plan as Plan;

t.test(
  'a plan’s decision is looked for once, one that was made for a request each time',
  async (t) => {
    let made = 0;
    const marks = new Marks(() => {
      made += 1;
      return made;
    });
    const [release] = compilePlan(plan).releases;
    const own = release?.decisions.default as Decision;
    t.strictSame([marks.of(own), marks.of(own)], [1, 1]);
    const carried = { ...own, reason: 'CARRIED' as const };
    t.strictSame([marks.of(carried), marks.of(carried)], [2, 3]);
    marks.clear();
    t.equal(marks.of(own), 4);
  },
);

t.test('what left the plan is not counted under what was found before', async (t) => {
  const decision = compilePlan(plan).releases[0]?.decisions.default as Decision;
  const recorder = new Recorder();
  recorder.expect(plan);
  const count = () => recorder.record([decision], { status: 200, fault: undefined, ms: 1 });
  const requests = () => recorder.stats().versions.reduce((sum, one) => sum + one.requests, 0);
  count();
  t.equal(requests(), 1);
  recorder.expect({ ...plan, releases: {} });
  count();
  t.equal(requests(), 0);
  recorder.expect(plan);
  count();
  t.equal(requests(), 1, 'it begins anew');
});
