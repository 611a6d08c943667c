import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { allCommands } from '../src/commands/index.ts';
import { referencePage } from '../src/frame/reference.ts';

const PAGE = join(import.meta.dirname, '../../../docs/cli.md');

t.test('docs/cli.md says what the commands are', async (t) => {
  const page = referencePage(await allCommands());
  if (process.env['TAP_SNAPSHOT'] === '1') writeFileSync(PAGE, page);
  t.equal(readFileSync(PAGE, 'utf8'), page);
});
