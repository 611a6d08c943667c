/** Whoever follows a page of docs/sdk gets what stands there: its server is started, its requests are made. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import t from 'tap';
import { serve } from '../serving.ts';
import { ROOT } from '../structure/source.ts';
import { blocksOf, commandsOf, DOCUMENTS, shows } from './markdown.ts';

const FOLDER = join(ROOT, 'packages/sdk/.cache/pages');
rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });

/** `curl` as the page's reader types it, at the port that was free. */
function typed(command: string, port: number): string {
  const line = command.replaceAll('localhost:3000', `localhost:${port}`);
  const { stdout, stderr } = spawnSync('sh', ['-c', line], { encoding: 'utf8', timeout: 60_000 });
  return `${stdout}${stderr}`;
}

const hasCurl = spawnSync('curl', ['--version']).status === 0;
if (!hasCurl && process.env['TINCT_REQUIRE_PARTS'] === '1') t.fail('curl is missing');

const PAGES = DOCUMENTS.filter((document) => document.startsWith('docs/sdk/')).flatMap(
  (document) => {
    const blocks = blocksOf(readFileSync(join(ROOT, document), 'utf8'));
    const server = blocks.find(({ words }) => words.includes('run'))?.text;
    const commands = blocks
      .filter(({ language }) => language === 'console')
      .flatMap(({ text }) => commandsOf(text))
      .filter(({ command }) => command.startsWith('curl '));
    return server === undefined ? [] : [{ document, server, commands }];
  },
);

t.setTimeout(300_000);
t.equal(PAGES.length, 5, 'pages with a server');
for (const { document, server, commands } of PAGES)
  t.test(document, { skip: hasCurl ? false : 'curl is not installed' }, async (t) => {
    const file = `${basename(document, '.md')}.mts`;
    writeFileSync(join(FOLDER, file), server);
    const port = await serve(t, file, FOLDER);
    t.ok(commands.length >= 3, 'it shows requests');
    for (const { command, output } of commands) {
      const printed = typed(command, port);
      t.ok(shows(output, printed), `${command}: ${printed}`);
    }
  });
