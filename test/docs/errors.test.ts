import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { VERSION_VARIABLE } from '@tinct/sdk';
import t from 'tap';
import { ERRORS, type ErrorEntry } from '../../packages/core/src/errors.ts';
import { EXT_AUTHZ_SETTINGS } from '../../packages/proxy/src/config/ext-authz-schema.ts';
import { FILE_VARIABLE } from '../../packages/proxy/src/config/settings.ts';
import { SETTINGS } from '../../packages/proxy/src/config/shape.ts';
import { ROOT, sources, textsOf } from '../structure/source.ts';

/** Names that look like codes and are environment variables. */
const ENVIRONMENT: readonly string[] = [
  'TINCT_DEBUG',
  'TINCT_FUZZ_SECONDS',
  'TINCT_MESH_CACHE',
  'TINCT_DIFFERENTIAL_CONNECTIONS',
  'TINCT_DIFFERENTIAL_SEED',
  'TINCT_REQUIRE_PARTS',
  VERSION_VARIABLE,
  'TINCT_SEAL',
  'TINCT_PROMETHEUS_TOKEN',
  // Of the shippers that `tinct observe generate` configures.
  'TINCT_LOG_FILES',
  'TINCT_LOG_STORE',
  'TINCT_LOG_STORE_USER',
  'TINCT_LOG_STORE_PASSWORD',
  FILE_VARIABLE,
  ...[...SETTINGS, ...EXT_AUTHZ_SETTINGS].map(({ variable }) => variable),
];

const CODE = /\bTINCT_[A-Z][A-Z_]*\b/g;
/** The table's sections, and the file that puts them together. */
const TABLE = 'packages/core/src/errors/';
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const files = (pattern: string): string[] =>
  globSync(pattern, { cwd: ROOT, exclude: ['**/node_modules', '**/dist'] }).sort();

/** `file: CODE` for each name in the files that looks like a code and is none. */
function strangers(patterns: readonly string[]): string[] {
  const known = [...Object.keys(ERRORS), ...ENVIRONMENT];
  return patterns
    .flatMap(files)
    .flatMap((file) =>
      (read(file).match(CODE) ?? [])
        .filter((code) => !known.includes(code))
        .map((code) => `${file}: ${code}`),
    );
}

/** `### CODE` and what follows, up to the next heading. */
function documented(): Map<string, string> {
  const sections = read('docs/errors.md').split(/^### /m).slice(1);
  return new Map(
    sections.map((section) => {
      const [code = '', ...text] = section.split('\n');
      return [code, text.join('\n')];
    }),
  );
}

t.test('each code stands in docs/errors.md with its cause and how to mend it', async (t) => {
  const page = documented();
  t.strictSame([...page.keys()].sort(), Object.keys(ERRORS).sort());
  const unsaid = Object.entries<ErrorEntry>(ERRORS).flatMap(([code, { title, cause, mend }]) =>
    [title, cause, mend]
      .filter((text) => text === '' || page.get(code)?.includes(text) !== true)
      .map((text) => `${code} does not say: ${text}`),
  );
  t.strictSame(unsaid, []);
});

t.test('no code stands in two sections of the table', async (t) => {
  const written = files(`${TABLE}*.ts`).flatMap(
    (file) => read(file).match(/^ {2}TINCT_\w+/gm) ?? [],
  );
  t.strictSame(written.map((code) => code.trim()).sort(), Object.keys(ERRORS).sort());
});

t.test('each code is used', async (t) => {
  const texts = new Set(
    sources('packages/*/src/**/*.ts')
      .filter(({ file }) => !file.startsWith(TABLE))
      .flatMap(textsOf),
  );
  t.strictSame(
    Object.keys(ERRORS).filter((code) => !texts.has(code)),
    [],
  );
});

t.test('no code is used or documented that the table does not hold', async (t) => {
  t.strictSame(strangers(['packages/*/src/**/*.ts', 'packages/*/test/**/*.ts']), []);
  t.strictSame(
    strangers(['*.md', 'docs/**/*.md', 'packages/*/README.md', 'examples/**/*.{md,ts,yaml}']),
    [],
  );
});
