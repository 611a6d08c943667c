import { createHash } from 'node:crypto';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { golden, type Project, project, repository } from './world.ts';

/** The file after a command, with what the command changed put back: the rest must be byte for byte the same. */
function sameBut(
  t: Test,
  shop: Project,
  before: string,
  ...edits: [now: string, then: string][]
): void {
  const undone = edits.reduce(
    (text, [now, then]) => text.replace(now, then),
    shop.read('plan.yaml'),
  );
  t.equal(undone, before);
}

t.test('plan set changes the percentage and the revision, and nothing else', async (t) => {
  const shop = project();
  const before = shop.read('plan.yaml');
  const { status, stdout, stderr } = await shop.tinct([
    'plan',
    'set',
    'my-service',
    '--percent',
    '10',
  ]);
  t.strictSame({ status, stderr }, { status: 0, stderr: '' });
  golden(t, 'plan-set', stdout);
  sameBut(
    t,
    shop,
    before,
    ['percent: 10, variant', 'percent: 5, variant'],
    ['revision: 13', 'revision: 12'],
  );
});

t.test('comments, order, quotes and line ends of Windows stay', async (t) => {
  const shop = project();
  const before = `\ufeff${shop.read('plan.yaml').replaceAll('\n', '\r\n')}`;
  shop.write('plan.yaml', before);
  await shop.tinct(['plan', 'set', 'my-service', '--percent', '0.5']);
  sameBut(
    t,
    shop,
    before,
    ['percent: 0.5, variant', 'percent: 5, variant'],
    ['revision: 13', 'revision: 12'],
  );
});

t.test('plan set of a split writes its ranges', async (t) => {
  const shop = project();
  await shop.tinct(['plan', 'resume', 'checkout']);
  const argv = ['plan', 'set', 'checkout', '--variant', 'v3', '--percent', '15'];
  const { status, stdout } = await shop.tinct(argv);
  t.equal(status, 0);
  t.match(stdout, /v1 → v3 {2}5 %/);
  t.match(shop.read('plan.yaml'), 'percent: 15, ranges: [[20000, 35000]]');
  t.equal((await shop.tinct(['validate'])).status, 0);
});

t.test('--dry-run writes nothing, and says what it would', async (t) => {
  const shop = project();
  const before = shop.read('plan.yaml');
  const argv = ['plan', 'set', 'my-service', '--percent', '10', '--dry-run'];
  const { status, stdout } = await shop.tinct(argv);
  t.equal(status, 0);
  t.match(stdout, /plan\.yaml not written: a dry run\.\n$/);
  t.equal(shop.read('plan.yaml'), before);
});

t.test('a change that changes nothing writes nothing', async (t) => {
  const shop = project();
  const before = statSync(join(shop.dir, 'plan.yaml')).ino;
  const { status, stdout } = await shop.tinct(['plan', 'set', 'my-service', '--percent', '5.000']);
  t.equal(status, 0);
  t.equal(stdout, 'plan.yaml: nothing to change, it is so already.\n');
  t.equal(statSync(join(shop.dir, 'plan.yaml')).ino, before);
});

t.test('json', async (t) => {
  const shop = project();
  const argv = ['plan', 'set', 'my-service', '--percent', '10', '--output', 'json'];
  t.match(JSON.parse((await shop.tinct(argv)).stdout), {
    file: 'plan.yaml',
    written: true,
    revision: { from: 12, to: 13 },
    releases: [{ release: 'my-service', movement: [{ moved: 5000, minimum: 5000 }] }],
    findings: [],
  });
  t.match(JSON.parse((await shop.tinct(argv)).stdout), {
    written: false,
    revision: { from: 13, to: 13 },
  });
});

t.test('the mode and a symlink to the file stay', async (t) => {
  const shop = project();
  mkdirSync(join(shop.dir, 'real'));
  shop.write('real/plan.yaml', shop.read('plan.yaml'));
  chmodSync(join(shop.dir, 'real/plan.yaml'), 0o640);
  symlinkSync('real/plan.yaml', join(shop.dir, 'link.yaml'));
  const { status } = await shop.tinct(['plan', 'abort', 'my-service', '--plan', 'link.yaml']);
  t.equal(status, 0);
  t.ok(lstatSync(join(shop.dir, 'link.yaml')).isSymbolicLink());
  t.equal(readlinkSync(join(shop.dir, 'link.yaml')), 'real/plan.yaml');
  t.match(shop.read('real/plan.yaml'), 'state: aborted');
  t.equal(statSync(join(shop.dir, 'real/plan.yaml')).mode & 0o777, 0o640);
  t.strictSame(readdirSync(join(shop.dir, 'real')), ['plan.yaml'], 'no temporary file is left');
});

t.test('pause, resume, abort, complete', async (t) => {
  const shop = project();
  const states: [argv: string[], expected: RegExp][] = [
    [['pause', 'my-service'], /my-service:\n {4}state: paused\n/],
    [['resume', 'my-service'], /my-service:\n {4}state: running\n/],
    [['abort', 'my-service'], /my-service:\n {4}state: aborted\n/],
    [['resume', 'my-service'], /my-service:\n {4}epoch: 2\n {4}state: running\n/],
    [['complete', 'my-service', '--winner', 'v2'], /state: completed\n/],
    [['abort', 'banner'], /banner:\n {4}state: aborted\n {4}winner: v2\n/],
  ];
  for (const [i, [argv, expected]] of states.entries()) {
    const { status, stderr } = await shop.tinct(['plan', ...argv]);
    t.strictSame({ status, stderr }, { status: 0, stderr: '' }, argv.join(' '));
    t.match(shop.read('plan.yaml'), expected);
    t.match(shop.read('plan.yaml'), `revision: ${13 + i}`);
  }
  t.equal((await shop.tinct(['validate'])).status, 0);
});

const REFUSED: readonly [argv: string[], code: string][] = [
  [['set', 'checkout', '--variant', 'v2', '--percent', '30'], 'TINCT_PLAN_PAUSED'],
  [['set', 'my-servce', '--percent', '5'], 'TINCT_PLAN_RELEASE_UNKNOWN'],
  [['set', 'my-service', '--percent', '5', '--rule', '0'], 'TINCT_PLAN_RULE_CHOICE'],
  [['set', 'my-service', '--percent', '5', '--rule', '99'], 'TINCT_PLAN_RULE_CHOICE'],
  [['set', 'checkout', '--variant', 'v9', '--percent', '1'], 'TINCT_PLAN_SUBSET_UNKNOWN'],
  [['set', 'checkout', '--variant', 'v2', '--percent', '95'], 'TINCT_PLAN_SPLIT_RANGES'],
  [['pause', 'halted'], 'TINCT_PLAN_STATE'],
  [['resume', 'banner'], 'TINCT_PLAN_STATE'],
  [['complete', 'halted', '--winner', 'v2'], 'TINCT_PLAN_STATE'],
  [['complete', 'my-service', '--winner', 'v9'], 'TINCT_PLAN_SUBSET_UNKNOWN'],
];

for (const [argv, code] of REFUSED) {
  t.test(`plan ${argv.join(' ')} is refused and writes nothing`, async (t) => {
    const shop = project();
    const before = shop.read('plan.yaml');
    const { status, stdout, stderr } = await shop.tinct(['plan', ...argv]);
    t.strictSame({ status, stdout }, { status: 1, stdout: '' });
    t.match(stderr, new RegExp(`error ${code} `));
    t.equal(shop.read('plan.yaml'), before);
  });
}

t.test(
  'what validate refuses is refused: errors elsewhere in the plan, and in its lists',
  async (t) => {
    const shop = project();
    shop.write('plan.yaml', shop.read('plan.yaml').replace('[de, at]', '[]'));
    t.equal((await shop.tinct(['plan', 'set', 'my-service', '--percent', '9'])).status, 1);

    const set = ['plan', 'set', 'my-service', '--plan', 'lists.yaml', '--percent', '20'];
    const before = shop.read('lists.yaml');
    const { status, stderr } = await shop.tinct(set);
    t.equal(status, 1);
    t.match(stderr, /TINCT_LIST_DIGEST/);
    t.equal(shop.read('lists.yaml'), before);
  },
);

t.test('an abort waits for no list', async (t) => {
  const shop = project();
  const { status } = await shop.tinct(['plan', 'abort', 'my-service', '-p', 'lists.yaml']);
  t.equal(status, 0);
  t.match(shop.read('lists.yaml'), 'state: aborted');
});

t.test('plan lock writes the digests, and only them', async (t) => {
  const shop = project();
  const before = shop.read('lists.yaml');
  const digest = createHash('sha256').update(shop.read('beta-users.csv')).digest('hex');
  const { status, stdout } = await shop.tinct(['plan', 'lock', 'lists.yaml']);
  t.equal(status, 0);
  t.match(stdout, `+ `);
  t.equal(
    shop.read('lists.yaml'),
    before.replace('0'.repeat(64), digest).replace('revision: 3', 'revision: 4'),
  );
  t.equal((await shop.tinct(['validate', 'lists.yaml'])).status, 0);
  t.match((await shop.tinct(['plan', 'lock', 'lists.yaml'])).stdout, /nothing to change/);
});

t.test('plan lock pins a list that had no digest', async (t) => {
  const shop = project();
  shop.write('lists.yaml', shop.read('lists.yaml').replace(/ {4}sha256: .*\n/, ''));
  t.equal((await shop.tinct(['validate', 'lists.yaml'])).status, 1);
  t.equal((await shop.tinct(['plan', 'lock', '--plan', 'lists.yaml'])).status, 0);
  t.equal((await shop.tinct(['validate', 'lists.yaml'])).status, 0);
});

t.test('plan lock of a list that is not there, or cannot be read as one', async (t) => {
  const shop = project();
  const before = shop.read('lists.yaml').replace('column: user_id', 'column: nope');
  shop.write('lists.yaml', before);
  const column = await shop.tinct(['plan', 'lock', 'lists.yaml']);
  t.equal(column.status, 1);
  t.match(column.stderr, /TINCT_LIST_COLUMN/);
  t.equal(shop.read('lists.yaml'), before, 'a list that nobody could load is not pinned');
  shop.write('lists.yaml', before.replace('beta-users', 'gone'));
  const gone = await shop.tinct(['plan', 'lock', 'lists.yaml']);
  t.equal(gone.status, 4);
  t.match(gone.stderr, /gone\.csv .*TINCT_LIST_UNREADABLE/);
});

t.test('plan revert restores the earlier text under the next revision', async (t) => {
  const shop = repository();
  const { status, stdout } = await shop.tinct(['plan', 'revert', 'HEAD~1']);
  t.equal(status, 0);
  golden(t, 'plan-revert', stdout);
  t.equal(shop.read('plan.yaml'), shop.read('old.yaml').replace('revision: 11', 'revision: 13'));
  const again = await shop.tinct(['plan', 'revert', 'HEAD~1:plan.yaml']);
  t.match(again.stdout, /nothing to change/);
});

t.test('plan revert keeps epochs from falling', async (t) => {
  const shop = repository();
  await shop.tinct(['plan', 'abort', 'my-service']);
  await shop.tinct(['plan', 'resume', 'my-service']);
  const { status } = await shop.tinct(['plan', 'revert', 'HEAD~1']);
  t.equal(status, 0);
  t.match(shop.read('plan.yaml'), /my-service:\n {4}epoch: 2\n {4}stable: v1\n/);
  t.match(shop.read('plan.yaml'), 'revision: 15');
});

t.test('plan revert does not undo an abort', async (t) => {
  const shop = repository();
  await shop.tinct(['plan', 'abort', 'my-service']);
  const aborted = shop.read('plan.yaml');
  const { status, stderr } = await shop.tinct(['plan', 'revert', 'HEAD']);
  t.equal(status, 1);
  t.match(stderr, /error TINCT_PLAN_EPOCH_KILLED .*\n {4}hint: use `tinct plan resume my-service`/);
  t.equal(shop.read('plan.yaml'), aborted);
});

t.test('plan revert to what is not there', async (t) => {
  const shop = repository();
  for (const ref of ['HEAD~9', 'nope', 'HEAD:nope.yaml']) {
    const { status, stderr } = await shop.tinct(['plan', 'revert', ref]);
    t.equal(status, 4, ref);
    t.match(stderr, /^error TINCT_CLI_GIT /);
  }
});

t.test('plan revert finds the file from another folder', async (t) => {
  const shop = repository();
  mkdirSync(join(shop.dir, 'sub'));
  const argv = ['plan', 'revert', 'HEAD~1', '--plan', '../plan.yaml'];
  t.equal((await shop.tinct(argv, { cwd: join(shop.dir, 'sub') })).status, 0);
});
