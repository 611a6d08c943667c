/** The benchmark runs, and everybody does what they are measured for; how fast anything is, is no matter of a test. */
import t from 'tap';
import { program } from '../../bench/proxy/machine.ts';
import type { Row } from '../../bench/sdk/bench.ts';
import { LEAST } from '../../bench/sdk/contestants.ts';
import { intervalOf } from '../../bench/sdk/interval.ts';
import { run } from '../run.ts';
import { ROOT } from '../structure/source.ts';

const isDemanded = process.env['TINCT_REQUIRE_PARTS'] === '1';
const skip = program('wrk') === undefined && !isDemanded && 'needs wrk';

t.setTimeout(600_000);
t.test('modes of a framework are measured, and its peers', { skip }, (t) => {
  const tiny = ['--pairs', '1', '--seconds', '1', '--warm-up', '0'];
  // What carries with metrics is among those that carry.
  const only = 'the least,Fastify 5: carry,Fastify 5: decide,OpenTelemetry,GrowthBook';
  const args = ['bench/main.ts', 'sdk', ...tiny, '--only', only, '--json'];
  const { rows } = JSON.parse(run(process.execPath, args, ROOT)) as { rows: Row[] };
  t.strictSame(
    rows.map(({ mode }) => mode),
    [LEAST, 'carry', 'carry, metrics', 'decide', 'OpenTelemetry HTTP', 'GrowthBook'],
  );
  t.ok(rows.every(({ ratio, cpuUs, bareUs }) => ratio.mean > 0 && cpuUs > 0 && bareUs > 0));
  t.end();
});

t.test('a ratio is printed with what it may be off by', async (t) => {
  // Worked by hand: logarithms ln 1.1 ± ln 1.1, three of them, so t(2) = 4.303 and s = ln 1.1.
  const { mean, low, high } = intervalOf([1, 1.1, 1.21]);
  const off = 1.1 ** (4.303 / Math.sqrt(3));
  for (const [found, wanted] of [
    [mean, 1.1],
    [low, 1.1 / off],
    [high, 1.1 * off],
  ] as const)
    t.ok(Math.abs(found - wanted) < 1e-9, `${found}`);
  t.match(intervalOf([1.05]), { low: 0, high: Number.POSITIVE_INFINITY }, 'one says nothing');
});
