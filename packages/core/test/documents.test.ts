/** What docs/plan.md and this package's README say in numbers is so. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { bucketer, bucketOf, formatFinding, parsePlan } from '../src/index.ts';

const PLAN_PAGE = readFileSync(join(import.meta.dirname, '../../../docs/plan.md'), 'utf8');

t.test('the buckets that docs/plan.md shows', async (t) => {
  const rows = [...PLAN_PAGE.matchAll(/^\| `(\w+)` \| (\d+) \| (\d+) % \| (\d+) \|$/gm)];
  t.equal(rows.length, 4);
  for (const [, user = '', bucket, joins, other] of rows) {
    const own = bucketOf(bucketer('checkout', 'user'), user);
    t.equal(own, Number(bucket), user);
    t.equal(bucketOf(bucketer('other', 'user'), user), Number(other), `${user} elsewhere`);
    t.ok(own < Number(joins) * 1000, `${user} has joined at ${joins} %`);
  }
});

t.test('each whole plan of docs/plan.md parses without findings', async (t) => {
  const plans = [...PLAN_PAGE.matchAll(/^```yaml\n(apiVersion[^`]*)```$/gm)];
  t.equal(plans.length, 1);
  for (const [, text = ''] of plans) t.strictSame(parsePlan(text).findings.map(formatFinding), []);
});

t.test('each fragment of docs/plan.md fits into its plan', async (t) => {
  const [, plan = ''] = /^```yaml\n(apiVersion[^`]*)```$/m.exec(PLAN_PAGE) ?? [];
  const v3 = plan.replace('v2: { version: v2 } }', 'v2: { version: v2 }, v3: { version: v3 } }');
  const more = v3.replace(
    'attributes:\n',
    'attributes:\n  country: { header: x-country }\n  app: { header: x-app }\n',
  );
  const fragments = [...PLAN_PAGE.matchAll(/^```yaml\n((?:rules|when):[^`]*)```$/gm)];
  t.equal(fragments.length, 2);
  for (const [, text = ''] of fragments) {
    const rules = text.startsWith('when')
      ? `rules:\n  - variant: v2\n${text.replace(/^/gm, '    ')}`
      : text;
    const whole = more.replace(/^ {4}rules:\n[\s\S]*$/m, rules.replace(/^(?=.)/gm, '    '));
    const errors = parsePlan(whole).findings.filter(({ level }) => level === 'error');
    t.strictSame(errors.map(formatFinding), []);
  }
});
