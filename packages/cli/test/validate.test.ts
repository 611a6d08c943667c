import { createHash } from 'node:crypto';
import t from 'tap';
import { golden, project } from './world.ts';

const TEN_MISTAKES = `apiVersion: tinct.dev/v1
kind: Plan
metadata: { name: shop, revision: 0 }
identity:
  - { unit: user, header: "user id" }
cohorts:
  staff: { when: { attribute: email, endsWith: "@shop.example" } }
releases:
  explain:
    stable: v1
    services: { a: { host: a, subsets: { v1: { version: v1 } } } }
  my-service:
    stable: v1
    stabel: v1
    services:
      my-service: { host: my-service, subsets: { v1: { version: v1 }, v2: { version: v2 } } }
    rules:
      - { users: [123], variant: v2 }
      - { cohort: stuff, variant: v2 }
      - { cohort: staff, variant: v3 }
      - { percent: 5.0001, variant: v2 }
      - { percent: 101, variant: v2 }
`;

t.test(
  'ten different mistakes are one run, each with its place, its code and a hint',
  async (t) => {
    const shop = project();
    shop.write('bad.yaml', TEN_MISTAKES);
    const { status, stdout, stderr } = await shop.tinct(['validate', 'bad.yaml']);
    t.strictSame({ status, stderr }, { status: 1, stderr: '' });
    golden(t, 'validate-ten-mistakes', stdout);
    const places = [...stdout.matchAll(/^bad\.yaml:\d+:\d+ \w+ (TINCT_\w+) .+\n {4}hint: .+$/gm)];
    const codes = new Set(places.map(([, code]) => code));
    t.ok(codes.size >= 10, `${codes.size} different codes`);
  },
);

t.test('a plan without findings is fine', async (t) => {
  const shop = project();
  t.strictSame(await shop.tinct(['validate']), {
    status: 0,
    stdout: 'plan.yaml: fine (revision 12, 4 releases)\n',
    stderr: '',
  });
});

t.test('several plans, by argument and by option, and stdin', async (t) => {
  const shop = project();
  const argv = ['validate', 'plan.yaml', '--plan', 'old.yaml', '-'];
  const { status, stdout } = await shop.tinct(argv, { stdin: 'apiVersion: tinct.dev/v1\n' });
  t.equal(status, 1);
  t.match(stdout, /plan\.yaml: fine/);
  t.match(stdout, /old\.yaml: fine/);
  t.match(stdout, /^\(stdin\):1:1 error TINCT_PLAN_KEY_MISSING /m);
});

t.test('a plan that cannot be read does not keep the others from being checked', async (t) => {
  const shop = project();
  const { status, stdout } = await shop.tinct(['validate', 'nope.yaml', '.', 'plan.yaml']);
  t.equal(status, 4);
  t.match(stdout, /error TINCT_PLAN_UNREADABLE nope\.yaml: there is no such file/);
  t.match(stdout, /error TINCT_PLAN_UNREADABLE \.: it is a directory/);
  t.match(stdout, /plan\.yaml: fine/);
});

t.test('bytes that are no UTF-8 are no plan', async (t) => {
  const shop = project();
  const { writeFileSync } = await import('node:fs');
  writeFileSync(`${shop.dir}/latin1.yaml`, Buffer.from([0x61, 0x3a, 0x20, 0xe9]));
  const { status, stdout } = await shop.tinct(['validate', 'latin1.yaml']);
  t.equal(status, 4);
  t.match(stdout, /latin1\.yaml: it is not UTF-8/);
});

t.test('warnings are errors with --strict', async (t) => {
  const shop = project();
  shop.write('warns.yaml', shop.read('plan.yaml').replace('trust: hops', 'trust: anyone'));
  const gentle = await shop.tinct(['validate', 'warns.yaml']);
  t.equal(gentle.status, 0);
  t.match(gentle.stdout, /^warns\.yaml:9:\d+ warning TINCT_PLAN_TRUST_ANYONE /);
  t.match(gentle.stdout, /\nwarns\.yaml: 1 warning \(revision 12, 4 releases\)\n$/);
  t.equal((await shop.tinct(['validate', 'warns.yaml', '--strict'])).status, 1);
});

t.test('lists are loaded, and their digests compared', async (t) => {
  const shop = project();
  const wrong = await shop.tinct(['validate', 'lists.yaml']);
  t.equal(wrong.status, 1);
  t.match(wrong.stdout, /^beta-users\.csv \(cohorts\.beta\.sha256\) error TINCT_LIST_DIGEST /m);
  t.match(wrong.stdout, /hint: .*`tinct plan lock`/i);

  const digest = createHash('sha256').update(shop.read('beta-users.csv')).digest('hex');
  shop.write('lists.yaml', shop.read('lists.yaml').replace('0'.repeat(64), digest));
  const right = await shop.tinct(['validate', 'lists.yaml']);
  t.equal(right.stdout, 'lists.yaml: fine (revision 3, 1 release, 1 list)\n');

  const elsewhere = await shop.tinct(['validate', `${shop.dir}/lists.yaml`], { cwd: '/' });
  t.equal(elsewhere.status, 0, 'lists lie beside the plan, wherever the shell stands');
});

t.test('a list that is missing, and one with a bad line, are findings of the plan', async (t) => {
  const shop = project();
  const gone = shop.read('lists.yaml').replace('beta-users.csv', 'gone.csv');
  shop.write('gone.yaml', gone);
  const missing = await shop.tinct(['validate', 'gone.yaml']);
  t.equal(missing.status, 1);
  t.match(missing.stdout, /^gone\.csv .*error TINCT_LIST_UNREADABLE .*there is no such file/m);

  shop.write('beta-users.csv', 'name,user_id\nAnn,1\nBob\n');
  const bad = await shop.tinct(['validate', 'lists.yaml']);
  t.match(bad.stdout, /^beta-users\.csv:3:1 error TINCT_LIST_BAD_LINE 1 field instead of 2$/m);
});

t.test('an empty list is a warning', async (t) => {
  const shop = project();
  shop.write('beta-users.csv', 'name,user_id\n');
  const digest = createHash('sha256').update(shop.read('beta-users.csv')).digest('hex');
  shop.write('lists.yaml', shop.read('lists.yaml').replace('0'.repeat(64), digest));
  const { status, stdout } = await shop.tinct(['validate', 'lists.yaml']);
  t.equal(status, 0);
  t.match(stdout, /warning TINCT_PLAN_COHORT_EMPTY nobody is in/);
});

t.test('json', async (t) => {
  const shop = project();
  shop.write('bad.yaml', TEN_MISTAKES);
  const { status, stdout } = await shop.tinct(['validate', 'bad.yaml', 'plan.yaml', '-o', 'json']);
  t.equal(status, 1);
  const { findings, summary } = JSON.parse(stdout);
  t.equal(summary.plans, 2);
  t.equal(summary.errors + summary.warnings, findings.length);
  t.match(findings[0], {
    code: 'TINCT_PLAN_COUNTER_MALFORMED',
    level: 'error',
    path: ['metadata', 'revision'],
    file: 'bad.yaml',
    line: 3,
    column: 35,
    hint: String,
  });
});
