import { createHash } from 'node:crypto';
import { stripVTControlCharacters } from 'node:util';
import t from 'tap';
import { golden, project } from './world.ts';

const shop = project();

/** Name of the golden → arguments. */
const STORIES: Record<string, string[]> = {
  'explain-tester': ['-H', 'user-id: 123', '-r', 'my-service'],
  'explain-missed': ['-H', 'user-id: 124', '-H', 'x-tenant: t7'],
  'explain-canary': ['--unit', 'user=19', '-r', 'my-service'],
  'explain-cohort': ['-b', 'uid=b1', '--host', 'shop.example'],
  'explain-condition': [
    '-H',
    'user-id: 9',
    '--attr',
    'country=at',
    '-a',
    'age=18',
    '--host',
    'shop.example:443',
  ],
  'explain-unknown': [
    '-H',
    'user-id: 9',
    '-H',
    'x-country: de',
    '-H',
    'x-age: old',
    '-r',
    'my-service',
  ],
  'explain-staff': ['-u', 'user=9', '-a', 'email=ann@shop.example', '-r', 'my-service'],
  'explain-split': ['-H', 'x-tenant: t2', '-r', 'checkout'],
  'explain-nobody': ['-r', 'my-service'],
  'explain-doubled': ['-H', 'user-id: 123', '-H', 'user-id: 124', '-r', 'my-service'],
  'explain-untrusted': ['-H', 'user-id: 123', '--untrusted', '-r', 'my-service'],
  'explain-elsewhere': ['-H', 'user-id: 123', '--host', 'other.example', '-r', 'my-service'],
};

for (const [name, argv] of Object.entries(STORIES)) {
  t.test(name, async (t) => {
    const { status, stdout, stderr } = await shop.tinct(['explain', 'plan.yaml', ...argv]);
    t.strictSame({ status, stderr }, { status: 0, stderr: '' });
    golden(t, name, stdout);
  });
}

t.test('a terminal sees the same words', async (t) => {
  const argv = ['explain', '-H', 'user-id: 124'];
  const plain = await shop.tinct(argv);
  const { stdout } = await shop.tinct(argv, { terminal: true });
  t.not(stdout, plain.stdout);
  t.equal(stripVTControlCharacters(stdout), plain.stdout);
});

interface Told {
  releases: { decision: { release: string; variant: string; reason: string }; bucket: number }[];
  request: { units: object; attributes: object; now: string };
  elsewhere: string[];
}

async function told(...argv: string[]): Promise<Told> {
  const { stdout } = await shop.tinct(['explain', ...argv, '--output', 'json']);
  return JSON.parse(stdout);
}

t.test('json says the same as the text', async (t) => {
  const all = await told('-H', 'user-id: 124', '-a', 'groups=a, b', '-a', 'age=17.5');
  t.strictSame(
    all.releases.map(({ decision: { release, variant, reason } }) => [release, variant, reason]),
    [
      ['my-service', 'v1', 'SPLIT'],
      ['checkout', 'v1', 'DEFAULT'],
      ['halted', 'v1', 'DISABLED'],
      ['banner', 'v2', 'STATIC'],
    ],
  );
  t.equal(all.releases[0]?.bucket, 80333);
  t.match(all.request, {
    units: { user: '124' },
    attributes: { groups: ['a', 'b'], age: 17.5 },
    now: '2026-03-01T12:00:00.000Z',
  });
  const elsewhere = await told('--host', 'other.example');
  t.strictSame(elsewhere.elsewhere, ['my-service']);
  t.equal(elsewhere.releases.length, 3);
});

t.test('--now is when it happens', async (t) => {
  t.equal(
    (await told('--now', '2026-01-31T08:00:00+01:00')).request.now,
    '2026-01-31T07:00:00.000Z',
  );
});

t.test('ids are UTF-8 on the command line as they are in a request', async (t) => {
  const { releases } = await told('-H', 'user-id: überuser', '-r', 'my-service');
  t.match(releases[0]?.decision, { variant: 'v2', reason: 'TARGETING_MATCH' });
});

t.test('the plan can come from stdin', async (t) => {
  const { status, stdout } = await shop.tinct(
    ['explain', '-', '-u', 'user=123', '-r', 'my-service'],
    {
      stdin: shop.read('plan.yaml'),
    },
  );
  t.equal(status, 0);
  t.match(stdout, /^shop revision 12 \(\(stdin\)\)/);
});

const REFUSED: readonly [argv: string[], status: number, code: string, hint: RegExp][] = [
  [['-a', 'contry=de'], 1, 'TINCT_PLAN_ATTRIBUTE_UNKNOWN', /did you mean `country`\?/],
  [['-a', 'constructor=de'], 1, 'TINCT_PLAN_ATTRIBUTE_UNKNOWN', /known here/],
  [['-a', 'age=old'], 2, 'TINCT_CLI_OPTION_VALUE', /it is a number, and not empty/],
  [['-a', 'country='], 2, 'TINCT_CLI_OPTION_VALUE', /it is a string, and not empty/],
  [['-u', 'usr=1'], 1, 'TINCT_PLAN_UNIT_UNKNOWN', /did you mean `user`\?/],
  [['-u', 'user='], 2, 'TINCT_CLI_OPTION_VALUE', /NAME=VALUE/],
  [['-r', 'my-servce'], 1, 'TINCT_PLAN_RELEASE_UNKNOWN', /did you mean `my-service`\?/],
  [['-r', '__proto__'], 1, 'TINCT_PLAN_RELEASE_UNKNOWN', /the plan has my-service/],
];

for (const [argv, status, code, hint] of REFUSED) {
  t.test(`explain ${argv.join(' ')} is refused`, async (t) => {
    const refused = await shop.tinct(['explain', ...argv]);
    t.strictSame([refused.status, refused.stdout], [status, '']);
    t.match(refused.stderr, new RegExp(`^error ${code} `));
    t.match(refused.stderr, hint);
  });
}

t.test('a plan with errors, or a list that is not the one it pins, explains nothing', async (t) => {
  const broken = await shop.tinct(['explain', '-'], { stdin: 'kind: Plan\nkind: Plan\n' });
  t.strictSame([broken.status, broken.stdout], [1, '']);
  t.match(broken.stderr, /^\(stdin\):2:1 error TINCT_PLAN_KEY_DUPLICATE/m);
  t.match(broken.stderr, /errors: nothing was done\.\n$/);
  const list = await shop.tinct(['explain', 'lists.yaml', '-u', 'user=2']);
  t.strictSame([list.status, list.stdout], [1, '']);
  t.match(list.stderr, /TINCT_LIST_DIGEST/);
});

t.test('members of a list are found', async (t) => {
  const own = project();
  const digest = createHash('sha256').update(own.read('beta-users.csv')).digest('hex');
  own.write('lists.yaml', own.read('lists.yaml').replace('0'.repeat(64), digest));
  const { stdout } = await own.tinct(['explain', 'lists.yaml', '-u', 'user=3']);
  t.match(stdout, /my-service gives v2\n/);
  t.match(stdout, /yes {5}is in cohort beta\n/);
});
