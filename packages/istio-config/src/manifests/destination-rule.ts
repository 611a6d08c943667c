/** The subsets of a DestinationRule. */
import { valueAt } from '@tinct/core';
import { fullHost } from './hosts.ts';
import type { Manifest, Path } from './manifest.ts';
import { itemsAt, textsAt } from './read.ts';

export interface Subset {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly path: Path;
}

export const isDestinationRule = ({ kind, group }: Manifest): boolean =>
  kind === 'DestinationRule' && group === 'networking.istio.io';

/** The host that a DestinationRule speaks of, its short name completed. */
export function ruleHost(manifest: Manifest): string {
  const host = valueAt(manifest.value, ['spec', 'host']);
  return typeof host === 'string' ? fullHost(host, manifest.namespace) : '';
}

export function subsetsOf(manifest: Manifest): Subset[] {
  return itemsAt(manifest.value, ['spec', 'subsets']).flatMap(([subset, path]) => {
    const name = valueAt(subset, ['name']);
    return typeof name === 'string' ? [{ name, labels: textsAt(subset, ['labels']), path }] : [];
  });
}
