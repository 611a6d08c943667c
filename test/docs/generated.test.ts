import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import t from 'tap';
import { ROOT } from '../structure/source.ts';

t.test('what is generated from the code is up to date', async (t) => {
  const check = [join(ROOT, 'scripts/docs.ts'), '--check'];
  const { status, stdout, stderr } = spawnSync(process.execPath, check, { encoding: 'utf8' });
  t.strictSame({ status, stdout, stderr }, { status: 0, stdout: '', stderr: '' });
});
