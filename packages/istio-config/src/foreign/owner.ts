/** Which release put a route or a rule where it stands; none for everyone else's. */
import { valueAt } from '@tinct/core';
import { ROUTED_HEADER } from '../documents/names.ts';
import { itemsAt } from '../manifests/read.ts';

const NAME = /^tinct\/([a-z0-9-]+)\//;

/** Of a VirtualService: its name is the mark. */
export function ownerOfRoute(route: unknown): string | undefined {
  const name = valueAt(route, ['name']);
  return typeof name === 'string' ? NAME.exec(name)?.[1] : undefined;
}

/** Of an HTTPRoute or GRPCRoute: the mark is what the rule says of itself in each response. */
export function ownerOfRule(rule: unknown): string | undefined {
  const values = itemsAt(rule, ['filters']).flatMap(([filter]) =>
    itemsAt(filter, ['responseHeaderModifier', 'set']).flatMap(([one]) =>
      valueAt(one, ['name']) === ROUTED_HEADER ? [String(valueAt(one, ['value']))] : [],
    ),
  );
  return values[0]?.split('=')[0];
}
