/** Existing VirtualServices and DestinationRules → a plan that decides the same. */
import { type Finding, finding, hasErrors, LABEL, parsePlan } from '@tinct/core';
import { isService, serviceOf } from '../manifests/hosts.ts';
import { type Manifest, nameOf } from '../manifests/manifest.ts';
import {
  type Destination,
  type HttpRoute,
  hostsOf,
  httpRoutes,
  isVirtualService,
} from '../manifests/virtual-service.ts';
import { ImportDraft, type ImportedRelease, type ImportOptions } from './draft.ts';
import { commonPaths, isEverywhere } from './paths.ts';
import { rulesOf, type VariantRoute } from './rules.ts';
import { type Divided, divide, nameFor } from './variants.ts';
import { writePlan } from './write.ts';

export interface Imported {
  /** The plan's text; absent when there was nothing to import. It has no errors. */
  readonly text: string | undefined;
  /** What could not be carried over, or means something else now, in the order of the files. */
  readonly findings: readonly Finding[];
}

/**
 * Writes the plan that decides as these objects route: matches of the user's header become `users` rules, other
 * headers and cookies conditions, weights percentages. VirtualServices are read in their order, first match first.
 */
export function importPlan(manifests: readonly Manifest[], options: ImportOptions = {}): Imported {
  const services = manifests.filter(isVirtualService);
  const identity = options.identityHeader?.toLowerCase() ?? userHeader(services);
  const draft = new ImportDraft(identity, options.trust ?? 'hops');
  for (const service of services) importService(service, manifests, draft);
  sayUnit(services, draft);
  const findings = inOrder(draft.findings);
  if (draft.releases.length === 0)
    return { text: undefined, findings: [...findings, nothing(services)] };
  const name = nameFor(options.name ?? 'imported', new Set());
  const text = writePlan(name, draft);
  // Whatever else the plan's own checks refuse is not for the user to find out later.
  const { findings: own } = parsePlan(text, { file: 'plan.yaml' });
  return hasErrors(own) ? { text: undefined, findings: [...findings, ...own] } : { text, findings };
}

/** `user-id`, `x-user-id`, `end-user`: headers whose name says that they name the user. */
const USER = /^(x-)?(end-?)?(user|account|customer|member|subscriber)s?([-_]?id)?$|^(x-)?uid$/;

function userHeader(services: readonly Manifest[]): string | undefined {
  const matches = services.flatMap(httpRoutes).flatMap((route) => route.matches);
  const exact = matches.flatMap(({ headers }) =>
    headers.filter(({ match }) => match.kind === 'exact'),
  );
  return exact.find(({ header }) => USER.test(header))?.header;
}

function importService(manifest: Manifest, all: readonly Manifest[], draft: ImportDraft): void {
  const routes = httpRoutes(manifest);
  const usable = routes.filter((route) => isUsable(route, manifest, draft));
  const divided = divide(manifest, usable, all, draft);
  const led = new Set(divided.flatMap((one) => one.routes));
  for (const route of usable.filter((one) => !led.has(one)))
    left(manifest, route, 'it leads to several services', draft);
  for (const one of divided) importDivided(one, manifest, draft);
}

function left(manifest: Manifest, { path }: HttpRoute, why: string, draft: ImportDraft): void {
  draft.report(manifest, 'TINCT_IMPORT_ROUTE', `${why}: the route is left out`, path);
}

/** What a plan cannot say at all, and what it need not say. */
function isUsable(route: HttpRoute, manifest: Manifest, draft: ImportDraft): boolean {
  const instead = route.others.find((key) => /^(redirect|directResponse|delegate)$/.test(key));
  if (instead !== undefined || route.destinations.length === 0) {
    left(manifest, route, `a plan knows no \`${instead ?? 'route without destinations'}\``, draft);
    return false;
  }
  for (const key of route.others)
    draft.report(
      manifest,
      'TINCT_IMPORT_KEPT',
      `\`${key}\` has no place in a plan: it stays in ${nameOf(manifest)}`,
      [...route.path, key],
    );
  return true;
}

function importDivided(divided: Divided, manifest: Manifest, draft: ImportDraft): void {
  const { host, subsets } = divided;
  const paths = commonPaths(divided.routes);
  const routes = divided.routes.flatMap((route) => toVariants(route, divided, manifest, draft));
  const here = routes.filter(({ route }) => paths !== undefined || isEverywhere(route));
  for (const { route } of routes.filter((one) => !here.includes(one)))
    left(
      manifest,
      route,
      'a rule knows no paths, and other routes to the service have others',
      draft,
    );
  if (here.length === 0) return;
  if (draft.releases.some((one) => one.host === host)) {
    const message = `${host} is routed by an earlier VirtualService: this one is left out`;
    return draft.report(manifest, 'TINCT_IMPORT_ROUTE', message, ['spec', 'http']);
  }
  const { stable = Object.keys(subsets)[0] ?? '', rules } = rulesOf(here, draft);
  draft.releases.push({
    ...namesFor(host, draft.releases),
    host,
    stable,
    subsets,
    hosts: publicHosts(manifest),
    paths: paths ?? [],
    rules,
  });
}

function toVariants(
  route: HttpRoute,
  { variantOf }: Divided,
  manifest: Manifest,
  draft: ImportDraft,
): VariantRoute[] {
  const to = route.destinations.map((one: Destination) => ({
    variant: variantOf(one) ?? '',
    weight: one.weight,
  }));
  if (to.every(({ variant }) => variant !== '')) return [{ route, manifest, to }];
  left(manifest, route, 'its destination names no subset, so pods of every version answer', draft);
  return [];
}

function namesFor(
  host: string,
  before: readonly ImportedRelease[],
): Pick<ImportedRelease, 'name' | 'service'> {
  const { name } = serviceOf(host);
  const service = LABEL.test(name) ? name : nameFor(name, new Set());
  return { name: nameFor(name, new Set(before.map((one) => one.name))), service };
}

/** The hosts under which clients ask; none where only the mesh does. */
function publicHosts(manifest: Manifest): string[] {
  const hosts = hostsOf(manifest).map(({ host }) => host);
  const outside = hosts.filter((host) => !isService(host));
  return hosts.includes('*') ? [] : outside;
}

/** A release whose rules ask for more than users needs a unit for those without a user. */
function sayUnit([first]: readonly Manifest[], draft: ImportDraft): void {
  const needs = draft.releases.some(({ rules }) =>
    rules.some(({ rule }) => rule.users === undefined),
  );
  if (!needs || first === undefined) return;
  const who = draft.identityHeader === undefined ? '' : `\`${draft.identityHeader}\` or `;
  const message = `rules are for somebody: a request without ${who}an id that Tinct issued gets stable`;
  draft.report(first, 'TINCT_IMPORT_UNIT', message, ['spec', 'http']);
}

function nothing([first]: readonly Manifest[]): Finding {
  const message =
    first === undefined
      ? 'there is no VirtualService in what was read'
      : 'no route leads to subsets of a service';
  return {
    ...finding('TINCT_IMPORT_NOTHING', message, []),
    ...(first?.file && { file: first.file }),
  };
}

function inOrder(findings: readonly Finding[]): Finding[] {
  const files = [...new Set(findings.map(({ file }) => file))];
  return findings.toSorted(
    (a, b) =>
      files.indexOf(a.file) - files.indexOf(b.file) ||
      (a.line ?? 0) - (b.line ?? 0) ||
      (a.column ?? 0) - (b.column ?? 0),
  );
}
