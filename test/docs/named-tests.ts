/** Pages that say which test shows what: the tests' names, and which of them are nowhere to be found. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../structure/source.ts';

/** The rows of a page's tables. */
export const rowsOf = (page: string): string[] =>
  page.split('\n').filter((line) => line.startsWith('|'));

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

export interface NamedTests {
  readonly page: string;
  readonly names: readonly string[];
  /** Names that stand in none of the files that the page links to. */
  readonly missing: readonly string[];
}

/** Reads a page of `docs`. */
export function testsNamedIn(file: string): NamedTests {
  const page = read(file);
  const links = [...page.matchAll(/\]\(\.\.\/(\S+(?:\.test|\.scenario|\/cases)\.ts)\)/g)];
  const files = [...new Set(links.map(([, linked = '']) => linked))];
  const tests = files.map(read).join('\n');
  const names = rowsOf(page).flatMap((row) =>
    [...row.matchAll(/"([^"]+)"/g)].map(([, name = '']) => name),
  );
  return { page, names, missing: names.filter((name) => !tests.includes(name)) };
}
