/** Who may import whom, and what pure code may touch. Each rule answers with what breaks it, in words. */
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import { runInNewContext } from 'node:vm';
import {
  asksTheDate,
  awaitsAtTop,
  dottedNamesOf,
  eagerImportsOf,
  importsOf,
  type PackageFolder,
  referencesOf,
  type Source,
  valueImportsOf,
} from './source.ts';

/** The arrows: a package's folder → the packages that it may import. */
export const ARROWS: Record<PackageFolder, readonly string[]> = {
  core: [],
  sdk: ['@tinct/core'],
  proxy: ['@tinct/core', '@tinct/sdk'],
  'istio-config': ['@tinct/core'],
  cli: ['@tinct/core', '@tinct/sdk', '@tinct/proxy', '@tinct/istio-config'],
};

/** Folders (with a slash at the end) and files that neither do I/O nor ask for the time or for chance. */
export const PURE = [
  'packages/core/src/',
  'packages/istio-config/src/',
  'packages/sdk/src/identity/',
  'packages/sdk/src/caching/',
  'packages/sdk/src/color/',
  'packages/proxy/src/hop-by-hop.ts',
  'packages/proxy/src/ext-authz/changes.ts',
  'packages/proxy/src/color.ts',
  'packages/proxy/src/record/change.ts',
  'packages/proxy/src/record/hash.ts',
  'packages/proxy/src/record/marks.ts',
  'packages/proxy/src/record/sights.ts',
  'packages/proxy/src/record/unit-table.ts',
  'packages/proxy/src/record/outcome.ts',
  'packages/proxy/src/record/answered.ts',
  'packages/proxy/src/record/roster.ts',
  'packages/proxy/src/answer/answer.ts',
  'packages/cli/src/watch/counting.ts',
  'packages/cli/src/watch/edges.ts',
  'packages/cli/src/watch/exposition.ts',
  'packages/cli/src/watch/people.ts',
  'packages/cli/src/watch/picture.ts',
  'packages/cli/src/watch/seen.ts',
  'packages/cli/src/watch/series.ts',
  'packages/cli/src/watch/together.ts',
];

/** Globals that compute and do nothing else. Whatever else Node adds to the language is I/O to us. */
const HARMLESS = ['TextEncoder', 'TextDecoder', 'URL', 'URLSearchParams', 'structuredClone'];
/** Harmless too, and Node's alone: core runs anywhere. */
const NODES_OWN = 'Buffer';
const LANGUAGE: string[] = runInNewContext('Object.getOwnPropertyNames(globalThis)');
const WORLD = new Set([
  ...Object.getOwnPropertyNames(globalThis).filter((name) => !LANGUAGE.includes(name)),
  ...['console', 'globalThis', 'eval', 'Function', 'require', 'module', '__dirname', '__filename'],
]);
for (const name of HARMLESS) WORLD.delete(name);
const CLOCK_AND_CHANCE = ['Date.now', 'Math.random', 'import.meta'];

/** `@tinct/core/x` → `@tinct/core`, `yaml/x` → `yaml`. */
export const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

const isRelative = (specifier: string): boolean => specifier.startsWith('.');
const isOurs = (specifier: string): boolean => /^(@tinct\/|tinct$|tinct\/)/.test(specifier);

/** The packages that a file needs beside Node and its own package. */
export const needs = (source: Source): string[] =>
  importsOf(source)
    .filter((specifier) => !isRelative(specifier) && !isBuiltin(specifier))
    .map(packageOf);

/** The files that one loads at once, itself first; `all`: those that may be among them. */
export function reachable(all: readonly Source[], entry: string): Source[] {
  const byFile = new Map(all.map((source) => [source.file, source]));
  const files = new Set([entry]);
  // Files that are added while it goes round are gone through too.
  for (const file of files) {
    const source = byFile.get(file);
    for (const specifier of source === undefined ? [] : eagerImportsOf(source).filter(isRelative))
      files.add(join(dirname(file), specifier));
  }
  return [...files].flatMap((file) => byFile.get(file) ?? []);
}

/** Imports against the arrows, and relative ones that leave the package. Core imports nothing of Node's. */
export function againstArrows(source: Source, folder: PackageFolder): string[] {
  return importsOf(source)
    .filter((specifier) => {
      if (isRelative(specifier)) return !inside(source, specifier, [`packages/${folder}/`]);
      if (isBuiltin(specifier)) return folder === 'core';
      return isOurs(specifier) && !ARROWS[folder].includes(packageOf(specifier));
    })
    .map((specifier) => `${source.file} imports ${specifier}`);
}

/** What a pure file imports (beyond types) or names that only the world outside can answer. */
export function impurities(source: Source): string[] {
  const imports = valueImportsOf(source).filter((specifier) =>
    isRelative(specifier) ? !inside(source, specifier, PURE) : isBuiltin(specifier),
  );
  const portable = source.file.startsWith('packages/core/');
  const names = [
    ...[...referencesOf(source)].filter(
      (name) => WORLD.has(name) && (portable || name !== NODES_OWN),
    ),
    ...[...dottedNamesOf(source)].filter((name) => CLOCK_AND_CHANCE.includes(name)),
    ...(asksTheDate(source) ? ['new Date()'] : []),
  ];
  return [...imports, ...names].map((what) => `${source.file} uses ${what}`);
}

/** A file that CommonJS cannot `require`. */
export const awaiting = (source: Source): string[] =>
  awaitsAtTop(source) ? [`${source.file} awaits at its top level`] : [];

function inside(source: Source, specifier: string, folders: readonly string[]): boolean {
  const target = join(dirname(source.file), specifier);
  return folders.some((folder) => target.startsWith(folder));
}

/** Groups of files that import each other, types included: whoever would read one has to read them all. */
export function circles(all: readonly Source[]): string[][] {
  const arrows = new Map(all.map((source) => [source.file, neighbours(source)]));
  const behind = new Map([...arrows.keys()].map((file) => [file, reached(arrows, file)]));
  const groups = [...behind].flatMap(([file, after]) =>
    after.has(file) ? [[...after].filter((other) => behind.get(other)?.has(file)).sort()] : [],
  );
  return [...new Map(groups.map((group) => [group[0], group])).values()];
}

const neighbours = (source: Source): string[] =>
  importsOf(source)
    .filter(isRelative)
    .map((specifier) => join(dirname(source.file), specifier));

/** The files behind one; itself only where a way leads back. */
function reached(arrows: ReadonlyMap<string, readonly string[]>, from: string): Set<string> {
  const files = new Set(arrows.get(from));
  // Files that are added while it goes round are gone through too.
  for (const file of files) for (const next of arrows.get(file) ?? []) files.add(next);
  return files;
}
