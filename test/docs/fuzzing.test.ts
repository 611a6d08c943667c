/** docs/fuzzing.md names, for each reader of our own, its file and the tests that throw anything at it. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { ROOT } from '../structure/source.ts';
import { rowsOf, testsNamedIn } from './named-tests.ts';

const PAGE = 'docs/fuzzing.md';
const { page, missing } = testsNamedIn(PAGE);
const rows = rowsOf(page).filter((row) => row.includes('.ts`]'));

/** These read what this program, or the system, has made. */
const OWN: readonly string[] = ['read', 'readSmall', 'readSetting'];

t.test('each row names tests that exist, and a number of cases', async (t) => {
  t.ok(rows.length > 25, `${rows.length} readers`);
  t.strictSame(
    rows.filter((row) => !row.includes('"') || !/\| [^|]*\d[^|]* \|$/.test(row)),
    [],
  );
  t.strictSame(missing, []);
});

t.test('each row’s files exist and hold the functions that it names', async (t) => {
  for (const row of rows) {
    const [, names = '', files = ''] = row.split('|');
    const linked = [...files.matchAll(/\]\(\.\.\/([^)]+)\)/g)].map(([, file = '']) => file);
    for (const file of linked) t.ok(existsSync(join(ROOT, file)), file);
    const sources = linked.filter((file) => file.endsWith('.ts'));
    const text = sources.map((file) => readFileSync(join(ROOT, file), 'utf8')).join('\n');
    const named = [...names.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
    t.strictSame(
      named.filter(
        (name) => !new RegExp(`(?:function|const|class) ${name}\\b|  ${name}\\(`).test(text),
      ),
      [],
    );
  }
});

t.test('each exported function that parses or reads has a row', async (t) => {
  const files = globSync('packages/{core,sdk,proxy,istio-config}/src/**/*.ts', { cwd: ROOT });
  const exported = files.flatMap((file) => {
    const text = readFileSync(join(ROOT, file), 'utf8');
    return [...text.matchAll(/^export (?:async )?function ((?:parse|read)\w*)/gm)].map(
      ([, name = '']) => name,
    );
  });
  t.ok(exported.length > 10);
  t.strictSame(
    exported.filter((name) => !OWN.includes(name) && !page.includes(`\`${name}\``)),
    [],
  );
});
