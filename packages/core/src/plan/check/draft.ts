/** What several checks ask about a draft. */
import type { Report } from '../report.ts';
import type { RuleDocument } from '../schema.ts';
import type { Source } from '../source.ts';
import type { Draft, ReleaseDraft } from '../structure.ts';

export function hasOwn(of: object, key: string): boolean {
  return Object.hasOwn(of, key);
}

/** The keys of a group that an object has. */
export function present(of: object, keys: readonly string[]): string[] {
  return keys.filter(
    (key) => hasOwn(of, key) && (of as Record<string, unknown>)[key] !== undefined,
  );
}

/** Whether a share takes part in a rule. */
export function isPercentage(rule: RuleDocument): boolean {
  return rule.percent !== undefined || rule.split !== undefined;
}

/** Variants that have a subset in at least one service. */
export function knownVariants(release: ReleaseDraft): Set<string> {
  return new Set(
    Object.values(release.services).flatMap((service) => Object.keys(service?.subsets ?? {})),
  );
}

/** Unit types for which an identity source exists; none at all when the plan leaves identity to the caller. */
export function unitTypes(draft: Draft): Set<string> {
  return new Set(draft.identity.flatMap((source) => (source === undefined ? [] : [source.unit])));
}

/** The routing header of a release, in lower case. */
export function routingHeader(name: string, release: Pick<ReleaseDraft, 'header'>): string {
  return (release.header ?? `x-tinct-${name}`).toLowerCase();
}

/** Names that Tinct's own headers and labels use. */
export const RESERVED: ReadonlySet<string> = new Set([
  'explain',
  'served',
  'routed',
  'decision',
  'release',
  'variant',
]);

/** What every check of a rule needs. */
export interface RuleChecks {
  readonly source: Source;
  readonly draft: Draft;
  readonly release: ReleaseDraft;
  readonly report: Report;
}
