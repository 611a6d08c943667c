/** Files of a folder of `testdata` and what is made of each. `UPDATE_GOLDENS=1` rewrites that; review it as a diff. */
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Test } from 'tap';

const TESTDATA = join(import.meta.dirname, '../testdata');
const UPDATE = process.env['UPDATE_GOLDENS'] === '1';

export interface Golden {
  readonly name: string;
  /** The file's own name. */
  readonly file: string;
  readonly text: string;
  /** The text of `<name>.<ending>`, if there is such a file. */
  readonly beside: (ending: string) => string | undefined;
  /** Compares a text with `<name>.<ending>`. */
  readonly equal: (t: Test, ending: string, text: string) => void;
}

/** `*.in.yaml` of a folder, by name. */
export function goldensOf(folder: string): Golden[] {
  const at = (file: string): string => join(TESTDATA, folder, file);
  return globSync('*.in.yaml', { cwd: at('') })
    .sort()
    .map((file) => {
      const name = basename(file, '.in.yaml');
      return {
        name,
        file,
        text: readFileSync(at(file), 'utf8'),
        beside(ending) {
          const other = at(`${name}.${ending}`);
          return existsSync(other) ? readFileSync(other, 'utf8') : undefined;
        },
        equal(t, ending, text) {
          const out = at(`${name}.${ending}`);
          if (UPDATE) writeFileSync(out, text);
          t.equal(text, readFileSync(out, 'utf8'));
        },
      };
    });
}
