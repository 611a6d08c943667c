/** OpenFeature's conformance scenarios for providers, as its specification proposes them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AstBuilder, compile, GherkinClassicTokenMatcher, Parser } from '@cucumber/gherkin';
import { IdGenerator, type Pickle } from '@cucumber/messages';
import t from 'tap';
import { type Check, STEPS, World } from './steps.ts';

const FOLDER = join(import.meta.dirname, '../../testdata/openfeature');
const newId = IdGenerator.incrementing();
const parser = new Parser(new AstBuilder(newId), new GherkinClassicTokenMatcher());

function scenariosOf(file: string): readonly Pickle[] {
  const document = parser.parse(readFileSync(join(FOLDER, file), 'utf8'));
  return compile(document, file, newId);
}

const NUMBERS = 'a release is a text or a boolean: there are no numbers';
/** Text that a scenario has somewhere → why it does not apply to Tinct. The first counts. */
const SKIPS: readonly (readonly [RegExp, string])[] = [
  [
    /@disabled-flags.*flag resolves/,
    'an aborted release gives everyone stable, not the caller’s default',
  ],
  [/@object/, 'a release is a text or a boolean: there are no objects'],
  [/(?:integer|integer-zero|float)-flag/, NUMBERS],
  [/string-zero-flag/, 'variants have names: none is empty'],
  [/variant should be "greeting"/, 'the value is the variant’s name'],
  [/Boolean-flag with key "(?:string|wrong)-flag"/, 'every release is a boolean too'],
  [/String-flag with key "boolean-flag"/, 'every release is a text too'],
];

function skipOf({ name, tags, steps }: Pickle): string | false {
  const text = [...tags.map((tag) => tag.name), name, ...steps.map((step) => step.text)].join(' ');
  return SKIPS.find(([pattern]) => pattern.test(text))?.[1] ?? false;
}

function stepOf(text: string) {
  for (const [pattern, step] of STEPS) {
    const match = pattern.exec(text);
    if (match !== null)
      return async (world: World) => (await step(world, ...match.slice(1))) as Check | undefined;
  }
  throw new Error(`no step for: ${text}`);
}

let ran = 0;
for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.feature')))
  for (const scenario of scenariosOf(file)) {
    const flag = scenario.steps.find(({ text }) => text.includes('-flag with key'))?.text ?? '';
    const name = `${file}: ${scenario.name}${flag === '' ? '' : ` (${flag})`}`;
    t.test(name, { skip: skipOf(scenario) }, async (t) => {
      const world = new World();
      t.teardown(() => world.end());
      for (const { text } of scenario.steps) {
        const check = await stepOf(text)(world);
        if (check) t.strictSame(check.found, check.wanted, text);
      }
      ran += 1;
    });
  }

t.test('most of what a provider of texts can be asked has run', async (t) => {
  t.ok(ran >= 15, `${ran} scenarios`);
});
