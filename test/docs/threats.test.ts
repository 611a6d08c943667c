/** Each test that docs/threat-model.md names stands in one of the files that it links to. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { ROOT } from '../structure/source.ts';

const page = readFileSync(join(ROOT, 'docs/threat-model.md'), 'utf8');
const links = [...page.matchAll(/\]\(\.\.\/(\S+\.(?:test|scenario)\.ts)\)/g)].map(
  ([, file = '']) => file,
);
const tests = [...new Set(links)].map((file) => readFileSync(join(ROOT, file), 'utf8')).join('\n');
const rows = page.split('\n').filter((line) => line.startsWith('|') && line.includes('"'));
const names = rows.flatMap((row) => [...row.matchAll(/"([^"]+)"/g)].map(([, name = '']) => name));

t.test('each attack names a test that exists', async (t) => {
  t.ok(names.length > 20);
  t.strictSame(
    names.filter((name) => !tests.includes(name)),
    [],
  );
});
