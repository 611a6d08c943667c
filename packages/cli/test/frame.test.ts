import t from 'tap';
import { golden, project, tinct } from './world.ts';

const shop = project();

t.test('without a command, and for a group of them, there is an overview', async (t) => {
  for (const argv of [[], ['--help'], ['-h'], ['help'], ['--no-color', '--help']]) {
    const { status, stdout, stderr } = await tinct(argv);
    t.strictSame({ status, stderr }, { status: 0, stderr: '' });
    golden(t, 'help', stdout);
  }
  for (const argv of [['plan'], ['plan', '--help'], ['help', 'plan']]) {
    const { status, stdout } = await tinct(argv);
    t.equal(status, 0);
    golden(t, 'help-plan', stdout);
  }
});

t.test('a command explains itself, also when the rest of the line is wrong', async (t) => {
  for (const argv of [
    ['explain', '--help'],
    ['explain', '-h'],
    ['help', 'explain'],
    ['explain', '--no-such', '--help'],
    ['explain', 'a', 'b', 'c', '-h'],
  ]) {
    const { status, stdout, stderr } = await tinct(argv);
    t.strictSame({ status, stderr }, { status: 0, stderr: '' }, argv.join(' '));
    golden(t, 'help-explain', stdout);
  }
  t.equal(
    (await tinct(['help', 'plan', 'set'])).stdout,
    (await tinct(['plan', 'set', '-h'])).stdout,
  );
});

t.test('--version', async (t) => {
  t.match((await tinct(['--version'])).stdout, /^\d+\.\d+\.\d+\n$/);
  t.equal((await tinct(['-V'])).status, 0);
});

const WRONG: readonly [argv: string[], code: string, says: RegExp][] = [
  [['explan'], 'TINCT_CLI_COMMAND_UNKNOWN', /did you mean `tinct explain`\?/],
  [['sim'], 'TINCT_CLI_COMMAND_UNKNOWN', /did you mean `tinct simulate`\?/],
  [['pause'], 'TINCT_CLI_COMMAND_UNKNOWN', /did you mean `tinct plan pause`\?/],
  [['plan', 'sett'], 'TINCT_CLI_COMMAND_UNKNOWN', /did you mean `tinct plan set`\?/],
  [['help', 'nothing-like-it'], 'TINCT_CLI_COMMAND_UNKNOWN', /hint: `tinct --help` lists/],
  [['--output', 'json', 'validate'], 'TINCT_CLI_OPTION_UNKNOWN', /options come after the command/],
  [['validate', '--strct'], 'TINCT_CLI_OPTION_UNKNOWN', /did you mean --strict\?/],
  [['validate', '-x'], 'TINCT_CLI_OPTION_UNKNOWN', /no option -x/],
  [['validate', '--constructor'], 'TINCT_CLI_OPTION_UNKNOWN', /no option --constructor/],
  [['validate', '--output'], 'TINCT_CLI_OPTION_VALUE', /--output needs a value/],
  [['validate', '--output', 'yaml'], 'TINCT_CLI_OPTION_VALUE', /it is text or json/],
  [['validate', '--strict=yes'], 'TINCT_CLI_OPTION_VALUE', /--strict takes no value/],
  [['explain', '--plan', '--host'], 'TINCT_CLI_OPTION_VALUE', /written --plan=--host/],
  [['explain', '--host', ''], 'TINCT_CLI_OPTION_VALUE', /--host: "" does not fit/],
  [['explain', '-p', 'a', '-p', 'b'], 'TINCT_CLI_OPTION_VALUE', /--plan is given 2 times/],
  [['explain', '-p', 'a', 'b'], 'TINCT_CLI_ARGUMENTS', /the plan is given twice/],
  [['explain', 'a', 'b'], 'TINCT_CLI_ARGUMENTS', /"b" is one argument too many/],
  [['explain', '--now', '2026-02-30'], 'TINCT_CLI_OPTION_VALUE', /RFC 3339/],
  [['explain', '-H', 'user-id 123'], 'TINCT_CLI_OPTION_VALUE', /'NAME: VALUE'/],
  [['explain', '-H', 'user id: 123'], 'TINCT_CLI_OPTION_VALUE', /'NAME: VALUE'/],
  [['explain', '--attr', '=x'], 'TINCT_CLI_OPTION_VALUE', /NAME=VALUE/],
  [['diff', 'old.yaml'], 'TINCT_CLI_ARGUMENTS', /NEW is missing/],
  [['diff', '-', '-'], 'TINCT_CLI_ARGUMENTS', /stdin \(-\) can be only one/],
  [['simulate', '--count', '0'], 'TINCT_CLI_OPTION_VALUE', /a whole number from 1 to 1000000000/],
  [['simulate', '--count', '1e3'], 'TINCT_CLI_OPTION_VALUE', /"1e3" does not fit/],
  [['simulate', '--count', '5', '--ids', '-'], 'TINCT_CLI_ARGUMENTS', /exclude each other/],
  [['simulate', '-', '--ids', '-'], 'TINCT_CLI_ARGUMENTS', /stdin/],
  [['plan', 'set', 'my-service'], 'TINCT_CLI_ARGUMENTS', /--percent is missing/],
  [['plan', 'set', '--percent', '5'], 'TINCT_CLI_ARGUMENTS', /RELEASE is missing/],
  [['plan', 'set', 'x', '--percent', '-5'], 'TINCT_CLI_OPTION_VALUE', /written --percent=-5/],
  [['plan', 'set', 'x', '--percent=-5'], 'TINCT_CLI_OPTION_VALUE', /from 0 to 100/],
  [['plan', 'set', 'x', '--percent', '0.0001'], 'TINCT_CLI_OPTION_VALUE', /three decimals/],
  [['plan', 'set', 'x', '--percent', '100.001'], 'TINCT_CLI_OPTION_VALUE', /from 0 to 100/],
  [['plan', 'abort', 'x', '--plan', '-'], 'TINCT_CLI_ARGUMENTS', /cannot be written back/],
  [['keys', 'generate', '--out', 'a', '--add', 'b'], 'TINCT_CLI_ARGUMENTS', /exclude each other/],
  [['override', 'create', 'a', 'b'], 'TINCT_CLI_ARGUMENTS', /--keys is missing/],
  [
    ['override', 'create', 'a', 'b', '-k', '-', '-p', '-'],
    'TINCT_CLI_ARGUMENTS',
    /can be only one of the files/,
  ],
];

for (const [argv, code, says] of WRONG) {
  t.test(`wrong usage: tinct ${argv.join(' ')}`, async (t) => {
    const { status, stdout, stderr } = await shop.tinct(argv);
    t.strictSame({ status, stdout }, { status: 2, stdout: '' });
    t.match(stderr, says);
    t.match(stderr, new RegExp(`^error ${code} `));
    t.notMatch(stderr, /\n {4}at /, 'no stack trace');
  });
}

t.test('a value that begins with a dash can be written behind an equals sign', async (t) => {
  const { stderr } = await shop.tinct(['explain', '--plan=--plan.yaml']);
  t.match(stderr, /--plan\.yaml: there is no such file/);
});

t.test('-- ends the options', async (t) => {
  const { stderr } = await shop.tinct(['explain', '--', '--plan.yaml']);
  t.match(stderr, /--plan\.yaml: there is no such file/);
});

const COLORED = '\u001b[';

t.test('colors are for terminals, and for those who ask for them', async (t) => {
  const colored = async (env: Record<string, string>, terminal: boolean, ...flags: string[]) =>
    (await tinct(['--help', ...flags], { env, terminal })).stdout.includes(COLORED);
  t.equal(await colored({}, true), true);
  t.equal(await colored({}, false), false);
  t.equal(await colored({ NO_COLOR: '1' }, true), false);
  t.equal(await colored({ NO_COLOR: '' }, true), true, 'an empty NO_COLOR is none');
  t.equal(await colored({ TERM: 'dumb' }, true), false);
  t.equal(await colored({ FORCE_COLOR: '1' }, false), true);
  t.equal(await colored({ FORCE_COLOR: '0' }, true), false);
  t.equal(await colored({ FORCE_COLOR: '1', NO_COLOR: '1' }, false), true);
  t.equal(await colored({ FORCE_COLOR: '1' }, true, '--no-color'), false);
});

t.test('messages are colored as their own stream is', async (t) => {
  t.ok((await tinct(['explan'], { terminal: true })).stderr.includes(COLORED));
  t.notOk((await tinct(['explan', '--no-color'], { terminal: true })).stderr.includes(COLORED));
});

t.test('an interruption before anything happened', async (t) => {
  const ended = (reason: string) => tinct(['schema'], { signal: AbortSignal.abort(reason) });
  t.strictSame(await ended('SIGINT'), { status: 130, stdout: '', stderr: '' });
  t.strictSame(await ended('SIGTERM'), { status: 143, stdout: '', stderr: '' });
});

t.test("a mistake of tinct's own is one line, and a stack trace only on request", async (t) => {
  const broken = () => {
    throw new Error('the clock is broken\nsecond line');
  };
  const argv = ['explain', 'plan.yaml'];
  const short = await shop.tinct(argv, { now: broken });
  t.strictSame(short, {
    status: 70,
    stdout: '',
    stderr: 'error tinct made a mistake: the clock is broken (TINCT_DEBUG=1 shows where)\n',
  });
  const long = await shop.tinct(argv, { now: broken, env: { TINCT_DEBUG: '1' } });
  t.match(long.stderr, /\n {4}at .*broken/);
});
