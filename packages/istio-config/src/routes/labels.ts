/** Labels that Kubernetes takes: Istio refuses the whole object for one that it doesn't. */
import { type Finding, finding } from '@tinct/core';
import type { Mention } from './mention.ts';

const NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const PREFIX = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

function isKey(key: string): boolean {
  const [prefix, name, ...more] = key.includes('/') ? key.split('/') : [undefined, key];
  return (
    more.length === 0 && NAME.test(name ?? '') && (prefix === undefined || PREFIX.test(prefix))
  );
}

const isValue = (value: string): boolean => value === '' || NAME.test(value);

/** What is wrong with the labels of a service's subsets and of its selector. */
export function labelFindings({ service, path }: Mention): Finding[] {
  const subsets = Object.entries(service.subsets).map(
    ([variant, labels]) => [[...path, 'subsets', variant], labels] as const,
  );
  const all = [...subsets, [[...path, 'selector'], service.selector ?? {}] as const];
  return all.flatMap(([at, labels]) =>
    Object.entries(labels)
      .filter(([key, value]) => !isKey(key) || !isValue(value))
      .map(([key, value]) =>
        finding('TINCT_ISTIO_LABEL', `\`${key}: ${value}\` is no label`, [...at, key]),
      ),
  );
}
