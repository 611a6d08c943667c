/** An example's README shows what the example answers. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Test } from 'tap';
import { blocksOf, type Command, commandsOf, shows } from '../docs/markdown.ts';
import { ROOT } from '../structure/source.ts';

/** The commands with `curl` that the README of `examples/<example>` shows the output of. */
function shown(example: string): Command[] {
  const markdown = readFileSync(join(ROOT, 'examples', example, 'README.md'), 'utf8');
  return blocksOf(markdown)
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) => commandsOf(text))
    .filter(({ command, output }) => /^curl /.test(command) && output !== '');
}

/** Runs what the README says, with the address of the example that runs, and compares. */
export async function showsWhatItAnswers(t: Test, example: string, url: string): Promise<void> {
  const commands = shown(example);
  t.ok(commands.length > 0, `examples/${example}/README.md shows output`);
  const cwd = mkdtempSync(join(tmpdir(), 'tinct-example-'));
  t.teardown(() => rmSync(cwd, { recursive: true, force: true }));
  for (const { command, output } of commands) {
    const line = command.replaceAll('<address>', url);
    const { stdout } = await promisify(execFile)('sh', ['-c', line], { cwd });
    t.ok(shows(output, stdout), `${command}\n${stdout}`);
  }
}
