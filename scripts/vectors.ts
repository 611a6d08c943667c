/**
 * Compares the published vectors with their cases in `packages/core/test/cases`; writes them only with `--update`.
 * Exit 1: a file is not what the cases say.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { VECTORS } from '../packages/core/test/cases/render.ts';

const folder = join(import.meta.dirname, '../packages/core/testdata');
const update = process.argv.includes('--update');

function current(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

for (const [name, render] of Object.entries(VECTORS)) {
  const file = join(folder, name);
  const text = render();
  const same = current(file) === text;
  if (!same && update) writeFileSync(file, text);
  else if (!same) process.exitCode = 1;
  const state = same
    ? 'is up to date'
    : update
      ? 'written'
      : 'differs: look why, then run with --update';
  process.stdout.write(`packages/core/testdata/${name} ${state}\n`);
}
