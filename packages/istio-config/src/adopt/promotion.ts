/**
 * The winner becomes stable in an object that carries its release: routes of its owner's that lead to the old stable
 * version lead to the new one, and the new one's subset is the owner's from now on, because their routes name it.
 */
import { isRecord, valueAt } from '@tinct/core';
import { versionName } from '../documents/gateway-api/services.ts';
import { disclaimed } from '../foreign/destination-rule.ts';
import type { Edit } from '../foreign/edits.ts';
import type { Insertion, Moved } from '../foreign/insertion.ts';
import { ownerOfRoute, ownerOfRule } from '../foreign/owner.ts';
import { fullHost } from '../manifests/hosts.ts';
import type { Path } from '../manifests/manifest.ts';
import { itemsAt } from '../manifests/read.ts';

export interface Promotion {
  readonly release: string;
  /** Variants. */
  readonly from: string;
  readonly to: string;
}

/** What has to change of an object; nothing where it is so already. */
export function promoted(object: unknown, { moved }: Insertion, of: Promotion): Edit[] {
  return moved.flatMap((service) => {
    const [from, to] = [subsetOf(service, of.from), subsetOf(service, of.to)];
    if (from === undefined || to === undefined || from === to) return [];
    if (valueAt(object, ['kind']) === 'DestinationRule')
      return disclaimed(object, of.release, service.service.host, to);
    return [...destinations(object, service, from, to), ...backends(object, service, from, to)];
  });
}

const subsetOf = ({ colors }: Moved, variant: string): string | undefined =>
  colors.find((color) => color.variant === variant)?.subset;

/** Destinations of a VirtualService's own routes. */
function destinations(object: unknown, { service }: Moved, from: string, to: string): Edit[] {
  const home = String(valueAt(object, ['metadata', 'namespace']) ?? 'default');
  return theirs(object, ['spec', 'http'], ownerOfRoute).flatMap(([route, path]) =>
    itemsAt(route, ['route']).flatMap(([one, at]): Edit[] => {
      const host = valueAt(one, ['destination', 'host']);
      const isMoved = typeof host === 'string' && fullHost(host, home) === service.host;
      if (!isMoved || valueAt(one, ['destination', 'subset']) !== from) return [];
      return [{ kind: 'set', path: [...path, ...at, 'destination', 'subset'], value: to }];
    }),
  );
}

/** Backends of an HTTPRoute's or GRPCRoute's own rules. */
function backends(object: unknown, { service }: Moved, from: string, to: string): Edit[] {
  const home = String(valueAt(object, ['metadata', 'namespace']) ?? 'default');
  return theirs(object, ['spec', 'rules'], ownerOfRule).flatMap(([rule, path]) =>
    itemsAt(rule, ['backendRefs']).flatMap(([ref, at]): Edit[] => {
      const isMoved =
        isRecord(ref) &&
        (ref['namespace'] ?? home) === service.namespace &&
        ref['name'] === versionName(service, from);
      return isMoved
        ? [{ kind: 'set', path: [...path, ...at, 'name'], value: versionName(service, to) }]
        : [];
    }),
  );
}

function theirs(
  object: unknown,
  path: Path,
  ownerOf: (item: unknown) => string | undefined,
): readonly (readonly [unknown, Path])[] {
  return itemsAt(object, path).filter(([item]) => ownerOf(item) === undefined);
}
