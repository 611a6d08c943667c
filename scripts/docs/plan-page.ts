import { DURATION, HOST, LABEL, TIMESTAMP, TOKEN } from '../../packages/core/src/plan/patterns.ts';

/** The part of JSON Schema that the plan's schema uses. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly oneOf?: readonly { readonly required: readonly string[] }[];
  readonly additionalProperties?: Schema | boolean;
  readonly propertyNames?: Schema;
  readonly items?: Schema | boolean;
  readonly prefixItems?: readonly Schema[];
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

/** An object of the plan: a section of the page. */
interface Section {
  readonly title: string;
  readonly schema: Schema;
}

/** Texts that follow a pattern: what the tables call them, and what that means. */
const KINDS: readonly { name: string; pattern: RegExp; meaning: string }[] = [
  {
    name: 'label',
    pattern: LABEL,
    meaning: 'An RFC 1123 label: a-z, 0-9 and dash, a letter or digit at both ends, at most 40.',
  },
  {
    name: 'header name',
    pattern: TOKEN,
    meaning: 'An RFC 9110 token, the name of a header or cookie.',
  },
  {
    name: 'host',
    pattern: HOST,
    meaning: 'A DNS name in lower case, with an optional leading `*.` and no port.',
  },
  {
    name: 'duration',
    pattern: DURATION,
    meaning: 'A whole number with a unit: `300ms`, `5s`, `10m`, `2h`, `30d`.',
  },
  {
    name: 'time',
    pattern: TIMESTAMP,
    meaning: 'RFC 3339 with seconds and an offset: `2026-01-31T08:00:00Z`.',
  },
];

/** `docs/reference/plan.md`: a section per object, its keys in a table. */
export function planPage(document: Record<string, unknown>): string {
  const root = document as Schema;
  const definitions = Object.entries(root.$defs ?? {}).filter(([, schema]) => isObject(schema));
  const sections = [
    ...sectionsOf('Plan', '', root),
    ...definitions.flatMap(([name, schema]) =>
      sectionsOf(name, name, describe(root, name, schema)),
    ),
  ];
  return [
    '# The plan, key by key',
    '<!-- Made by `pnpm docs:generate` from packages/core/src/plan/schema.ts. -->',
    'A plan is YAML 1.2 or JSON. `<…>` stands for a name of yours, `[]` for each member of a list. ' +
      'Keys that stand nowhere here are errors; [errors.md](../errors.md) says how to mend each.',
    ...sections.map((section) => sectionText(section, root)),
    '## Kinds of text',
    table(
      ['kind', 'meaning'],
      KINDS.map(({ name, meaning }) => [name, meaning]),
    ),
  ]
    .join('\n\n')
    .concat('\n');
}

/** A definition keeps its description where it is referred to. */
function describe(root: Schema, name: string, schema: Schema): Schema {
  const users = Object.values(root.$defs ?? {});
  const description = users.find(({ $ref }) => $ref === `#/$defs/${name}`)?.description;
  return description === undefined ? schema : { ...schema, description };
}

const isObject = (schema: Schema): boolean => Object.keys(schema.properties ?? {}).length > 0;

/** The section of an object and those of the objects below it. */
function sectionsOf(title: string, path: string, schema: Schema): Section[] {
  const below = Object.entries(schema.properties ?? {}).map(([key, child]) =>
    membersOf(path === '' ? key : `${path}.${key}`, child),
  );
  return [{ title, schema }, ...below.flat()];
}

/** The objects that a value holds, however deep in lists and maps they lie. */
function membersOf(path: string, schema: Schema): Section[] {
  if (isObject(schema)) return sectionsOf(path, path, schema);
  const [step, inner] = innerOf(schema);
  return inner === undefined ? [] : membersOf(`${path}${step}`, inner);
}

/** What a list or a map holds, and how the path goes there. */
function innerOf(schema: Schema): [step: string, inner: Schema | undefined] {
  if (typeof schema.items === 'object') return ['[]', schema.items];
  if (typeof schema.additionalProperties === 'object') {
    return [`.<${nameOf(schema)}>`, schema.additionalProperties];
  }
  return ['', undefined];
}

/** “The release.” → `release`. */
const nameOf = ({ propertyNames }: Schema): string =>
  propertyNames?.description?.replace(/^The |\.$/g, '') ?? 'name';

function sectionText({ title, schema }: Section, root: Schema): string {
  const path = title === 'Plan' ? '' : `${title}.`;
  const rows = Object.entries(schema.properties ?? {}).map(([key, child]) => {
    const required = schema.required?.includes(key) === true ? 'yes' : '';
    return [code(key), typeOf(`${path}${key}`, child, root), required, child.description ?? ''];
  });
  return [
    `## \`${title}\``,
    ...(schema.description === undefined ? [] : [schema.description]),
    ...(schema.oneOf === undefined ? [] : [exactlyOne(schema.oneOf)]),
    table(['key', 'type', 'required', 'meaning'], rows),
  ].join('\n\n');
}

const exactlyOne = (choices: NonNullable<Schema['oneOf']>): string =>
  `Exactly one of ${choices.flatMap(({ required }) => required.map(code)).join(', ')}.`;

const code = (text: string): string => `\`${text}\``;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** A value's type in words, with a link to the section of an object. */
function typeOf(path: string, schema: Schema, root: Schema): string {
  if (schema.$ref !== undefined) return referredTo(schema.$ref, root);
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(code).join(', ');
  if (isObject(schema)) return link(path);
  if (schema.prefixItems !== undefined) return 'two whole numbers';
  const [step, inner] = innerOf(schema);
  if (inner === undefined) return scalarOf(schema);
  const type = typeOf(`${path}${step}`, inner, root);
  return step === '[]' ? `list of ${type}` : `map of ${nameOf(schema)} to ${type}`;
}

function referredTo(ref: string, root: Schema): string {
  const name = ref.replace('#/$defs/', '');
  const next = root.$defs?.[name]?.$ref;
  return next === undefined ? link(name) : referredTo(next, root);
}

/** GitHub's anchor of a heading: lower case, without punctuation. */
const link = (title: string): string =>
  `[\`${title}\`](#${title.toLowerCase().replace(/[^\w-]/g, '')})`;

const WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: '`true`, `false`',
  object: 'empty object',
};

function scalarOf(schema: Schema): string {
  const kind = KINDS.find(({ pattern }) => pattern.source === schema.pattern);
  if (kind !== undefined) return kind.name;
  const types = [schema.type ?? 'string'].flat();
  const words = types.map((type) => (types.length > 1 && type === 'boolean' ? type : WORDS[type]));
  return [words.join(' or '), boundsOf(schema)].filter((part) => part !== '').join(' ');
}

function boundsOf({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Schema): string {
  if (exclusiveMaximum !== undefined) return `between ${exclusiveMinimum} and ${exclusiveMaximum}`;
  if (exclusiveMinimum !== undefined) return `above ${exclusiveMinimum}`;
  const from = minimum === undefined ? [] : [`from ${minimum}`];
  const to = maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? [] : [`to ${maximum}`];
  return [...from, ...to].join(' ');
}
