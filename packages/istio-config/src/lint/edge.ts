/** Whether a client can choose: at gateways that route on a color, and in filters that ask ext_authz for one. */
import { isRecord, valueAt } from '@tinct/core';
import type { ApiRoute } from '../manifests/http-route.ts';
import type { Manifest, Path } from '../manifests/manifest.ts';
import { itemsAt, textsAt } from '../manifests/read.ts';
import { selects, type View, type VirtualService } from './view.ts';

const OWN_PREFIX = 'x-tinct-';

/** Gateways that look at a color. */
interface Coloring {
  readonly manifest: Manifest;
  /** `namespace/name`. */
  readonly gateways: readonly string[];
  /** In the order of the routes. */
  readonly headers: readonly { readonly header: string; readonly path: Path }[];
}

export function checkEdge(view: View): void {
  for (const one of [...view.services.map(ofIstio), ...view.apiRoutes.map(ofGatewayApi)])
    checkGateways(one, view);
  for (const manifest of view.manifests.filter(({ kind }) => kind === 'EnvoyFilter'))
    checkFilter(manifest, view);
}

const ofIstio = ({ manifest, gateways, routes }: VirtualService): Coloring => ({
  manifest,
  gateways: gateways.filter((gateway) => gateway !== 'mesh'),
  headers: routes.flatMap(({ matches }) => matches.flatMap(({ headers }) => headers)),
});

const ofGatewayApi = ({ manifest, parents, rules }: ApiRoute): Coloring => ({
  manifest,
  gateways: parents
    .filter(({ kind }) => kind === 'Gateway')
    .map(({ namespace, name }) => `${namespace}/${name}`),
  headers: rules.flatMap(({ headers }) => headers),
});

function checkGateways({ manifest, gateways, headers }: Coloring, view: View): void {
  const own = new Set(Object.values(view.plan?.releases ?? {}).map(({ header }) => header));
  const color = headers.find(({ header }) => header.startsWith(OWN_PREFIX) || own.has(header));
  if (color === undefined) return;
  const open = gateways.filter((gateway) => !isGuarded(gateway, color.header, view));
  if (open.length === 0) return;
  const message = `whoever reaches ${open.join(', ')} may send \`${color.header}\``;
  view.report(manifest, 'TINCT_LINT_EDGE_OPEN', message, color.path);
}

function isGuarded(gateway: string, header: string, { manifests }: View): boolean {
  const [namespace = '', name = ''] = gateway.split('/');
  const object = manifests.find(
    (one) => one.kind === 'Gateway' && one.name === name && one.namespace === namespace,
  );
  const isApi = object?.group === 'gateway.networking.k8s.io';
  const pods = isApi
    ? { 'gateway.networking.k8s.io/gateway-name': name }
    : textsAt(object?.value, ['spec', 'selector']);
  return manifests.some(
    (one) =>
      one.namespace === namespace &&
      holdsFor(one, name, object === undefined ? undefined : pods) &&
      (admitsSomeOnly(one) || removesEarly(one, header)),
  );
}

/** Whether a policy or filter is for a gateway's pods: by labels, by reference, or for its whole namespace. */
function holdsFor(
  { value }: Manifest,
  gateway: string,
  pods: Readonly<Record<string, string>> | undefined,
): boolean {
  const targets = [
    ...itemsAt(value, ['spec', 'targetRefs']).map(([one]) => one),
    valueAt(value, ['spec', 'targetRef']),
  ].filter(isRecord);
  if (targets.length > 0) return targets.some((one) => one['name'] === gateway);
  const labels = {
    ...textsAt(value, ['spec', 'selector', 'matchLabels']),
    ...textsAt(value, ['spec', 'workloadSelector', 'labels']),
  };
  return pods === undefined || selects(labels, pods);
}

/** An AuthorizationPolicy that admits by who the peer is, or denies all others. */
function admitsSomeOnly({ kind, value }: Manifest): boolean {
  if (kind !== 'AuthorizationPolicy') return false;
  const sources = itemsAt(value, ['spec', 'rules']).map(([rule]) =>
    itemsAt(rule, ['from']).map(([one]) => valueAt(one, ['source'])),
  );
  const action = valueAt(value, ['spec', 'action']) ?? 'ALLOW';
  if (action === 'ALLOW')
    return sources.length > 0 && sources.every((from) => from.length > 0 && from.every(isRecord));
  return action === 'DENY' && sources.some((from) => from.some(isAllButSome));
}

const isAllButSome = (source: unknown): boolean =>
  isRecord(source) &&
  ['notPrincipals', 'notIpBlocks', 'notRemoteIpBlocks'].some((key) => source[key] !== undefined);

/** An EnvoyFilter that takes a header away before routes are chosen. */
function removesEarly({ kind, value }: Manifest, header: string): boolean {
  return kind === 'EnvoyFilter' && mutationsOf(value).some((one) => removes(one, header));
}

function mutationsOf(value: unknown): unknown[] {
  return found(value, 'early_header_mutation_extensions').flatMap((extensions) =>
    itemsAt(extensions, []).flatMap(([one]) =>
      itemsAt(one, ['typed_config', 'mutations']).map(([mutation]) => mutation),
    ),
  );
}

function removes(mutation: unknown, header: string): boolean {
  const matcher = valueAt(mutation, ['remove_on_match', 'key_matcher']);
  const prefix = valueAt(matcher, ['prefix']);
  const exact = [valueAt(mutation, ['remove']), valueAt(matcher, ['exact'])];
  return (
    exact.some((name) => typeof name === 'string' && name.toLowerCase() === header) ||
    (typeof prefix === 'string' && prefix !== '' && header.startsWith(prefix.toLowerCase()))
  );
}

/** Every value of a key, however deep. */
function found(value: unknown, key: string): unknown[] {
  if (Array.isArray(value)) return value.flatMap((one) => found(one, key));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name === key ? [inner] : found(inner, key),
  );
}

const EXT_AUTHZ = 'envoy.extensions.filters.http.ext_authz.v3.ExtAuthz';

function checkFilter(manifest: Manifest, view: View): void {
  for (const [patch, path] of itemsAt(manifest.value, ['spec', 'configPatches'])) {
    const at: Path = [...path, 'patch', 'value', 'typed_config'];
    const config = valueAt(manifest.value, at);
    const type = valueAt(config, ['@type']);
    // Others ask ext_authz for other things.
    if (
      !isRecord(config) ||
      !String(type).endsWith(EXT_AUTHZ) ||
      !/tinct/.test(JSON.stringify(patch))
    )
      continue;
    if (config['clear_route_cache'] !== true)
      view.report(manifest, 'TINCT_LINT_FILTER_ROUTE_CACHE', '`clear_route_cache` is not set', at);
    const headers = Object.values(view.plan?.releases ?? {}).map(({ header }) => header);
    const open = headers.filter(
      (header) => !mutationsOf(manifest.value).some((one) => removes(one, header)),
    );
    const isOpen =
      view.plan === undefined ? mutationsOf(manifest.value).length === 0 : open.length > 0;
    if (config['failure_mode_allow'] !== true || !isOpen) continue;
    const which = open.length === 0 ? 'no color header' : `not \`${open.join('`, `')}\``;
    view.report(
      manifest,
      'TINCT_LINT_FILTER_OPEN',
      `failures are allowed, and ${which} is removed early`,
      [...at, 'failure_mode_allow'],
    );
  }
}
