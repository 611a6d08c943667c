/**
 * Builds tap's class from the plugins of .taprc, unless it is built.
 *
 * tap would do it by itself, but only after it has chosen the loaders of the plugin set before:
 * that first run fails, since tap's TypeScript plugin cannot run TypeScript 7.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const tap = createRequire(import.meta.resolve('tap'));
const built = readFileSync(tap.resolve('@tapjs/test/built'), 'utf8');
if (/["']@tapjs\/typescript["']/.test(built)) {
  execFileSync(join(root, 'node_modules/.bin/tap'), ['build'], { cwd: root, stdio: 'inherit' });
}
