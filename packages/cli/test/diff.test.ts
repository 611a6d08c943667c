import t from 'tap';
import { golden, project, repository } from './world.ts';

const shop = project();

t.test('a step up is fine, and says who moves', async (t) => {
  const { status, stdout, stderr } = await shop.tinct(['diff', 'old.yaml', 'plan.yaml']);
  t.strictSame({ status, stderr }, { status: 0, stderr: '' });
  golden(t, 'diff-step', stdout);
});

t.test('a plan and itself differ in nothing', async (t) => {
  t.strictSame(await shop.tinct(['diff', 'plan.yaml', 'plan.yaml']), {
    status: 0,
    stdout: 'No difference.\n',
    stderr: '',
  });
});

t.test('a revision that did not grow is an error', async (t) => {
  const lower = await shop.tinct(['diff', 'plan.yaml', 'old.yaml']);
  t.equal(lower.status, 1);
  t.match(lower.stdout, /^old\.yaml:\d+:\d+ error TINCT_PLAN_REVISION_LOWER /m);
  shop.write('same.yaml', shop.read('plan.yaml').replace('percent: 5,', 'percent: 6,'));
  const same = await shop.tinct(['diff', 'plan.yaml', 'same.yaml']);
  t.equal(same.status, 1);
  t.match(same.stdout, /error TINCT_PLAN_REVISION_REUSED /);
});

t.test('what is risky is a warning', async (t) => {
  const risky = shop
    .read('plan.yaml')
    .replace('revision: 12', 'revision: 13')
    .replace('percent: 5,', 'percent: 100,')
    .replace('stable: v1\n    scope', 'salt: pepper\n    stable: v1\n    scope');
  shop.write('risky.yaml', risky);
  const { status, stdout } = await shop.tinct(['diff', 'plan.yaml', 'risky.yaml']);
  t.equal(status, 0);
  golden(t, 'diff-risky', stdout);
  t.match(stdout, /warning TINCT_PLAN_JUMP /);
  t.match(stdout, /warning TINCT_PLAN_SALT_CHANGED /);
});

t.test('json', async (t) => {
  const { stdout } = await shop.tinct(['diff', 'old.yaml', 'plan.yaml', '--output', 'json']);
  const told = JSON.parse(stdout);
  t.match(told, {
    old: { file: 'old.yaml', revision: 11 },
    new: { file: 'plan.yaml', revision: 12 },
    findings: [],
    releases: [{ release: 'my-service', movement: [{ moved: 4000, minimum: 4000 }] }],
  });
  t.strictSame(told.releases[0].movement[0].after, { v1: 95000, v2: 5000 }, 'maps are objects');
});

t.test('plans of git', async (t) => {
  const repo = repository();
  const argv = ['diff', 'HEAD~1:plan.yaml', 'HEAD:./plan.yaml'];
  const { status, stdout } = await repo.tinct(argv);
  t.equal(status, 0);
  t.equal(stdout, (await shop.tinct(['diff', 'old.yaml', 'plan.yaml'])).stdout);
  const simulated = await repo.tinct(['simulate', '--against', 'HEAD~1:plan.yaml', '-n', '100']);
  t.match(simulated.stdout, /^shop revision 12, against revision 11\n/);
});

t.test('a file whose name holds a colon is that file', async (t) => {
  shop.write('HEAD:plan.yaml', shop.read('old.yaml'));
  t.equal((await shop.tinct(['diff', 'HEAD:plan.yaml', 'plan.yaml'])).status, 0);
});

t.test('what git does not have', async (t) => {
  const repo = repository();
  const refused = async (object: string, from = repo) =>
    from.tinct(['diff', object, 'plan.yaml'], { cwd: from.dir });
  for (const object of ['HEAD:nope.yaml', 'nope:plan.yaml', '--output=x:plan.yaml', '-x:y']) {
    const { status, stdout, stderr } = await refused(object);
    t.strictSame([status, stdout], [object.startsWith('-') ? 2 : 4, ''], object);
    if (!object.startsWith('-')) t.match(stderr, /^error TINCT_CLI_GIT /);
  }
  t.match((await refused('HEAD:plan.yaml', project())).stderr, /^error TINCT_CLI_GIT .*not a git/);
});

t.test('attack: a revision that is an option of git', async (t) => {
  const repo = repository();
  const argv = ['diff', '--', '--output=stolen:plan.yaml', 'plan.yaml'];
  const { status, stderr } = await repo.tinct(argv);
  t.equal(status, 4);
  t.match(stderr, /no revision begins with a dash/);
});
