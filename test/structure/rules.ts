/** Who may import whom, and what pure code may touch. Each rule answers with what breaks it, in words. */
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import { runInNewContext } from 'node:vm';
import {
  asksTheDate,
  awaitsAtTop,
  dottedNamesOf,
  importsOf,
  type PackageFolder,
  referencesOf,
  type Source,
} from './source.ts';

/** The arrows: a package's folder → the packages that it may import. */
export const ARROWS: Record<PackageFolder, readonly string[]> = {
  core: [],
  sdk: ['@tinct/core'],
  proxy: ['@tinct/core', '@tinct/sdk'],
  'istio-config': ['@tinct/core'],
  cli: ['@tinct/core', '@tinct/sdk', '@tinct/proxy', '@tinct/istio-config'],
};

/** Folders whose code neither does I/O nor asks for the time or for chance. */
export const PURE = ['packages/core/src', 'packages/istio-config/src'];

/** Globals that compute and do nothing else. Whatever else Node adds to the language is I/O to us. */
const HARMLESS = ['TextEncoder', 'TextDecoder', 'URL', 'URLSearchParams', 'structuredClone'];
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

/** Imports against the arrows, and relative ones that leave the package. */
export function againstArrows(source: Source, folder: PackageFolder): string[] {
  return importsOf(source)
    .filter((specifier) => {
      if (isRelative(specifier)) return !inside(source, specifier, [`packages/${folder}`]);
      return isOurs(specifier) && !ARROWS[folder].includes(packageOf(specifier));
    })
    .map((specifier) => `${source.file} imports ${specifier}`);
}

/** What a file of a pure folder imports or names that only the world outside can answer. */
export function impurities(source: Source): string[] {
  const imports = importsOf(source).filter((specifier) =>
    isRelative(specifier) ? !inside(source, specifier, PURE) : isBuiltin(specifier),
  );
  const names = [
    ...[...referencesOf(source)].filter((name) => WORLD.has(name)),
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
  return folders.some((folder) => target.startsWith(`${folder}/`));
}
