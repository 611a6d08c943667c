/** Holds a document against the plan's shape, and keeps what is usable for the checks that follow. */

import { isRecord } from '../record.ts';
import type { Issue } from './hints.ts';
import { reportIssue } from './issues.ts';
import type { Report } from './report.ts';
import {
  type AttributeDocument,
  attributeSchema,
  type CohortDocument,
  cohortSchema,
  type IdentityDocument,
  type PlanDocument,
  planSchema,
  type ReleaseDocument,
  type RuleDocument,
  releaseSchema,
  type ServiceDocument,
  serviceSchema,
} from './schema.ts';
import type { Path, Source } from './source.ts';
import { valueAt } from './tree.ts';

/** A release of which some pieces may be missing because they were wrong. */
export type ReleaseDraft = Partial<Omit<ReleaseDocument, 'rules' | 'services'>> & {
  readonly rules: readonly (RuleDocument | undefined)[];
  /** What is left of each rule that had something wrong in it. */
  readonly fragments: ReadonlyMap<number, RuleDocument>;
  readonly services: Readonly<Record<string, ServiceDocument | undefined>>;
  /** The keys whose values were left out: nothing follows from their absence. */
  readonly damaged: ReadonlySet<string>;
};

/** The plan without its misshapen pieces: what is left is still checked, so that one run reports all. */
export interface Draft {
  readonly identity: readonly (IdentityDocument | undefined)[];
  readonly attributes: Readonly<Record<string, AttributeDocument | undefined>>;
  readonly cohorts: Readonly<Record<string, CohortDocument | undefined>>;
  readonly releases: Readonly<Record<string, ReleaseDraft | undefined>>;
}

export interface Structure {
  /** The document, when its shape is right. */
  readonly document: PlanDocument | undefined;
  readonly draft: Draft;
}

export function checkStructure(source: Source, report: Report): Structure {
  const issues = issuesOf(source.value, report);
  if (issues === undefined) return { document: undefined, draft: toDraft(undefined) };
  for (const issue of issues) reportIssue(issue, source, report);
  const usable: unknown = issues.length === 0 ? source.value : structuredClone(source.value);
  for (const issue of issues) drop(usable, issue);
  const document = issues.length === 0 ? (source.value as PlanDocument) : undefined;
  return { document, draft: toDraft(usable) };
}

/** Everything that the shape objects to; nothing when there is too much of it to be listed. */
function issuesOf(value: unknown, report: Report): Issue[] | undefined {
  try {
    const { error } = planSchema.safeParse(value);
    return (error?.issues ?? []).flatMap((issue) => [issue, ...hidden(value, issue)]);
  } catch (cause) {
    // The validator passes its issues as arguments, and more than some 100,000 exhaust the stack.
    if (!(cause instanceof RangeError)) throw cause;
    report('TINCT_PLAN_TOO_LARGE', 'more mistakes than can be listed', []);
    return undefined;
  }
}

/** The validator looks into nothing that has a wrong name; people want to know at once. */
function hidden(value: unknown, { code, path }: Issue): Issue[] {
  const schema = code === 'invalid_key' ? schemaOf(path as Path) : undefined;
  const { error } = schema?.safeParse(valueAt(value, path as Path)) ?? {};
  return (error?.issues ?? [])
    .map((issue) => ({ ...issue, path: [...path, ...issue.path] }))
    .flatMap((issue) => [issue, ...hidden(value, issue)]);
}

function schemaOf(path: Path) {
  if (path.length === 4 && path[2] === 'services') return serviceSchema;
  if (path.length !== 2) return undefined;
  if (path[0] === 'releases') return releaseSchema;
  return path[0] === 'cohorts' ? cohortSchema : attributeSchema;
}

/** What is left of a rule. */
class Fragment {
  readonly rule: Record<string, unknown>;

  constructor(rule: Record<string, unknown>) {
    this.rule = rule;
  }
}

/** Takes a misshapen piece out: a whole entry, a part of a rule, or the one value. A wrong name takes nothing out. */
function drop(usable: unknown, issue: Issue): void {
  const path = issue.path as Path;
  if (issue.code === 'invalid_key' || isHarmless(issue)) return;
  const piece = path.slice(0, pieceLength(path));
  const holder = valueAt(usable, piece.slice(0, -1));
  const last = piece.at(-1);
  if (typeof holder !== 'object' || holder === null || last === undefined) return;
  const pieces = holder as Record<string | number, unknown>;
  pieces[last] = piece[2] === 'rules' ? fragment(pieces[last], path) : undefined;
}

/** An unknown key of the plan or of a release takes nothing from what else stands there. */
function isHarmless({ code, path }: Issue): boolean {
  const isWhole = path.length === 0 || path[0] === 'metadata' || path[0] === 'releases';
  return code === 'unrecognized_keys' && isWhole && path.length <= 2;
}

function fragment(rule: unknown, [, , , , key]: Path): unknown {
  const left = rule instanceof Fragment ? rule.rule : rule;
  if (!isRecord(left)) return undefined;
  return new Fragment(
    Object.fromEntries(Object.entries(left).filter(([name]) => name !== String(key))),
  );
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

function releaseDraft(release: Record<string, unknown> | undefined): ReleaseDraft | undefined {
  if (!isRecord(release)) return undefined;
  const rules = list<unknown>(release['rules']);
  return {
    ...release,
    rules: rules.map((rule) => (rule instanceof Fragment ? undefined : (rule as RuleDocument))),
    fragments: new Map(
      rules.flatMap((rule, i) =>
        rule instanceof Fragment ? [[i, rule.rule as RuleDocument]] : [],
      ),
    ),
    services: record<ServiceDocument>(release['services']),
    damaged: new Set(Object.keys(release).filter((key) => release[key] === undefined)),
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
