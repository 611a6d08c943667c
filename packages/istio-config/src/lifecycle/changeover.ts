/** What the mesh needs when a plan takes the place of another: a release comes, goes, or its winner becomes stable. */
import type { Finding, Plan } from '@tinct/core';
import { refKey, refOf, refText } from '../apply/object.ts';
import { type Step, stepsOf } from '../apply/steps.ts';
import type { Document } from '../documents/document.ts';
import { generate } from '../documents/generate.ts';
import type { GenerateOptions } from '../documents/options.ts';
import { same } from '../foreign/edits.ts';

export interface Changeover {
  /** In their order, without those that would change nothing. Between two stages the mesh has to see the one before. */
  readonly steps: readonly Step<Document>[];
  /** What stands there in the end. */
  readonly documents: readonly Document[];
  /** Of the new plan's documents; with an error among them, there are no steps. */
  readonly findings: readonly Finding[];
}

/** `before` is absent when nothing was written yet. */
export function changeover(
  before: Plan | undefined,
  after: Plan,
  options: GenerateOptions = {},
): Changeover {
  const old = before === undefined ? [] : generate(before, options).documents;
  const { documents, findings } = generate(after, options);
  const isRefused = findings.some(({ level }) => level === 'error');
  return { steps: isRefused ? [] : changing(stepsOf(documents, old), old), documents, findings };
}

/** Steps that change what stands there when their turn comes. */
function changing(steps: readonly Step<Document>[], old: readonly Document[]): Step<Document>[] {
  const now = new Map<string, object>(old.map((one) => [refKey(refOf(one)), one]));
  return steps.filter(({ kind, object }) => {
    const key = refKey(refOf(object));
    if (kind === 'apply' && same(now.get(key), object)) return false;
    now.set(key, object);
    return true;
  });
}

/** `apply DestinationRule shop/tinct-web`. */
export const stepText = ({ kind, object }: Step<Document>): string =>
  `${kind} ${refText(refOf(object))}`;

/** A plan without a release. */
export function without(plan: Plan, release: string): Plan {
  const { [release]: _gone, ...releases } = plan.releases;
  return { ...plan, releases };
}
