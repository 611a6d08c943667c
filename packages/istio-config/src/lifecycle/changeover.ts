/** What the mesh needs when a plan takes the place of another: a release comes, goes, or its winner becomes stable. */
import type { Finding, Plan } from '@tinct/core';
import type { Document } from '../documents/document.ts';
import { type GenerateOptions, generate } from '../documents/generate.ts';
import { type Step, steps } from './steps.ts';

export interface Changeover {
  readonly steps: readonly Step[];
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
  return { steps: isRefused ? [] : steps(old, documents), documents, findings };
}

/** A plan without a release. */
export function without(plan: Plan, release: string): Plan {
  const { [release]: _gone, ...releases } = plan.releases;
  return { ...plan, releases };
}
