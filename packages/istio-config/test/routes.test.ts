import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parsePlan } from '@tinct/core';
import { routes } from '@tinct/istio-config';
import t from 'tap';
import { parse } from 'yaml';

const testdata = join(import.meta.dirname, '../testdata');
const read = (file: string): string => readFileSync(join(testdata, file), 'utf8');

/** Keys in their order, so that a change of order is a difference too. */
const text = (value: unknown): string => JSON.stringify(value, null, 2);

for (const file of globSync('*.in.yaml', { cwd: testdata }).sort()) {
  t.test(`the routes of ${basename(file, '.in.yaml')}`, async (t) => {
    const { plan, findings } = parsePlan(read(file), { file });
    t.strictSame(findings, []);
    t.equal(text(plan && routes(plan)), text(parse(read(file.replace('.in.', '.out.')))));
  });
}
