import { Readable } from 'node:stream';
import { bucketer, bucketOf, formatPercent } from '@tinct/core';
import t from 'tap';
import { wilson } from '../src/text/wilson.ts';
import { golden, project } from './world.ts';

const shop = project();

interface Result {
  against?: { revision: number };
  releases: {
    release: string;
    unit: string;
    units: number;
    variants: { variant: string; units: number; expected: number; interval: [number, number] }[];
    against?: {
      moved: number;
      minimum: number;
      moves: { from: string; to: string; units: number }[];
    };
  }[];
}

async function simulated(argv: readonly string[], stdin: string | Readable = ''): Promise<Result> {
  const { status, stdout, stderr } = await shop.tinct(['simulate', ...argv, '-o', 'json'], {
    stdin,
  });
  t.strictSame({ status, stderr }, { status: 0, stderr: '' }, argv.join(' '));
  return JSON.parse(stdout);
}

async function release(argv: readonly string[], stdin: string | Readable = '') {
  const [first] = (await simulated(['-r', 'my-service', ...argv], stdin)).releases;
  if (first === undefined) throw new Error('no release');
  return first;
}

const unitsOf = ({ variants }: Result['releases'][number]): Record<string, number> =>
  Object.fromEntries(variants.map(({ variant, units }) => [variant, units]));

t.test('the text', async (t) => {
  const argv = ['simulate', 'plan.yaml', '--against', 'old.yaml', '--count', '20000'];
  golden(t, 'simulate-against', (await shop.tinct(argv)).stdout);
  golden(t, 'simulate-small', (await shop.tinct(['simulate', '-n', '3', '-r', 'checkout'])).stdout);
});

t.test('the counts are those of each id decided alone', async (t) => {
  const of = bucketer('my-service', 'user');
  const ids = Array.from({ length: 5000 }, (_, i) => String(i + 1));
  const canary = ids.filter((id) => id === '123' || bucketOf(of, id) < 5000).length;
  t.strictSame(unitsOf(await release(['--count', '5000'])), { v1: 5000 - canary, v2: canary });
});

t.test('the interval holds the share that the rules give', async (t) => {
  const { variants } = await release(['--count', '200000']);
  for (const { variant, interval, expected } of variants)
    t.ok(interval[0] <= expected / 200_000 && expected / 200_000 <= interval[1], variant);
});

t.test('what is expected counts units that are targeted, and their attributes', async (t) => {
  const expected = async (...argv: string[]) =>
    (await release(['--count', '10000', ...argv])).variants.map(({ expected: units }) => units);
  t.strictSame(await expected(), [9499.05, 500.95], '123 is one of the testers');
  t.strictSame(await expected('-a', 'country=de', '-a', 'age=18'), [0, 10000]);
  // Half of the staff below bucket 50000; of the others nobody is left for the last rule.
  t.strictSame(await expected('-a', 'email=ann@shop.example'), [4999.5, 5000.5]);
  t.strictSame(await expected('--unit', 'tenant'), [10000, 0], 'of a unit that it does not know');
});

t.test('rules that ask for membership are weighed by who is a member', async (t) => {
  const ids = ['b1', 'b2', ...Array.from({ length: 98 }, (_, i) => `x${i}`)].join('\n');
  const { variants } = await release(['--ids', '-'], ids);
  t.strictSame(
    variants.map(({ expected }) => Math.round(expected * 100) / 100),
    [93.1, 6.9],
  );
});

t.test('raising moves exactly what has to move, and nobody leaves on the way up', async (t) => {
  const at = (percent: string, revision: number) =>
    shop.write(
      `at-${percent}.yaml`,
      shop
        .read('plan.yaml')
        .replace('percent: 5,', `percent: ${percent},`)
        .replace('revision: 12', `revision: ${revision + 1}`),
    );
  const steps = ['0', '1', '5', '10', '20', '100'];
  steps.forEach(at);
  for (const [i, percent] of steps.entries()) {
    const before = steps[i - 1];
    if (before === undefined) continue;
    const { against } = await release([`at-${percent}.yaml`, '--against', `at-${before}.yaml`]);
    t.equal(against?.moved, against?.minimum, `${before} → ${percent} %`);
    t.ok((against?.moved ?? 0) > 0);
    t.strictSame(
      against?.moves.map(({ from, to }) => `${from} ${to}`),
      ['v1 v2'],
    );
    const back = await release([`at-${before}.yaml`, '--against', `at-${percent}.yaml`]);
    t.strictSame(
      back.against?.moves.map(({ from, to, units }) => [from, to, units]),
      [['v2', 'v1', against?.moved]],
    );
  }
});

t.test('a new salt moves more than had to', async (t) => {
  const salted = shop
    .read('plan.yaml')
    .replace('stable: v1\n    scope', 'salt: x\n    stable: v1\n    scope');
  shop.write('salted.yaml', salted);
  const { against } = await release(['salted.yaml', '--against', 'plan.yaml']);
  t.ok((against?.moved ?? 0) > 8_000);
  t.ok((against?.minimum ?? 1e9) < 500);
});

t.test('where two populations change places, both had to move', async (t) => {
  const swap = (a: number, b: number) =>
    shop
      .read('plan.yaml')
      .replace('beta, variant: v2', `beta, percent: ${a}, variant: v2`)
      .replace('percent: 5,', `percent: ${b},`);
  shop.write('one.yaml', swap(100, 0));
  shop.write('two.yaml', swap(0, 100));
  const ids = 'b1\nb2\nx1\nx2\n';
  const { against } = await release(['two.yaml', '--against', 'one.yaml', '--ids', '-'], ids);
  // b1 and b2 fall through to everyone's 100 %.
  t.match(against, { moved: 2, minimum: 2 });
});

t.test('a release that was not there has nothing to compare', async (t) => {
  const without = shop.read('old.yaml').replace('  banner:\n', '  banner-old:\n');
  shop.write('without.yaml', without.replace('      banner:\n', '      banner-old:\n'));
  const argv = ['simulate', '-n', '10', '-r', 'banner', '--against', 'without.yaml'];
  t.match((await shop.tinct(argv)).stdout, /Not in revision 11: nothing to compare\.\n$/);
});

t.test(
  'real ids: blank lines, line ends of two kinds, no end at all, a mark in front',
  async (t) => {
    t.equal((await release(['--ids', '-'], '\ufeff123\r\n\r\n\n124\n 125 ')).units, 3);
    const first = await release(['--ids', '-'], '\ufeff123\r\n');
    t.strictSame(
      unitsOf(first),
      { v1: 0, v2: 1 },
      'neither the mark nor the line end is part of it',
    );
    t.equal((await release(['--ids', '-'], '')).units, 0);
  },
);

t.test('real ids that are cut anywhere between two reads', async (t) => {
  const bytes = Buffer.from('überuser\nb1\nx\n');
  for (let cut = 1; cut < bytes.length; cut++) {
    const stream = Readable.from([bytes.subarray(0, cut), bytes.subarray(cut)]);
    t.strictSame(unitsOf(await release(['--ids', '-'], stream)), { v1: 1, v2: 2 }, `at ${cut}`);
  }
});

t.test('a file of ids that cannot be used', async (t) => {
  const refused = async (ids: string, stdin: string | Readable = '') =>
    (await shop.tinct(['simulate', '--ids', ids], { stdin })).stderr;
  t.match(
    await refused('nope.txt'),
    /^error TINCT_CLI_UNREADABLE nope\.txt: there is no such file/,
  );
  t.match(await refused('-', Readable.from([Buffer.from([0x31, 0xff])])), /is not UTF-8/);
  t.match(await refused('-', Readable.from([Buffer.from([0x31, 0xc3])])), /is not UTF-8/);
  t.match(await refused('-', 'x'.repeat(2 ** 21)), /a line has more than 1 MiB/);
});

t.test('progress is for terminals, on stderr, and leaves nothing behind', async (t) => {
  let clock = 0;
  const argv = ['simulate', '-n', '20000', '-r', 'my-service'];
  const now = () => (clock += 60);
  const { stdout, stderr } = await shop.tinct(argv, { terminal: true, now });
  t.notMatch(stdout, /█/);
  t.match(stderr, /\r.*█+░+ +\d+ % {2}[\d,]+ ids/);
  t.ok(stderr.endsWith('\r\u001b[K'));
  t.equal((await shop.tinct(argv, { now })).stderr, '');
  const unknown = await shop.tinct(['simulate', '--ids', '-'], {
    terminal: true,
    now,
    stdin: '1\n',
  });
  t.equal(unknown.status, 0);
});

t.test('an interruption ends it', async (t) => {
  const controller = new AbortController();
  let asked = 0;
  const now = () => {
    if (++asked === 4) controller.abort('SIGINT');
    return asked;
  };
  const argv = ['simulate', '-n', '1000000000'];
  const { status, stdout, stderr } = await shop.tinct(argv, { signal: controller.signal, now });
  t.strictSame({ status, stdout, stderr }, { status: 130, stdout: '', stderr: '' });
});

t.test('an interruption ends it while it waits for ids', async (t) => {
  const controller = new AbortController();
  const stdin = new Readable({
    read() {
      controller.abort('SIGINT');
    },
  });
  const { status } = await shop.tinct(['simulate', '--ids', '-'], {
    signal: controller.signal,
    stdin,
  });
  t.equal(status, 130);
  t.ok(stdin.destroyed);
});

t.test("Wilson's interval, beside values from the literature", async (t) => {
  const rounded = (hits: number, of: number) =>
    wilson(hits, of).map((end) => Number(end.toFixed(4)));
  // Newcombe (1998), table I, method 3.
  t.strictSame(rounded(81, 263), [0.2553, 0.3662]);
  t.strictSame(rounded(15, 148), [0.0624, 0.1605]);
  t.strictSame(rounded(0, 20), [0, 0.1611]);
  t.strictSame(rounded(1, 29), [0.0061, 0.1718]);
  t.strictSame(rounded(20, 20), [0.8389, 1]);
  t.strictSame(wilson(0, 0), [0, 1]);
});

t.test('shares of a split are those of its ranges', async (t) => {
  const [checkout] = (await simulated(['-r', 'checkout', '-n', '1000'])).releases;
  t.equal(checkout?.unit, 'tenant');
  t.strictSame(
    checkout?.variants.map(
      ({ variant, expected }) => `${variant} ${formatPercent(expected * 100)}`,
    ),
    ['v1 70', 'v2 20', 'v3 10'],
  );
});
