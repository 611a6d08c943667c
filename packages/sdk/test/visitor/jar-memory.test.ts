/** What the cookies of many visitors take in memory, by the heap and not by what is counted. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';

const MB = 1e6;

t.test(
  'attack: cookies of ever more visitors, each in a long header, take no more than 64 MB',
  async (t) => {
    const program = join(import.meta.dirname, 'cookies-held.ts');
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', program]);
    const { bytes } = JSON.parse(stdout) as { bytes: number };
    // 64 MiB, and a little for what a collection leaves behind. Headers that were kept whole would be 80 MB more.
    t.ok(bytes < 72 * MB, `${bytes}`);
    t.ok(bytes > 30 * MB, 'they are known');
  },
);
