/** Nothing that stands in a plan, a request or an argument writes on the terminal by itself. */
import t from 'tap';
import { visible } from '../src/text/words.ts';
import { project } from './world.ts';

const ESCAPE = '\u001b[2J\u009b2J\u0007\u202e';
const HARMFUL = /[^\P{Cc}\n]|\u202e/u;

const shop = project();
shop.write(
  'evil.yaml',
  shop
    .read('plan.yaml')
    .replace('revision: 12', 'revision: 13')
    .replace('unit: tenant', 'unit: tenant\n    "\\e[2J": 1'),
);
shop.write(
  'salted.yaml',
  shop
    .read('plan.yaml')
    .replace('revision: 12', 'revision: 13')
    .replace('state: aborted', 'state: aborted\n    salt: "\\e[2J\\x9b"')
    .replace('"b1"', '"b1\\e[2J\\x9b"'),
);

const ATTACKS: Record<string, string[]> = {
  'a command': [ESCAPE],
  'an option': ['explain', `--${ESCAPE}`],
  "an option's value": ['explain', '--output', ESCAPE],
  'a file name': ['explain', ESCAPE],
  'a revision of git': ['diff', `${ESCAPE}:x`, 'plan.yaml'],
  'a key of the plan': ['validate', 'evil.yaml'],
  'a salt of the plan': ['diff', 'plan.yaml', 'salted.yaml'],
  'a header of the request': ['explain', '-H', `user-id: 1${ESCAPE}`],
  'an attribute of the request': ['explain', '-u', 'user=1', '-a', `country=${ESCAPE}`],
  'a release': ['explain', '-r', ESCAPE],
  'a folder': ['init', `/dev/null/${ESCAPE}`],
};

for (const [what, argv] of Object.entries(ATTACKS)) {
  t.test(`attack: ${what} with control characters`, async (t) => {
    const { stdout, stderr } = await shop.tinct(argv);
    t.not(stdout + stderr, '');
    t.notMatch(stdout + stderr, HARMFUL);
  });
}

t.test('attack: a line of the plan, printed as changed', async (t) => {
  shop.write('lines.yaml', shop.read('plan.yaml').replace('# one line', `# ${ESCAPE}`));
  const argv = ['plan', 'abort', 'my-service', '--plan', 'lines.yaml', '--dry-run'];
  const { status, stdout } = await shop.tinct(argv);
  t.equal(status, 0);
  t.match(stdout, 'u001b[2J');
  t.notMatch(stdout, HARMFUL);
});

t.test('what can be read stays as it is', async (t) => {
  t.equal(visible('über\t"ñ" 日本 🎉 → \u0301'), 'über\t"ñ" 日本 🎉 → \u0301');
});
