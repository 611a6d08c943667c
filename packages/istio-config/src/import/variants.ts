/** Which service a VirtualService divides, and into which variants. */
import { LABEL, RESERVED_NAMES } from '@tinct/core';
import { isDestinationRule, ruleHost, subsetsOf } from '../manifests/destination-rule.ts';
import { isService, serviceOf } from '../manifests/hosts.ts';
import type { Manifest } from '../manifests/manifest.ts';
import { textsAt } from '../manifests/read.ts';
import { type Destination, type HttpRoute, hostsOf } from '../manifests/virtual-service.ts';
import type { ImportDraft } from './draft.ts';

type Labels = Readonly<Record<string, string>>;

/** A service with the routes that lead to it. */
export interface Divided {
  readonly host: string;
  readonly routes: readonly HttpRoute[];
  readonly subsets: Readonly<Record<string, Labels>>;
  readonly variantOf: (destination: Destination) => string | undefined;
}

/** By subsets of one host, or (as progressive delivery tools have it) by a host for each version. */
export function divide(
  manifest: Manifest,
  routes: readonly HttpRoute[],
  all: readonly Manifest[],
  draft: ImportDraft,
): Divided[] {
  const destinations = routes.flatMap((route) => route.destinations);
  const hosts = [...new Set(destinations.map(({ host }) => host))];
  if (hosts.length > 1 && routes.some(isDividedByHosts))
    return [byHosts(manifest, routes, hosts, all, draft)];
  return hosts.map((host) => bySubsets(manifest, host, routes, all, draft));
}

/** One route to several hosts of which none has subsets. */
function isDividedByHosts({ destinations }: HttpRoute): boolean {
  const hosts = new Set(destinations.map(({ host }) => host));
  return hosts.size > 1 && destinations.every(({ subset }) => subset === undefined);
}

function bySubsets(
  manifest: Manifest,
  host: string,
  routes: readonly HttpRoute[],
  all: readonly Manifest[],
  draft: ImportDraft,
): Divided {
  const mine = routes.filter((route) => leadsTo(route, host));
  const known = new Map<string, Labels>();
  for (const rule of all)
    if (isDestinationRule(rule) && ruleHost(rule) === host)
      for (const { name, labels } of subsetsOf(rule)) known.set(name, labels);
  for (const { destinations } of mine)
    for (const { subset, path } of destinations)
      if (subset !== undefined && !known.has(subset)) {
        known.set(subset, { version: subset });
        const message = `no DestinationRule that was read has the subset \`${subset}\` of ${host}`;
        const hint = `the labels are guessed as version: ${subset}: check them, or name the file that has it`;
        draft.report(manifest, 'TINCT_IMPORT_SUBSET', message, path, hint);
      }
  const names = namesOf([...known.keys()], manifest, draft);
  return {
    host,
    routes: mine,
    subsets: Object.fromEntries([...known].map(([name, labels]) => [names.get(name), labels])),
    variantOf: ({ subset }) => (subset === undefined ? undefined : names.get(subset)),
  };
}

const leadsTo = ({ destinations }: HttpRoute, host: string): boolean =>
  destinations.length > 0 && destinations.every((one) => one.host === host);

function byHosts(
  manifest: Manifest,
  routes: readonly HttpRoute[],
  hosts: readonly string[],
  all: readonly Manifest[],
  draft: ImportDraft,
): Divided {
  const own = hostsOf(manifest).map(({ host }) => host);
  const apex = own.find((host) => isService(host)) ?? hosts[0] ?? '';
  const names = namesOf(
    hosts.map((host) => serviceOf(host).name),
    manifest,
    draft,
  );
  const variantOf = ({ host }: Pick<Destination, 'host'>) => names.get(serviceOf(host).name);
  const subsets = hosts.map((host) => [
    variantOf({ host }),
    selectorOf(host, apex, manifest, all, draft),
  ]);
  return { host: apex, routes, subsets: Object.fromEntries(subsets), variantOf };
}

/** The labels that a version's own Service selects by. */
function selectorOf(
  host: string,
  apex: string,
  manifest: Manifest,
  all: readonly Manifest[],
  draft: ImportDraft,
): Labels {
  const { name, namespace } = serviceOf(host);
  const service = all.find(
    (one) =>
      one.kind === 'Service' &&
      one.group === '' &&
      one.name === name &&
      one.namespace === namespace,
  );
  const labels = textsAt(service?.value, ['spec', 'selector']);
  const isKnown = Object.keys(labels).length > 0;
  const message = isKnown
    ? `each version has a Service of its own; a plan's subsets are pods of one: ${serviceOf(apex).name} must select those of \`${name}\` too`
    : `the pods of \`${name}\` are not known: its Service was not read`;
  const hint = isKnown
    ? 'give all versions a common label, and select by it'
    : `the labels are guessed as app: ${name}: check them, or name the file that has the Service`;
  draft.report(manifest, 'TINCT_IMPORT_SUBSET', message, ['spec', 'http'], hint);
  return isKnown ? labels : { app: name };
}

/** Subsets as names that a plan takes. */
function namesOf(
  subsets: readonly string[],
  manifest: Manifest,
  draft: ImportDraft,
): ReadonlyMap<string, string> {
  const taken = new Set<string>();
  return new Map(
    subsets.map((subset) => {
      const name = nameFor(subset, taken);
      taken.add(name);
      if (name !== subset)
        draft.report(
          manifest,
          'TINCT_IMPORT_NAME',
          `\`${subset}\` is no name of a variant; it is called \`${name}\` in the plan`,
          ['spec', 'http'],
        );
      return [subset, name] as const;
    }),
  );
}

/** A label of RFC 1123 that nobody has: lower case, other characters as dashes, numbered if need be. */
export function nameFor(text: string, taken: ReadonlySet<string>): string {
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 36)
    .replace(/^-+|-+$/g, '');
  const base = LABEL.test(plain) && !RESERVED_NAMES.has(plain) ? plain : `v-${plain || 'x'}`;
  const fitting = LABEL.test(text) && !RESERVED_NAMES.has(text) ? text : base;
  if (!taken.has(fitting)) return fitting;
  for (let i = 2; ; i++) if (!taken.has(`${base}-${i}`)) return `${base}-${i}`;
}
