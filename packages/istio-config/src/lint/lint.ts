/** Manifests → findings: what would go wrong in a mesh, found before it is there. */
import { ERRORS, type ErrorCode, type Finding, type Plan } from '@tinct/core';
import type { Manifest } from '../manifests/manifest.ts';
import { checkEdge } from './edge.ts';
import { checkGatewayApi } from './gateway-api.ts';
import { checkMesh } from './mesh.ts';
import { checkOrder } from './order.ts';
import { checkRefused } from './refused.ts';
import { checkReleases } from './releases.ts';
import { checkSubsets } from './subsets.ts';
import { viewOf } from './view.ts';
import { checkWeights } from './weights.ts';

const CHECKS = [
  checkRefused,
  checkSubsets,
  checkOrder,
  checkWeights,
  checkReleases,
  checkGatewayApi,
  checkMesh,
  checkEdge,
];

/** The codes of lint, in the order of the table. */
export const LINT_CODES: readonly ErrorCode[] = (Object.keys(ERRORS) as ErrorCode[]).filter(
  (code) => code.split('_')[1] === 'LINT',
);

/** Codes that were used once. Suppressions of users may name them: they never mean anything else. */
export const RETIRED_LINT_CODES: readonly string[] = [];

export interface LintOptions {
  /** Without it, what concerns releases is not looked at. */
  readonly plan?: Plan;
}

/** All that is found, by file and place. Findings about the plan have a path in it and no place yet. */
export function lint(manifests: readonly Manifest[], { plan }: LintOptions = {}): Finding[] {
  const { view, findings } = viewOf(manifests, plan);
  for (const check of CHECKS) check(view);
  const files = [...new Set(manifests.map(({ file }) => file))];
  return findings.toSorted(
    (a, b) =>
      files.indexOf(a.file) - files.indexOf(b.file) ||
      (a.line ?? 0) - (b.line ?? 0) ||
      (a.column ?? 0) - (b.column ?? 0),
  );
}
