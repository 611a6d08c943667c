/** What the shape's validator objects to, in the words of this plan: which code, at which place, with which hint. */
import type { z } from 'zod';
import { ERRORS, type ErrorCode } from '../errors.ts';
import { mendedHost, mendedLabel, mendedNumber } from './mended.ts';
import type { Report } from './report.ts';
import { planJsonSchema } from './schema.ts';
import type { Path, Source } from './source.ts';
import { suggestion } from './suggest.ts';
import { isRecord, valueAt } from './tree.ts';

export type Issue = z.core.$ZodIssue;

/** Reports one objection. */
export function reportIssue(issue: Issue, source: Source, report: Report): void {
  const path = issue.path as Path;
  if (issue.code === 'unrecognized_keys') return unknownKeys(issue.keys, path, report);
  if (issue.code === 'invalid_key') return wrongName(path, report);
  const value = valueAt(source.value, path);
  if (value === undefined) return missingKey(path, report);
  const written = source.written(path);
  if (issue.code === 'invalid_type' && issue.expected === 'string')
    return notText(path, value, written, report);
  const shown = describe(value, written);
  const code = codeOf(issue, value);
  const message =
    code === 'TINCT_PLAN_TYPE'
      ? `${expected(issue)} is expected, not ${shown}`
      : `${shown}: ${complaint(issue, code)}`;
  report(code, message, path, hintFor(code, issue, value));
}

function unknownKeys(keys: readonly string[], path: Path, report: Report): void {
  const known = keysAt(path);
  for (const key of keys) {
    const hint = key === '<<' ? 'YAML 1.2 has no merge keys: write the keys out' : undefined;
    const at = [...path, key];
    report(
      'TINCT_PLAN_KEY_UNKNOWN',
      `unknown key ${named(key)}`,
      at,
      hint ?? suggestion(key, known),
    );
  }
}

function wrongName(path: Path, report: Report): void {
  const name = String(path.at(-1));
  const isFree = path.at(-2) === 'attributes';
  const hint = isFree ? 'write at least one character' : mendedLabel(name);
  report('TINCT_PLAN_NAME_MALFORMED', `${named(name)}: a malformed name`, path, hint, 'key');
}

function missingKey(path: Path, report: Report): void {
  const key = String(path.at(-1));
  report('TINCT_PLAN_KEY_MISSING', `\`${key}\` is missing`, path, `add \`${key}\``);
}

/** A number or boolean where a text belongs: nearly always an id or a version that needs quotes. */
function notText(path: Path, value: unknown, written: string | undefined, report: Report): void {
  if (written === undefined || written === '' || (typeof value === 'object' && value !== null)) {
    const message = `a text is expected, not ${describe(value, written)}`;
    return report('TINCT_PLAN_TYPE', message, path, 'write a text; in quotes if it is no word');
  }
  const code = path.at(-2) === 'users' ? 'TINCT_PLAN_ID_UNQUOTED' : 'TINCT_PLAN_TYPE';
  report(code, `${written} without quotes is no text`, path, `quote it: "${written}"`);
}

function codeOf(issue: Issue, value: unknown): ErrorCode {
  if (Object.hasOwn(ERRORS, issue.message)) return issue.message as ErrorCode;
  if (issue.code === 'invalid_type' && issue.path.at(-1) === 'percent' && isEndless(value))
    return 'TINCT_PLAN_PERCENT_RANGE';
  const isShape = issue.code === 'invalid_type' || issue.code === 'invalid_union';
  return isShape ? 'TINCT_PLAN_TYPE' : 'TINCT_PLAN_VALUE';
}

/** `.inf` and `.nan` are numbers to YAML. */
function isEndless(value: unknown): boolean {
  return typeof value === 'number' && !Number.isFinite(value);
}

const EXPECTED: Readonly<Record<string, string>> = {
  object: 'a map',
  array: 'a list',
  record: 'a map',
  tuple: 'a pair of buckets `[from, to]`',
  int: 'a whole number',
  boolean: '`true` or `false`',
};

function expected(issue: Issue): string {
  if (issue.code !== 'invalid_type') return 'a text, a number or a boolean';
  return EXPECTED[issue.expected] ?? `a ${issue.expected}`;
}

/** What is wrong with a value whose type is right. */
function complaint(issue: Issue, code: ErrorCode): string {
  if (code !== 'TINCT_PLAN_VALUE') return lowerFirst(ERRORS[code].title);
  if (issue.code === 'invalid_value') return `expected ${issue.values.map(String).join(' or ')}`;
  if (issue.code === 'invalid_format') return 'not an http or https URL';
  if (issue.code === 'too_small')
    return bound(issue.origin, issue.minimum, issue.inclusive, 'least');
  if (issue.code === 'too_big') return bound(issue.origin, issue.maximum, issue.inclusive, 'most');
  return lowerFirst(issue.message);
}

const COUNTED: Readonly<Record<string, string>> = { string: 'characters', array: 'members' };

function bound(
  origin: string,
  limit: number | bigint,
  inclusive: boolean | undefined,
  side: 'least' | 'most',
): string {
  if (inclusive === false) return `must be ${side === 'least' ? 'above' : 'below'} ${limit}`;
  const what = COUNTED[origin];
  if (what !== undefined && limit === 1 && side === 'least') return `no ${what}`;
  return `must ${what === undefined ? 'be' : 'have'} at ${side} ${limit}${what === undefined ? '' : ` ${what}`}`;
}

function hintFor(code: ErrorCode, issue: Issue, value: unknown): string | undefined {
  if (issue.code === 'invalid_value')
    return (
      suggestion(String(value), issue.values.map(String)) ?? `write ${issue.values.join(' or ')}`
    );
  if (code === 'TINCT_PLAN_NAME_MALFORMED') return mendedLabel(String(value));
  if (code === 'TINCT_PLAN_HOST_MALFORMED') return mendedHost(String(value));
  if (code === 'TINCT_PLAN_COUNTER_MALFORMED') return mendedNumber(value);
  if (
    code === 'TINCT_PLAN_VALUE' &&
    (issue.path.at(-1) === 'ratio' || issue.path.at(-1) === 'availability')
  )
    return 'a share of all is 1: write 0.999 for 99.9 %';
  if (code !== 'TINCT_PLAN_TYPE' || issue.code !== 'invalid_type') return undefined;
  if (issue.expected === 'number') return mendedNumber(value);
  return typeHint(issue, value);
}

function typeHint(
  issue: Issue & { readonly code: 'invalid_type' },
  value: unknown,
): string | undefined {
  const key = issue.path.at(-1);
  if (key === undefined) return 'a plan begins with `apiVersion: tinct.dev/v1`';
  if (key === 'issued') return 'write `issued: {}`';
  if (issue.expected === 'boolean') return 'write `true` or `false`, without quotes';
  if (issue.expected === 'array' && !isRecord(value) && value !== null)
    return `write a list: ["${String(value)}"]`;
  return undefined;
}

/** A value in a message: scalars as they are written, the others by what they are. */
function describe(value: unknown, written: string | undefined): string {
  if (Array.isArray(value)) return 'a list';
  if (isRecord(value)) return 'a map';
  if (value === null && !written) return 'an empty value';
  return short(typeof value === 'string' ? JSON.stringify(value) : (written ?? String(value)));
}

function named(key: string): string {
  return `\`${short(key)}\``;
}

function short(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

interface SchemaNode {
  readonly properties?: Record<string, SchemaNode>;
  readonly additionalProperties?: SchemaNode | boolean;
  readonly items?: SchemaNode;
  readonly $ref?: string;
  readonly $defs?: Record<string, SchemaNode>;
}

let schema: SchemaNode | undefined;

/** The keys that the shape knows at a path. */
function keysAt(path: Path): string[] {
  // Made once: a plan may have thousands of unknown keys.
  schema ??= planJsonSchema() as SchemaNode;
  let node: SchemaNode | undefined = schema;
  for (const step of path) node = deref(schema, childSchema(node, step));
  return Object.keys(node?.properties ?? {});
}

function childSchema(node: SchemaNode | undefined, step: string | number): SchemaNode | undefined {
  if (typeof step === 'number') return node?.items;
  const { properties, additionalProperties: more } = node ?? {};
  if (properties !== undefined && Object.hasOwn(properties, step)) return properties[step];
  return typeof more === 'object' ? more : undefined;
}

function deref(root: SchemaNode, node: SchemaNode | undefined): SchemaNode | undefined {
  const name = node?.$ref?.split('/').at(-1);
  return name === undefined ? node : root.$defs?.[name];
}
