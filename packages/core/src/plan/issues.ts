/** What the shape's validator objects to, in the words of this plan: which code, at which place, with which hint. */
import { ERRORS, type ErrorCode } from '../errors.ts';
import { isRecord } from '../record.ts';
import { hintFor, type Issue } from './hints.ts';
import { keysAt } from './known-keys.ts';
import { mendedLabel } from './mended.ts';
import type { Report } from './report.ts';
import type { Path, Source } from './source.ts';
import { suggestion } from './suggest.ts';
import { valueAt } from './tree.ts';

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
  const message = name === '' ? 'an empty name' : `${named(name)}: a malformed name`;
  report('TINCT_PLAN_NAME_MALFORMED', message, path, hint, 'key');
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
  if (issue.code === 'too_small') return tooSmall(issue);
  return issue.code === 'too_big' ? tooBig(issue) : lowerFirst(issue.message);
}

const COUNTED: Readonly<Record<string, string>> = { string: ' characters', array: ' members' };

function tooSmall({ origin, minimum, inclusive }: Issue & { readonly code: 'too_small' }): string {
  const what = COUNTED[origin];
  if (what !== undefined)
    return minimum === 1 ? 'must not be empty' : `must have at least ${minimum}${what}`;
  return inclusive === false ? `must be above ${minimum}` : `must be at least ${minimum}`;
}

function tooBig({ origin, maximum, inclusive }: Issue & { readonly code: 'too_big' }): string {
  const what = COUNTED[origin];
  if (what !== undefined) return `must have at most ${maximum}${what}`;
  return inclusive === false ? `must be below ${maximum}` : `must be at most ${maximum}`;
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
