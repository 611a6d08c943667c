/** The benchmark runs, and whoever is there does the same work; how fast anything is, is no matter of a test. */
import t from 'tap';
import { program } from '../../bench/proxy/machine.ts';
import { run } from '../run.ts';
import { ROOT } from '../structure/source.ts';

const missing = ['nginx', 'wrk'].filter((name) => program(name) === undefined);
const isDemanded = process.env['TINCT_REQUIRE_PARTS'] === '1';
const skip =
  missing.length > 0 && !isDemanded && `needs ${missing.join(' and ')}; nothing else runs`;

const tiny = ['--rounds', '1', '--seconds', '1', '--warm-up', '1', '--users', '200'];

t.test('every contestant that is there is measured, and who is not is said', { skip }, (t) => {
  const report = JSON.parse(
    run(process.execPath, ['bench/main.ts', 'proxy', ...tiny, '--json'], ROOT),
  );
  const rows = report.rows.map(({ contestant }: { contestant: string }) => contestant);
  for (const name of ['tinct', '@fastify/http-proxy', 'fast-proxy', 'http-proxy-3'])
    t.ok(rows.includes(name), name);
  for (const name of ['nginx + Lua', 'HAProxy'])
    t.ok(rows.includes(name) || report.notes.some((note: string) => note.includes(name)), name);
  t.ok(report.rows.every(({ cpuMs, rps }: { cpuMs: number; rps: number }) => cpuMs > 0 && rps > 0));
  t.end();
});

/** The quickest of the others, which run by the same functions. */
t.test('proxy websocket has a row for each', { skip }, (t) => {
  const args = ['bench/main.ts', 'proxy', 'websocket', ...tiny, '--json'];
  const result: { head: string[]; rows: unknown[][] } = JSON.parse(
    run(process.execPath, args, ROOT),
  );
  t.strictSame(
    result.rows.map(([name]) => name),
    ['tinct', '(TCP relay in Node)'],
  );
  for (const row of result.rows) t.equal(row.length, result.head.length);
  t.end();
});

t.test('proxy rivals has a row for each, or says who is missing', { skip }, (t) => {
  const args = ['bench/main.ts', 'proxy', 'rivals', ...tiny, '--json'];
  const result: { rows: string[][]; notes: string[] } = JSON.parse(
    run(process.execPath, args, ROOT),
  );
  const titles = result.rows.map(([title]) => title);
  for (const name of ['@fastify/http-proxy', 'itself (control)'])
    t.ok(titles.includes(`tinct ÷ ${name}`), name);
  t.ok(
    titles.includes('tinct ÷ nginx + Lua') || result.notes.some((note) => note.includes('nginx')),
  );
  t.ok(result.rows.every(([, of, to]) => Number(of) > 0 && Number(to) > 0));
  t.end();
});
