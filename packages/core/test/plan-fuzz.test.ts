/** Whatever the text is, `parsePlan` keeps its promises: see `safely`. Seeds are fixed; a failure prints its own. */
import fc from 'fast-check';
import t from 'tap';
import { ERRORS } from '../src/index.ts';
import { EVERYTHING, mutatedPlans } from './mutations.ts';
import { safely } from './safely.ts';

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

t.test('a valid plan with parts left out, replaced, doubled, wrapped or moved', async () => {
  check(
    mutatedPlans(4).map((of) => JSON.stringify(of)),
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
