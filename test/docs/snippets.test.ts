/** What the documents show is true: TypeScript compiles, plans parse, `tinct` prints what stands there. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatFinding, parsePlan } from '@tinct/core';
import { declareReleases } from '@tinct/sdk';
import t from 'tap';
import { ROOT } from '../structure/source.ts';
import { type Block, blocksOf, type Command, commandsOf, DOCUMENTS, shows } from './markdown.ts';

const blocksIn = (document: string, ...languages: string[]): Block[] =>
  blocksOf(readFileSync(join(ROOT, document), 'utf8')).filter(({ language }) =>
    languages.includes(language),
  );

/** Which package a document speaks of: its snippets import what that package can. */
const workspaceOf = (document: string): string =>
  document.startsWith('docs/sdk/')
    ? 'packages/sdk'
    : (/^packages\/[^/]+/.exec(document)?.[0] ?? '.');

/** Compiles snippets as modules of a package of the workspace; answers with the compiler's complaints. */
function compile(snippets: ReadonlyMap<string, string>, workspace = '.'): string {
  const folder = join(ROOT, workspace, '.cache/snippets');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of snippets) writeFileSync(join(folder, name), text);
  // As Nest's users have it: its snippets are classes with decorators.
  const nest = { experimentalDecorators: true, erasableSyntaxOnly: false };
  const compilerOptions = { moduleDetection: 'force', ...nest };
  const base = join(ROOT, 'tsconfig.json');
  const config = { extends: base, compilerOptions, include: ['*.ts'] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  return inShell(`"${join(ROOT, 'node_modules/.bin/tsc')}" -p .`, folder).printed;
}

/** What a command prints on both its streams. `tinct` is the workspace's own. */
function inShell(command: string, cwd: string): { printed: string; status: number | null } {
  const { stdout, status } = spawnSync('sh', ['-c', `unset NODE_OPTIONS; { ${command}\n} 2>&1`], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, PATH: `${commands}:${process.env['PATH']}`, NO_COLOR: '1' },
    timeout: 120_000,
  });
  return { printed: stdout, status };
}

const folders: string[] = [];
t.teardown(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
function folder(): string {
  folders.push(mkdtempSync(join(tmpdir(), 'tinct-docs-')));
  return folders.at(-1) ?? '';
}

const commands = folder();
const main = join(ROOT, 'packages/cli/src/main.ts');
const shim = `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`;
writeFileSync(join(commands, 'tinct'), shim, { mode: 0o755 });

/** A copy of the quickstart, as a folder that a reader would stand in. */
function quickstart(): string {
  const copy = folder();
  const filter = (path: string) => !path.includes('node_modules');
  cpSync(join(ROOT, 'examples/quickstart'), copy, { recursive: true, filter });
  return copy;
}

/** A command that shows no output has to succeed; one that does has to print it. */
function holds({ command, output }: Command, cwd: string): string {
  const { printed, status } = inShell(command, cwd);
  if (output === '') return status === 0 ? '' : `exit ${status}: ${printed}`;
  return shows(output, printed) ? '' : `it prints:\n${printed}`;
}

/** A document's snippets as files; the compiler's line numbers are the document's. */
const snippetsOf = (document: string, isMeant: (block: Block) => boolean): [string, string][] =>
  blocksIn(document, 'ts', 'typescript')
    .filter(isMeant)
    .map(({ line, text }) => [
      `${document.replaceAll('/', '__')}-${line}.ts`,
      `${'\n'.repeat(line - 1)}${text}`,
    ]);

t.test('TypeScript compiles', async (t) => {
  const isPlain = ({ words }: Block) => words.length === 0 || words.includes('run');
  for (const [workspace, documents] of Map.groupBy(DOCUMENTS, workspaceOf)) {
    const snippets = documents.flatMap((document) => snippetsOf(document, isPlain));
    if (snippets.length > 0) t.equal(compile(new Map(snippets), workspace), '', workspace);
  }
  t.match(compile(new Map([['bad.ts', '\n\nconst x: number = "1";']])), /bad\.ts\(3,7\)/);
});

t.test('what `tinct types` writes stands there, and what is said of it is so', async (t) => {
  const document = 'docs/sdk/types.md';
  const { plan } = parsePlan(readFileSync(join(ROOT, 'examples/quickstart/plan.yaml'), 'utf8'));
  const written = declareReleases(plan === undefined ? [] : [plan]);
  const shown = blocksIn(document, 'ts').filter(({ words }) => words.includes('declaration'));
  t.strictSame(
    shown.map(({ text }) => text),
    [written],
  );
  const declared = snippetsOf(document, ({ words }) => words.includes('declared'));
  t.not(declared.length, 0);
  const snippets = new Map([...declared, ['releases.d.ts', written] as const]);
  t.equal(compile(snippets, 'packages/sdk'), '');
});

t.test('plans parse', async (t) => {
  for (const document of DOCUMENTS) {
    const plans = blocksIn(document, 'yaml').filter(({ text }) =>
      text.startsWith('apiVersion: tinct.dev/v1'),
    );
    for (const { text, line } of plans) {
      const { findings } = parsePlan(text, { file: `${document}, block at line ${line}` });
      t.strictSame(findings.filter(({ level }) => level === 'error').map(formatFinding), []);
    }
  }
});

for (const document of DOCUMENTS) {
  const blocks = blocksIn(document, 'sh', 'console').filter(
    ({ words }) => !words.includes('no-run'),
  );
  const ours = blocks.flatMap(({ line, text }) =>
    commandsOf(text)
      .filter(({ command }) => /^tinct\b/.test(command))
      .map((command) => ({ line, command })),
  );
  if (ours.length > 0) {
    t.test(`${document}: tinct prints what stands there`, async (t) => {
      const cwd = quickstart();
      for (const { line, command } of ours) {
        t.equal(holds(command, cwd), '', `${document}:${line} ${command.command}`);
      }
    });
  }
}

t.test('a block is read as its reader does', async (t) => {
  t.strictSame(blocksOf('a\n\n  ```sh no-run x\n  b\n    c\n  ```\n````md\n```ts\n```\n````\n'), [
    { language: 'sh', words: ['no-run', 'x'], line: 4, text: 'b\n  c\n' },
    { language: 'md', words: [], line: 8, text: '```ts\n```\n' },
  ]);
  t.strictSame(commandsOf('$ tinct a \\\n  b\nout\n\nput\n\n$ c\n'), [
    { command: 'tinct a b', output: 'out\n\nput' },
    { command: 'c', output: '' },
  ]);
  t.strictSame(commandsOf('# why\ntinct a\ntinct b\n'), [
    { command: 'tinct a', output: '' },
    { command: 'tinct b', output: '' },
  ]);
});

t.test('output that differs from the document is found', async (t) => {
  t.ok(shows('a … c\n…\nz', 'a b c\nd\ne\nz\n'));
  t.ok(shows('a\n…', 'a\n'));
  t.notOk(shows('a', 'a\nb'));
  t.notOk(shows('a\n…\nz', 'a\nb'));
  t.notOk(shows('a.c', 'abc'));
  const cwd = folder();
  t.equal(holds({ command: 'echo a; echo b >&2', output: 'a\nb' }, cwd), '');
  t.match(holds({ command: 'echo a', output: 'b' }, cwd), 'it prints:\na');
  t.match(holds({ command: 'echo a; false', output: '' }, cwd), 'exit 1: a');
});
