/** What the shape objects to, in words, at the place in the file or under the name of the variable or flag. */
import {
  type ErrorCode,
  type Finding,
  finding,
  isRecord,
  type Path,
  type Source,
  suggestion,
  valueAt,
} from '@tinct/core';
import type { z } from 'zod';
import { type Layered, pathKey } from './layers.ts';
import type { ConfigShape } from './shape.ts';

type Issue = z.core.$ZodIssue;

export interface Checked extends Layered {
  readonly shape: Pick<ConfigShape<unknown>, 'jsonSchema' | 'settings' | 'choices'>;
  /** The file's name, where there is a file. */
  readonly file: string | undefined;
  readonly source: Source | undefined;
}

/** Says one thing about one value. */
export function findingAt(
  code: ErrorCode,
  message: string,
  path: Path,
  { origins, file, source }: Pick<Checked, 'origins' | 'file' | 'source'>,
  hint?: string,
  what: 'key' | 'value' = code === 'TINCT_CONFIG_KEY_UNKNOWN' ? 'key' : 'value',
): Finding {
  const found = finding(code, message, path, hint);
  const origin = path.map((_, i) => origins.get(pathKey(path.slice(0, i + 1)))).find(Boolean);
  if (origin !== undefined && 'name' in origin) return { ...found, file: origin.name };
  if (file === undefined) return found;
  return { ...found, file, ...source?.position(path, what) };
}

/** One objection of the shape, as findings. */
export function issueFindings(issue: Issue, checked: Checked): Finding[] {
  const path = issue.path as Path;
  const { shape } = checked;
  const say = (code: ErrorCode, message: string, at: Path = path, hint?: string) =>
    findingAt(code, message, at, checked, hint);
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) =>
      say(
        'TINCT_CONFIG_KEY_UNKNOWN',
        `unknown key \`${key}\``,
        [...path, key],
        nearKey(key, path, shape),
      ),
    );
  if (issue.code === 'invalid_key') {
    const [inner] = issue.issues;
    const message = `\`${path.at(-1)}\`: ${inner?.message}`;
    return [findingAt('TINCT_CONFIG_VALUE', message, path, checked, undefined, 'key')];
  }
  const value = valueAt(checked.value, path);
  if (value === undefined) return [missing(path, shape, say)];
  const shown = isSecret(path, shape) ? 'the secret' : described(value);
  if (issue.code === 'invalid_type')
    return [say('TINCT_CONFIG_TYPE', `${wanted(issue)}, not ${shown}`)];
  return [say('TINCT_CONFIG_VALUE', `${shown}: ${complaint(issue)}`, path, hintFor(issue, value))];
}

type Say = (code: ErrorCode, message: string, at?: Path, hint?: string) => Finding;

type Shape = Checked['shape'];

function missing(path: Path, { choices }: Shape, say: Say): Finding {
  const choice = choices.find((one) => one.needed && pathKey(one.path) === pathKey(path));
  if (choice !== undefined) return say('TINCT_CONFIG_EXACTLY_ONE', needs(choice.keys, path), path);
  return say('TINCT_CONFIG_KEY_MISSING', `\`${path.at(-1)}\` is missing`);
}

const needs = (keys: readonly string[], path: Path): string =>
  `\`${pathKey(path)}\` needs exactly one of ${keys.map((key) => `\`${key}\``).join(', ')}`;

/** Keys that exclude each other, or of which one is needed. */
export function choiceFindings(checked: Checked): Finding[] {
  return checked.shape.choices.flatMap(({ path, keys, needed }) => {
    const holder = valueAt(checked.value, path);
    if (!isRecord(holder)) return [];
    const given = keys.filter((key) => holder[key] !== undefined);
    if (given.length === 1 || (given.length === 0 && !needed)) return [];
    const [, second] = given;
    const at = second === undefined ? path : [...path, second];
    const message =
      given.length === 0
        ? needs(keys, path)
        : `${given.map((key) => `\`${key}\``).join(' and ')} exclude each other`;
    return [findingAt('TINCT_CONFIG_EXACTLY_ONE', message, at, checked)];
  });
}

const EXPECTED: Readonly<Record<string, string>> = {
  object: 'a map',
  record: 'a map',
  array: 'a list',
  string: 'a text',
  int: 'a whole number',
  number: 'a whole number',
  boolean: '`true` or `false`',
};

/** In the shape's own words, where it has some. */
const wanted = ({ expected, message }: Issue & { readonly expected: string }): string =>
  message.endsWith(' is expected')
    ? message
    : `${EXPECTED[expected] ?? `a ${expected}`} is expected`;

function complaint(issue: Issue): string {
  if (issue.code === 'invalid_value') return `it is one of ${issue.values.join(', ')}`;
  if (issue.code === 'too_small' && issue.origin !== 'string')
    return `it is at least ${issue.minimum}`;
  if (issue.code === 'too_big') return `it is at most ${issue.maximum}`;
  return issue.message;
}

function hintFor(issue: Issue, value: unknown): string | undefined {
  return issue.code === 'invalid_value'
    ? suggestion(String(value), issue.values.map(String))
    : undefined;
}

const isSecret = (path: Path, { settings }: Shape): boolean =>
  settings.some((setting) => setting.flag === undefined && pathKey(setting.path) === pathKey(path));

/** A value in a message, shortened. */
function described(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (isRecord(value)) return 'a map';
  if (value === null || value === '') return 'an empty value';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: Node | boolean;
  readonly items?: Node;
}

function nearKey(key: string, path: Path, { jsonSchema }: Shape): string | undefined {
  let node: Node | undefined = jsonSchema as Node;
  for (const step of path) {
    const more: Node | boolean | undefined = node?.additionalProperties;
    if (typeof step === 'number') node = node?.items;
    else node = node?.properties?.[step] ?? (typeof more === 'object' ? more : undefined);
  }
  return suggestion(key, Object.keys(node?.properties ?? {}));
}
