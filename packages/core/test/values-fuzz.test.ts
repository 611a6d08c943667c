/** Readers of single values: whatever the text, they read what is written or say `undefined`. */
import { isIP } from 'node:net';
import fc from 'fast-check';
import t from 'tap';
import { parseDuration, parseTime } from '../src/conditions/time.ts';
import { parseAddress, parseCidr, parseSemver } from '../src/conditions/values.ts';
import { formatPercent, parsePercent } from '../src/percent.ts';

const RUNS = { numRuns: 20_000, seed: 4 };
const textOf = (pieces: readonly string[]) =>
  fc.oneof(
    fc.string({ unit: fc.constantFrom(...pieces), maxLength: 14 }),
    fc.string({ maxLength: 40 }),
  );

t.test('any text as an address: it is one where the platform says so, but for zones', async () => {
  const ip4 = fc.ipV4();
  const ip6 = fc.ipV6();
  const pieces = ['0', '1', '9', '25', '255', '256', '.', ':', '::', 'f', 'ffff', '%', '010'];
  const texts = fc.oneof(
    textOf(pieces),
    ip4,
    ip6,
    ip6.map((text) => `::ffff:${text}`),
  );
  fc.assert(
    fc.property(
      texts,
      (text) => (parseAddress(text) !== undefined) === (isIP(text) > 0 && !text.includes('%')),
    ),
    RUNS,
  );
});

t.test('any text as a range: address and length, each in its bounds', async () => {
  const pieces = [
    '0',
    '1',
    '10.0.0.0',
    '::',
    '::ffff:1.2.3.4',
    '/',
    '32',
    '33',
    '128',
    '129',
    ' ',
    '-',
  ];
  const holds = (text: string) => {
    const cidr = parseCidr(text);
    if (cidr === undefined) return true;
    const [address, bits] = cidr;
    return bits >= 0 && bits <= (address.kind() === 'ipv4' ? 32 : 128) && /\/\d+$/.test(text);
  };
  fc.assert(fc.property(textOf(pieces), holds), RUNS);
});

t.test('any text as a version: what is read is written the same', async () => {
  const pieces = ['0', '1', '01', '.', '-', '+', 'a', 'rc', '9007199254740993', 'v', ' '];
  const holds = (text: string) => {
    const version = parseSemver(text);
    if (version === undefined) return true;
    const build = version.build.length === 0 ? '' : `+${version.build.join('.')}`;
    return `${version.version}${build}` === text;
  };
  fc.assert(fc.property(textOf(pieces), holds), RUNS);
});

t.test('any text as a point in time: what is read is that moment, and no other day', async () => {
  const pieces = ['0', '1', '2', '9', '-', ':', 'T', 'Z', '+', '.'];
  const dates = fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
  const days = fc
    .tuple(
      fc.integer({ min: 0, max: 9999 }),
      fc.integer({ min: 0, max: 13 }),
      fc.integer({ min: 0, max: 32 }),
    )
    .map(([y, m, d]) => [`${y}`.padStart(4, '0'), `${m}`.padStart(2, '0'), `${d}`.padStart(2, '0')])
    .map((day) => `${day.join('-')}T12:00:00Z`);
  const holds = (text: string) => {
    const time = parseTime(text);
    if (time === undefined) return true;
    // Half a day at most lies between a moment's day here and its day in UTC.
    return !text.endsWith('Z') || new Date(time).toISOString().slice(0, 10) === text.slice(0, 10);
  };
  fc.assert(fc.property(fc.oneof(textOf(pieces), dates, days), holds), RUNS);
});

t.test('any text as a duration: a number and its unit, or none', async () => {
  const pieces = ['0', '1', '9', 'm', 's', 'h', 'd', 'ms', '-', '.', ' ', 'e'];
  const holds = (text: string) => {
    const ms = parseDuration(text);
    return ms === undefined ? !/^\d+(ms|[smhd])$/.test(text) : ms >= 0;
  };
  fc.assert(fc.property(textOf(pieces), holds), RUNS);
});

t.test(
  'any text as a percentage: thousandths, and never what a person would read otherwise',
  async () => {
    const pieces = ['0', '1', '5', '.', '+', '-', 'e', '%', ' ', '00'];
    const holds = (text: string) => {
      const thousandths = parsePercent(text);
      if (thousandths === undefined) return true;
      return Math.abs(Number(text) * 1000 - thousandths) < 1e-6 * Math.max(1, thousandths);
    };
    fc.assert(fc.property(textOf(pieces), holds), RUNS);
    const all = fc.integer({ min: 0, max: 100_000 });
    fc.assert(
      fc.property(all, (n) => parsePercent(formatPercent(n)) === n),
      RUNS,
    );
  },
);
