/** Subsets: named by routes, kept by DestinationRules, had by pods. */
import { valueAt } from '@tinct/core';
import { covers, isService, serviceOf } from '../manifests/hosts.ts';
import type { Manifest, Path } from '../manifests/manifest.ts';
import { textsAt } from '../manifests/read.ts';
import type { Destination } from '../manifests/virtual-service.ts';
import { type DestinationRule, labelsOf, selects, type View } from './view.ts';

export function checkSubsets(view: View): void {
  for (const { manifest, routes } of view.services)
    for (const { destinations } of routes)
      for (const destination of destinations) {
        checkKnown(destination, manifest, view);
        checkHost(destination.host, [...destination.path, 'destination', 'host'], manifest, view);
      }
  for (const rule of view.rules) {
    checkHost(rule.host, ['spec', 'host'], rule.manifest, view);
    checkPods(rule, view);
  }
}

function checkKnown({ host, subset, path }: Destination, manifest: Manifest, view: View): void {
  if (host === '' || subset === undefined || labelsOf(view, host, subset) !== undefined) return;
  const rules = view.rules.filter((rule) => covers(rule.host, host));
  const known = rules.flatMap((rule) => rule.subsets.map(({ name }) => name));
  const message =
    rules.length === 0
      ? `no DestinationRule of ${host} was read, so \`${subset}\` is unknown`
      : `${host} has the subsets ${known.join(', ') || '(none)'}, and no \`${subset}\``;
  if (known.includes(subset)) return;
  const at = [...path, 'destination', 'subset'];
  view.report(manifest, 'TINCT_LINT_SUBSET_UNKNOWN', message, at);
}

/** `reviews.shop`, `reviews.shop.svc`: names that look complete and are not. */
function checkHost(
  host: string,
  path: Path,
  manifest: Manifest,
  { report, manifests }: View,
): void {
  if (!host.includes('.') || host.includes('*') || isService(host)) return;
  const [name = '', namespace = '', ...rest] = host.split('.');
  const known = manifests.some(
    (one) => one.kind === 'Service' && one.name === name && one.namespace === namespace,
  );
  const isHalf =
    rest.join('.') === 'svc' || (rest.length === 0 && (known || isNamespace(namespace, manifests)));
  if (!isHalf) return;
  const hint = `write ${name}.${namespace}.svc.cluster.local`;
  report(manifest, 'TINCT_LINT_HOST_PARTIAL', `Istio looks for exactly \`${host}\``, path, hint);
}

const isNamespace = (name: string, manifests: readonly Manifest[]): boolean =>
  manifests.some(
    (one) => one.namespace === name || (one.kind === 'Namespace' && one.name === name),
  );

const TEMPLATED = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Rollout'];

/** The labels of an object's pods, if it has any. */
function podLabels(manifest: Manifest): Readonly<Record<string, string>> | undefined {
  const { kind, value, labels } = manifest;
  if (kind === 'Pod') return labels;
  if (kind === 'WorkloadEntry') return textsAt(value, ['spec', 'labels']);
  if (kind === 'WorkloadGroup') return textsAt(value, ['spec', 'metadata', 'labels']);
  return TEMPLATED.includes(kind)
    ? textsAt(value, ['spec', 'template', 'metadata', 'labels'])
    : undefined;
}

/** Only where pods of the service were read at all: a folder may hold routes alone. */
function checkPods({ manifest, host, subsets }: DestinationRule, view: View): void {
  const { name, namespace } = isService(host)
    ? serviceOf(host)
    : { name: '', namespace: manifest.namespace };
  const service = view.manifests.find(
    (one) => one.kind === 'Service' && one.name === name && one.namespace === namespace,
  );
  const selector = textsAt(service?.value, ['spec', 'selector']);
  const pods = view.manifests
    .filter((one) => one.namespace === namespace)
    .map(podLabels)
    .filter((labels) => labels !== undefined)
    .filter((labels) => selects(selector, labels));
  for (const { name: subset, labels, path } of subsets) {
    if (Object.keys(labels).length === 0 && !hasTraffic(manifest, path)) {
      const message = `\`${subset}\` selects every pod of ${host}`;
      view.report(manifest, 'TINCT_LINT_SUBSET_LABELS', message, path);
    } else if (pods.length > 0 && !pods.some((pod) => selects(labels, pod))) {
      const asked = Object.entries(labels).map(([key, value]) => `${key}: ${value}`);
      const message = `no workload of ${host} that was read has ${asked.join(', ')}`;
      view.report(manifest, 'TINCT_LINT_SUBSET_PODS', message, [...path, 'labels']);
    }
  }
}

/** A subset may stand for a policy of its own rather than for a version. */
const hasTraffic = ({ value }: Manifest, path: Path): boolean =>
  valueAt(value, [...path, 'trafficPolicy']) !== undefined;
