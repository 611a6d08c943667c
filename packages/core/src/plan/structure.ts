/** Holds a document against the plan's shape, and keeps what is usable for the checks that follow. */
import type { z } from 'zod';
import { ERRORS, type ErrorCode } from '../errors.ts';
import type { Report } from './report.ts';
import {
  type AttributeDocument,
  type CohortDocument,
  type IdentityDocument,
  type PlanDocument,
  planJsonSchema,
  planSchema,
  type ReleaseDocument,
  type RuleDocument,
  type ServiceDocument,
} from './schema.ts';
import type { Path, Source } from './source.ts';
import { suggestion } from './suggest.ts';

/** A release of which some pieces may be missing because they were wrong. */
export type ReleaseDraft = Partial<Omit<ReleaseDocument, 'rules' | 'services'>> & {
  readonly rules: readonly (RuleDocument | undefined)[];
  readonly services: Readonly<Record<string, ServiceDocument | undefined>>;
};

/** The plan without its misshapen pieces: what is left is still checked, so that one run reports all. */
export interface Draft {
  readonly identity: readonly (IdentityDocument | undefined)[];
  readonly attributes: Readonly<Record<string, AttributeDocument | undefined>>;
  readonly cohorts: Readonly<Record<string, CohortDocument | undefined>>;
  readonly releases: Readonly<Record<string, ReleaseDraft>>;
}

export interface Structure {
  /** The document, when its shape is right. */
  readonly document: PlanDocument | undefined;
  readonly draft: Draft;
}

export function checkStructure(source: Source, report: Report): Structure {
  const result = planSchema.safeParse(source.value);
  if (result.success) return { document: result.data, draft: toDraft(result.data) };
  const usable: unknown = structuredCopy(source.value);
  for (const issue of result.error.issues) {
    explainIssue(issue, source, report);
    drop(usable, issue);
  }
  return { document: undefined, draft: toDraft(usable) };
}

function structuredCopy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(structuredCopy);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, structuredCopy(inner)]),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

type Issue = z.core.$ZodIssue;

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, step) =>
      typeof inner === 'object' && inner !== null
        ? (inner as Record<string, unknown>)[step]
        : undefined,
    value,
  );
}

function explainIssue(issue: Issue, source: Source, report: Report): void {
  const path = issue.path as Path;
  if (issue.code === 'unrecognized_keys') return unknownKeys(issue.keys, path, report);
  if (issue.code === 'invalid_key') return wrongName(path, report);
  const value = valueAt(source.value, path);
  if (value === undefined) return missingKey(path, report);
  if (issue.code === 'invalid_type' && issue.expected === 'string')
    return notText(source, path, value, report);
  const code = codeOf(issue);
  report(code, `${show(value)}: ${messageOf(issue, code)}`, path, hintOf(issue, value));
}

function unknownKeys(keys: readonly string[], path: Path, report: Report): void {
  for (const key of keys) {
    report(
      'TINCT_PLAN_KEY_UNKNOWN',
      `unknown key \`${key}\``,
      [...path, key],
      suggestion(key, keysAt(path)),
    );
  }
}

function wrongName(path: Path, report: Report): void {
  const name = String(path.at(-1));
  report(
    'TINCT_PLAN_NAME_MALFORMED',
    `\`${name}\` is not a name`,
    path,
    'use a-z, 0-9 and dashes, at most 40 characters',
  );
}

function missingKey(path: Path, report: Report): void {
  report('TINCT_PLAN_KEY_MISSING', `\`${String(path.at(-1) ?? 'the plan')}\` is missing`, path);
}

/** A number or boolean where a text belongs: nearly always an id or a version that needs quotes. */
function notText(source: Source, path: Path, value: unknown, report: Report): void {
  const written = source.written(path);
  if (written === undefined || value === null || typeof value === 'object') {
    return report('TINCT_PLAN_TYPE', `a text is expected, not ${show(value)}`, path);
  }
  const code = path.at(-2) === 'users' ? 'TINCT_PLAN_ID_UNQUOTED' : 'TINCT_PLAN_TYPE';
  report(code, `${written} without quotes is no text`, path, `quote it: "${written}"`);
}

function codeOf(issue: Issue): ErrorCode {
  if (Object.hasOwn(ERRORS, issue.message)) return issue.message as ErrorCode;
  const shape = issue.code === 'invalid_type' || issue.code === 'invalid_union';
  return shape ? 'TINCT_PLAN_TYPE' : 'TINCT_PLAN_VALUE';
}

function messageOf(issue: Issue, code: ErrorCode): string {
  if (issue.message === code) return lowerFirst(ERRORS[code].title);
  if (issue.code === 'invalid_union') return 'a text, a number or a boolean is expected';
  if (issue.code === 'invalid_type') return `${article(issue.expected)} is expected`;
  return lowerFirst(issue.message.replace(/^Invalid input: |^Too (small|big): /, ''));
}

function hintOf(issue: Issue, value: unknown): string | undefined {
  if (issue.code === 'invalid_value') return suggestion(String(value), issue.values.map(String));
  return undefined;
}

function article(type: string): string {
  const names: Record<string, string> = {
    object: 'a map',
    array: 'a list',
    record: 'a map',
    tuple: 'a pair',
    int: 'a whole number',
  };
  return names[type] ?? `a ${type}`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function show(value: unknown): string {
  const text = typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

interface SchemaNode {
  readonly properties?: Record<string, SchemaNode>;
  readonly additionalProperties?: SchemaNode | boolean;
  readonly items?: SchemaNode;
  readonly $ref?: string;
  readonly $defs?: Record<string, SchemaNode>;
}

/** The keys that the shape knows at a path. */
function keysAt(path: Path): string[] {
  const root = planJsonSchema() as SchemaNode;
  let node: SchemaNode | undefined = root;
  for (const step of path) node = deref(root, childSchema(node, step));
  return Object.keys(node?.properties ?? {});
}

function childSchema(node: SchemaNode | undefined, step: string | number): SchemaNode | undefined {
  if (typeof step === 'number') return node?.items;
  const more = node?.additionalProperties;
  return node?.properties?.[step] ?? (typeof more === 'object' ? more : undefined);
}

function deref(root: SchemaNode, node: SchemaNode | undefined): SchemaNode | undefined {
  const name = node?.$ref?.split('/').at(-1);
  return name === undefined ? node : root.$defs?.[name];
}

/** Takes a misshapen piece out: a key that nobody knows, a whole rule, a whole entry, or the one value. */
function drop(usable: unknown, issue: Issue): void {
  const path = issue.path as Path;
  const keys = issue.code === 'unrecognized_keys' ? issue.keys : undefined;
  if (keys !== undefined) {
    const holder = valueAt(usable, path);
    if (isRecord(holder)) for (const key of keys) delete holder[key];
    return;
  }
  const piece = path.slice(0, pieceLength(path));
  const holder = valueAt(usable, piece.slice(0, -1));
  const last = piece.at(-1);
  if (typeof holder === 'object' && holder !== null && last !== undefined) {
    (holder as Record<string | number, unknown>)[last] = undefined;
  }
}

/** How much of a path names the smallest piece that can be left out. */
function pieceLength(path: Path): number {
  if (path[0] !== 'releases') return Math.min(path.length, 2);
  const inside = path[2];
  return Math.min(path.length, inside === 'rules' || inside === 'services' ? 4 : 3);
}

function toDraft(usable: unknown): Draft {
  const plan = isRecord(usable) ? usable : {};
  return {
    identity: list<IdentityDocument>(plan['identity']),
    attributes: record<AttributeDocument>(plan['attributes']),
    cohorts: record<CohortDocument>(plan['cohorts']),
    releases: mapValues(record<Record<string, unknown>>(plan['releases']), releaseDraft),
  };
}

function releaseDraft(release: Record<string, unknown> | undefined): ReleaseDraft {
  const usable = isRecord(release) ? release : {};
  return {
    ...usable,
    rules: list<RuleDocument>(usable['rules']),
    services: record<ServiceDocument>(usable['services']),
  };
}

function list<T>(value: unknown): readonly (T | undefined)[] {
  return Array.isArray(value) ? (value as (T | undefined)[]) : [];
}

function record<T>(value: unknown): Record<string, T | undefined> {
  return isRecord(value) ? (value as Record<string, T | undefined>) : {};
}

function mapValues<A, B>(of: Record<string, A>, map: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(of).map(([key, value]) => [key, map(value)]));
}
