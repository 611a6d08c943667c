/** A plan as it is handed to a worker. */
import { FingerprintList } from '@tinct/core';
import type { PlanInForce } from '@tinct/sdk';
import type { PlanMessage } from './messages.ts';

/** Its lists in memory that all share. */
export function messageOf({ text, lists }: PlanInForce): PlanMessage {
  const shared = [...lists].flatMap(([key, list]) =>
    list instanceof FingerprintList ? [[key, list.data] as const] : [],
  );
  return { text, lists: shared };
}
