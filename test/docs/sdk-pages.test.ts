/** Whoever follows a page of docs/sdk gets what stands there: its server is started, its requests are made. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { ROOT } from '../structure/source.ts';
import { blocksOf, commandsOf, DOCUMENTS, shows } from './markdown.ts';

const FOLDER = join(ROOT, 'packages/sdk/.cache/pages');
rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

/** Starts a page's server. The test's runner would load its own hooks into it: they are left out. */
async function start(t: Test, file: string): Promise<number> {
  const port = await freePort();
  const command = 'unset NODE_OPTIONS; exec "$0" "$1"';
  const child = spawn('sh', ['-c', command, process.execPath, file], {
    env: { PATH: process.env['PATH'], PORT: `${port}` },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  t.teardown(async () => {
    if (!hasEnded(child) && child.kill()) await once(child, 'exit');
  });
  while (!hasEnded(child)) {
    const answer = await fetch(`http://localhost:${port}/`).catch(() => undefined);
    if (answer !== undefined) return port;
    await delay(50);
  }
  throw new Error(`${file} ended with ${child.exitCode}`);
}

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
    const file = join(FOLDER, `${basename(document, '.md')}.mts`);
    writeFileSync(file, server);
    const port = await start(t, file);
    t.ok(commands.length >= 3, 'it shows requests');
    for (const { command, output } of commands) {
      const printed = typed(command, port);
      t.ok(shows(output, printed), `${command}: ${printed}`);
    }
  });
