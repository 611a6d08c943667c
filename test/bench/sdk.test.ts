/** The benchmark runs, and everybody does what they are measured for; how fast anything is, is no matter of a test. */
import t from 'tap';
import { program } from '../../bench/proxy/machine.ts';
import { run } from '../run.ts';
import { ROOT } from '../structure/source.ts';

const isDemanded = process.env['TINCT_REQUIRE_PARTS'] === '1';
const skip = program('wrk') === undefined && !isDemanded && 'needs wrk';

t.setTimeout(600_000);
t.test('each mode of a framework is measured, and its peers', { skip }, (t) => {
  const tiny = ['--rounds', '1', '--seconds', '1', '--warm-up', '1', '--only', 'Fastify 5'];
  const report = JSON.parse(
    run(process.execPath, ['bench/main.ts', 'sdk', ...tiny, '--json'], ROOT),
  );
  t.strictSame(
    report.rows.map(({ mode }: { mode: string }) => mode),
    ['bare', 'carry', 'carry, metrics', 'decide', 'OpenTelemetry HTTP', 'GrowthBook'],
  );
  t.ok(
    report.rows.every(({ ratio, cpuUs }: { ratio: number; cpuUs: number }) => ratio * cpuUs > 0),
  );
  t.end();
});
