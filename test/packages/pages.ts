/** Pages of docs/sdk that need more than a browser or `curl`, followed in a project that has only what is installed there. */
import {
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Test } from 'tap';
import { blocksOf } from '../docs/markdown.ts';
import { run } from '../run.ts';
import { serve } from '../serving.ts';
import { ROOT } from '../structure/source.ts';

/** What the pages tell their readers to install besides. */
const INSTALLED = [
  ...['@grpc/grpc-js', '@nestjs/common', '@nestjs/core', '@nestjs/platform-express'],
  ...['reflect-metadata', 'undici', 'ws'],
];

function link(project: string, name: string, from: string): void {
  const path = join(project, 'node_modules', name);
  mkdirSync(dirname(path), { recursive: true });
  if (!existsSync(path)) symlinkSync(realpathSync(join(from, 'node_modules', name)), path);
}

/** A folder beside what is installed, with a page's blocks. */
class Page {
  readonly folder: string;
  readonly #blocks: ReturnType<typeof blocksOf>;

  constructor(project: string, name: string) {
    this.folder = join(project, 'pages', name);
    mkdirSync(this.folder, { recursive: true });
    this.#blocks = blocksOf(readFileSync(join(ROOT, 'docs/sdk', `${name}.md`), 'utf8'));
  }

  all(language: string): string[] {
    return this.#blocks.filter((block) => block.language === language).map(({ text }) => text);
  }

  /** Writes one block as a file; answers with its name. */
  put(file: string, text = ''): string {
    writeFileSync(join(this.folder, file), text);
    return file;
  }
}

async function runToTheEnd(t: Test, page: Page): Promise<void> {
  const snippets = page.all('ts');
  t.not(snippets.length, 0);
  for (const [i, text] of snippets.entries())
    t.equal(run(process.execPath, [page.put(`snippet${i}.mts`, text)], page.folder), '');
}

async function followWebSocket(t: Test, page: Page): Promise<void> {
  const [server, client = ''] = page.all('ts');
  const port = await serve(t, page.put('server.mts', server), page.folder);
  const file = page.put('client.mts', client.replace('localhost:3000', `localhost:${port}`));
  t.equal(run(process.execPath, [file], page.folder), 'v2\n');
}

async function followNest(t: Test, page: Page): Promise<void> {
  page.put('main.mts', page.all('ts')[0]);
  page.put('tsconfig.json', page.all('json')[0]);
  run(join(ROOT, 'node_modules/.bin/tsc'), ['-p', '.'], page.folder);
  const url = `http://localhost:${await serve(t, 'dist/main.mjs', page.folder)}`;
  const headers = { 'x-tinct-my-service': 'v2' };
  t.equal(await (await fetch(url, { headers })).text(), 'the new version');
  t.equal(await (await fetch(`${url}/new`, { headers })).text(), 'only in v2');
  t.equal((await fetch(`${url}/new`)).status, 404);
}

/** `project`: where the tarballs are installed. */
export function followPages(t: Test, project: string): void {
  for (const name of INSTALLED) link(project, name, join(ROOT, 'packages/sdk'));
  link(project, '@types/node', ROOT);
  const follow = (name: string, how: (t: Test, page: Page) => Promise<void>) =>
    t.test(`docs/sdk/${name}.md, followed`, (t) => how(t, new Page(project, name)));
  follow('grpc', runToTheEnd);
  follow('outbound', runToTheEnd);
  follow('websocket', followWebSocket);
  follow('nest', followNest);
}
