/** A plan that has every key, and what becomes of it when parts are left out, replaced, doubled, wrapped or moved. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parse } from 'yaml';

const FILE = join(import.meta.dirname, '../testdata/findings/valid-everything.in.yaml');

/** The plan's text. */
export const EVERYTHING = readFileSync(FILE, 'utf8');

const DOCUMENT: unknown = parse(EVERYTHING);

type Path = readonly (string | number)[];

/** Every path inside a value. */
function pathsOf(value: unknown): Path[] {
  if (typeof value !== 'object' || value === null) return [];
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return entries.flatMap(([key, inner]) => [
    [key],
    ...pathsOf(inner).map((path) => [key, ...path]),
  ]);
}

const PATHS = pathsOf(DOCUMENT);

/** What takes the place of a value: nothing, something else, or several. */
type Mutation = (old: unknown) => readonly unknown[];

/** The value with a mutation at a path. In a map, what is doubled gets names of its own. */
function changed(value: unknown, [step, ...rest]: Path, by: Mutation): readonly unknown[] {
  if (step === undefined) return by(value);
  if (Array.isArray(value))
    return [value.flatMap((inner, i) => (i === step ? changed(inner, rest, by) : [inner]))];
  const entries = Object.entries(value as object).flatMap(([key, inner]) =>
    (key === step ? changed(inner, rest, by) : [inner]).map((of, i): [string, unknown] => [
      i === 0 ? key : `${key}-${i}`,
      of,
    ]),
  );
  return [Object.fromEntries(entries)];
}

function valueAt(path: Path): unknown {
  return path.reduce<unknown>(
    (of, step) => (of as Record<string | number, unknown>)[step],
    DOCUMENT,
  );
}

const ODD = [null, true, 0, -1, 0.0005, 1e300, '', ' ', 'v2', '__proto__', [], {}, [[]], '*', '@'];

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.constant<Mutation>(() => []),
  fc.constantFrom<unknown>(...ODD).map(
    (by): Mutation =>
      () => [by],
  ),
  fc.jsonValue({ maxDepth: 2 }).map(
    (by): Mutation =>
      () => [by],
  ),
  fc.constant<Mutation>((old) => [old, old]),
  fc.constant<Mutation>((old) => [{ old }]),
  fc.constant<Mutation>((old) => [[old]]),
  fc.constantFrom(...PATHS).map(
    (path): Mutation =>
      () => [valueAt(path)],
  ),
);

function mutate(document: unknown, [n, by]: readonly [number, Mutation]): unknown {
  const paths = pathsOf(document);
  const path = paths[n % Math.max(paths.length, 1)];
  return path === undefined ? document : changed(document, path, by)[0];
}

/** Documents with one to `most` mutations. */
export function mutatedPlans(most: number): fc.Arbitrary<unknown> {
  return fc
    .array(fc.tuple(fc.nat(), mutation), { minLength: 1, maxLength: most })
    .map((mutations) => mutations.reduce(mutate, DOCUMENT));
}
