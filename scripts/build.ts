/**
 * Makes each package's `dist`: JavaScript and declarations, as the tarballs ship them.
 *
 * One compilation for all packages, since in the workspace they import each other's sources;
 * its output is then moved to where each package's `publishConfig` points.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const compiled = join(root, '.cache/build');

rmSync(compiled, { recursive: true, force: true });
execFileSync(join(root, 'node_modules/.bin/tsc'), ['-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
});
for (const name of readdirSync(join(root, 'packages'))) {
  const dist = join(root, 'packages', name, 'dist');
  rmSync(dist, { recursive: true, force: true });
  const output = join(compiled, name, 'src');
  if (existsSync(output)) renameSync(output, dist);
}
