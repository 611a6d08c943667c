/** The published JSON Schema against the parser: an editor accepts what the parser accepts, and marks mistakes of shape. */
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import t from 'tap';
import { parse } from 'yaml';
import { type ErrorCode, formatFinding, parsePlan } from '../src/index.ts';
import { mutatedPlans } from './mutations.ts';

const PACKAGE = join(import.meta.dirname, '..');
const FOLDER = join(PACKAGE, 'testdata/findings');
const schema = JSON.parse(readFileSync(join(PACKAGE, 'schema/plan.schema.json'), 'utf8'));
const ajv = new Ajv2020({
  allErrors: true,
  strict: true,
  // The keys of which exactly one is required are declared beside `oneOf`, not inside it.
  strictRequired: false,
  allowUnionTypes: true,
  formats: { uri: URL.canParse },
});
const validate = ajv.compile(schema);

/** The places of what the schema objects to, as JSON pointers. */
function objections(document: unknown): string[] {
  validate(document);
  return (validate.errors ?? []).map(({ instancePath }) => instancePath);
}

const goldens = globSync('*.in.yaml', { cwd: FOLDER }).map((file) => ({
  name: basename(file, '.in.yaml'),
  text: readFileSync(join(FOLDER, file), 'utf8').replace(/^\ufeff/, ''),
}));

t.test('the schema says what it is', async (t) => {
  t.match(schema, { $schema: 'https://json-schema.org/draft/2020-12/schema', $id: String });
  t.notMatch(JSON.stringify(schema), /_MALFORMED|_RANGE|_EMPTY/, 'no code of the parser is left');
});

for (const { name, text } of goldens.filter(({ name }) => name.startsWith('valid-')))
  t.test(`${name} passes the schema`, async (t) => t.strictSame(objections(parse(text)), []));

/** Codes of mistakes that a shape can say. */
const OF_SHAPE: readonly ErrorCode[] = [
  'TINCT_PLAN_KEY_UNKNOWN',
  'TINCT_PLAN_KEY_MISSING',
  'TINCT_PLAN_TYPE',
  'TINCT_PLAN_VALUE',
  'TINCT_PLAN_EXACTLY_ONE',
  'TINCT_PLAN_NAME_MALFORMED',
  'TINCT_PLAN_HEADER_MALFORMED',
  'TINCT_PLAN_HOST_MALFORMED',
  'TINCT_PLAN_PATH_MALFORMED',
  'TINCT_PLAN_COUNTER_MALFORMED',
  'TINCT_PLAN_DURATION_MALFORMED',
  'TINCT_PLAN_TIME_MALFORMED',
  'TINCT_PLAN_DIGEST_MALFORMED',
  'TINCT_PLAN_ID_UNQUOTED',
  'TINCT_PLAN_ID_EMPTY',
  'TINCT_PLAN_PERCENT_RANGE',
];

/** What only the parser says, since it knows the text, the calendar, or what two keys mean together. */
const ONLY_THE_PARSER: readonly RegExp[] = [
  /write it in digits alone/,
  /not a plain decimal/,
  /2026-02-30|T25:00/,
  /nothing is asked|no version is named/,
  /`equals` compares an attribute/,
  /identity\[2\]\.jwt/,
  /\.nan/,
];

const pointer = (path: readonly (string | number)[]): string =>
  path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

for (const { name, text } of goldens) {
  const ofShape = parsePlan(text).findings.filter(
    (of) =>
      OF_SHAPE.includes(of.code) &&
      of.path.length > 0 &&
      !ONLY_THE_PARSER.some((what) => what.test(formatFinding(of))),
  );
  if (ofShape.length === 0) continue;
  t.test(`the schema marks what is misshapen in ${name}`, async (t) => {
    const marked = objections(parse(text, { uniqueKeys: false, merge: false }));
    for (const { path, message } of ofShape)
      t.ok(
        marked.some((at) => at === pointer(path) || at === pointer(path.slice(0, -1))),
        message,
      );
  });
}

t.test('the schema refuses nothing that the parser accepts', async (t) => {
  let accepted = 0;
  fc.assert(
    fc.property(mutatedPlans(2), (document) => {
      if (parsePlan(JSON.stringify(document)).plan === undefined) return true;
      accepted++;
      return validate(document);
    }),
    { seed: 2026, numRuns: 1_000 },
  );
  t.ok(accepted > 50, `${accepted} accepted`);
});
