/** Routes to one service, in their order, as the rules of a release. */
import type { RuleDocument } from '@tinct/core';
import type { Manifest } from '../manifests/manifest.ts';
import type { HttpRoute } from '../manifests/virtual-service.ts';
import type { ImportDraft, ImportedRule } from './draft.ts';
import { type Conditions, conditionsOf } from './matches.ts';
import { heaviest, outcomeOf, type Weighted } from './weights.ts';

/** A route whose destinations are variants of the service. */
export interface VariantRoute {
  readonly route: HttpRoute;
  readonly manifest: Manifest;
  readonly to: readonly Weighted[];
}

export interface Rules {
  readonly stable: string | undefined;
  readonly rules: readonly ImportedRule[];
}

/** The variant of the route that takes everyone is stable; what stands behind it never matches. */
export function rulesOf(routes: readonly VariantRoute[], draft: ImportDraft): Rules {
  const last = routes.findIndex(({ route }) => isForEveryone(route));
  const reached = last === -1 ? routes : routes.slice(0, last + 1);
  for (const { route, manifest } of routes.slice(reached.length))
    draft.report(
      manifest,
      'TINCT_IMPORT_ROUTE',
      'an earlier route takes every request: this one is left out',
      route.path,
    );
  const stable = last === -1 ? undefined : heaviest((routes[last] as VariantRoute).to);
  if (last === -1) sayNobody(routes, draft);
  const meant = stable ?? routes.at(-1)?.to[0]?.variant ?? '';
  const rules = reached.flatMap((route, i) =>
    ruleOf(route, meant, i === last, i < reached.length - 1, draft),
  );
  return { stable, rules };
}

/** Where it leads is the same for all routes of a release, so paths are looked at elsewhere. */
function isForEveryone({ matches }: HttpRoute): boolean {
  return (
    matches.length === 0 ||
    matches.some(
      ({ headers, withoutHeaders, others }) =>
        headers.length + withoutHeaders.length + others.length === 0,
    )
  );
}

function ruleOf(
  { route, manifest, to }: VariantRoute,
  stable: string,
  isForAll: boolean,
  hasNext: boolean,
  draft: ImportDraft,
): ImportedRule[] {
  const outcome = outcomeOf(to, stable);
  const isShare = outcome.percent !== undefined || outcome.split !== undefined;
  if (isShare && outcome.percent !== 0) sayWeights(route, manifest, draft);
  const toRule = (rule: RuleDocument): ImportedRule => ({ rule, manifest, path: route.path });
  if (isForAll) return isShare ? [toRule(outcome)] : [];
  return together(
    route.matches.flatMap((match) => conditionsOf(match, manifest, draft) ?? []),
  ).flatMap((conditions) => [
    toRule({ ...conditions, ...outcome }),
    // Who misses the share got the other weight, not what a later route gives.
    ...(outcome.percent !== undefined && hasNext
      ? [toRule({ ...conditions, variant: stable })]
      : []),
  ]);
}

/** Matches of users alone are one list. */
function together(all: readonly Conditions[]): Conditions[] {
  const users = all.filter(({ when }) => when === undefined).flatMap(({ users: ids = [] }) => ids);
  const others = all.filter(({ when }) => when !== undefined);
  return [...(users.length > 0 ? [{ users: [...new Set(users)] }] : []), ...others];
}

function sayNobody(routes: readonly VariantRoute[], draft: ImportDraft): void {
  const { route, manifest } = routes.at(-1) as VariantRoute;
  const message = 'no route takes those whom no match names: they got 404 here, and get stable';
  const hint = 'check which version is `stable` in the plan';
  draft.report(manifest, 'TINCT_IMPORT_ROUTE', message, route.path, hint);
}

function sayWeights({ path }: HttpRoute, manifest: Manifest, draft: ImportDraft): void {
  const message =
    'the weights were drawn for each request; the percentage is of units, and each keeps its version';
  draft.report(manifest, 'TINCT_IMPORT_WEIGHTS', message, [...path, 'route']);
}
