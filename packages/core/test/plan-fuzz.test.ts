/** Whatever the text is, `parsePlan` keeps its promises: see `safely`. Seeds are fixed; a failure prints its own. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { parse } from 'yaml';
import { ERRORS } from '../src/index.ts';
import { safely } from './safely.ts';

const EVERYTHING = readFileSync(
  join(import.meta.dirname, '../testdata/findings/valid-everything.in.yaml'),
  'utf8',
);

const codes = new Set<string>();

function check(texts: fc.Arbitrary<string>, numRuns: number): void {
  const property = fc.property(texts, (text) => {
    for (const { code } of safely(text).findings) codes.add(code);
  });
  fc.assert(property, { seed: 2026, numRuns });
}

t.test('any text', async () => {
  const words = fc.constantFrom(
    ...'- ,: ,? ,[,],{,},&a ,*a,!,|,>,%,@,`,",\',#,\n,\n  ,---,...,\t,~'.split(/(?<=.),/s),
    'a',
    '1',
    'apiVersion',
    'releases',
  );
  check(fc.string({ unit: 'binary', maxLength: 200 }), 300);
  check(
    fc.array(words, { maxLength: 60 }).map((of) => of.join('')),
    500,
  );
});

t.test('any JSON', async () => {
  check(fc.json(), 200);
  const keys = [
    'apiVersion',
    'kind',
    'metadata',
    'identity',
    'attributes',
    'cohorts',
    'releases',
    '__proto__',
  ];
  const plan = fc.dictionary(fc.constantFrom(...keys), fc.jsonValue({ maxDepth: 4 }));
  check(
    plan.map((of) => JSON.stringify(of)),
    300,
  );
});

/** Every path of a value, the value itself first. */
function pathsOf(value: unknown): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [[]];
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [[], ...entries.flatMap(([key, inner]) => pathsOf(inner).map((path) => [key, ...path]))];
}

/** The value with what stands at a path replaced by what a function makes of it; nothing is left out. */
function changed(
  value: unknown,
  [step, ...rest]: (string | number)[],
  by: (old: unknown) => unknown[],
): unknown[] {
  if (step === undefined) return by(value);
  if (Array.isArray(value))
    return [value.flatMap((inner, i) => (i === step ? changed(inner, rest, by) : [inner]))];
  const entries = Object.entries(value as object);
  return [
    Object.fromEntries(
      entries.flatMap(([key, inner]) => {
        const all: [string, unknown][] = (key === step ? changed(inner, rest, by) : [inner]).map(
          (of, i) => [i === 0 ? key : `${key}-${i}`, of],
        );
        return all;
      }),
    ),
  ];
}

const DOCUMENT: unknown = parse(EVERYTHING);
const PATHS = pathsOf(DOCUMENT).filter((path) => path.length > 0);

const odd = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    0.0005,
    1e300,
    '',
    ' ',
    'v2',
    '__proto__',
    [],
    {},
    [[]],
    { '': '' },
    '*',
    '@',
  ),
  fc.jsonValue({ maxDepth: 2 }),
);
const mutation = fc.oneof(
  fc.constant((_: unknown): unknown[] => []),
  odd.map((by) => (_: unknown): unknown[] => [by]),
  fc.constant((old: unknown): unknown[] => [old, old]),
  fc.constant((old: unknown): unknown[] => [{ old }]),
  fc.constant((old: unknown): unknown[] => [[old]]),
  fc.nat().map((n) => (_: unknown): unknown[] => [valueAt(PATHS[n % PATHS.length] ?? [])]),
);

function valueAt(path: (string | number)[]): unknown {
  return path.reduce<unknown>(
    (of, step) => (of as Record<string | number, unknown>)[step],
    DOCUMENT,
  );
}

t.test('a valid plan with parts left out, replaced, doubled, wrapped or moved', async () => {
  const change = fc.tuple(fc.nat(), mutation);
  const mutated = fc.array(change, { minLength: 1, maxLength: 4 }).map((changes) =>
    changes.reduce((document, [n, by]) => {
      const paths = pathsOf(document).filter((path) => path.length > 0);
      const path = paths[n % Math.max(paths.length, 1)];
      return path === undefined ? document : changed(document, path, by)[0];
    }, DOCUMENT),
  );
  check(
    mutated.map((of) => JSON.stringify(of) ?? ''),
    1_000,
  );
});

t.test(
  'the text of a valid plan with lines and characters left out, doubled, moved or replaced',
  async () => {
    const lines = EVERYTHING.split(/(?<=\n)/);
    const byLine = fc
      .array(
        fc.tuple(
          fc.nat(lines.length - 1),
          fc.nat(lines.length - 1),
          fc.constantFrom('drop', 'double', 'move'),
        ),
        { minLength: 1, maxLength: 3 },
      )
      .map((edits) =>
        edits
          .reduce((all, [from, to, how]) => {
            const line = all[from] ?? '';
            const rest = how === 'double' ? all : all.toSpliced(from, 1);
            return how === 'drop' ? rest : rest.toSpliced(to, 0, line);
          }, lines)
          .join(''),
      );
    check(byLine, 500);
    const byCharacter = fc
      .array(
        fc.tuple(
          fc.nat(EVERYTHING.length),
          fc.nat(3),
          fc.constantFrom(...'\0 \t\n:-,[]{}"\'#&*!|>%@`~0', '', '\ud800'),
        ),
        { minLength: 1, maxLength: 4 },
      )
      .map((edits) =>
        edits.reduce(
          (text, [at, drop, by]) => text.slice(0, at) + by + text.slice(at + drop),
          EVERYTHING,
        ),
      );
    check(byCharacter, 500);
  },
);

t.test('these reach most of what can be said about one plan', async (t) => {
  const reached = [...codes].filter((code) => Object.hasOwn(ERRORS, code));
  t.ok(reached.length >= 35, `${reached.length} codes: ${reached.sort().join(' ')}`);
});
