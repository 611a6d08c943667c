/** How long to wait until the mesh has seen what was written. */
import { setTimeout } from 'node:timers/promises';
import type { Session } from '../frame/session.ts';
import type { Settle } from './carry-out.ts';

/** A pause: istiod gathers changes for 100 ms, or while more keep coming, before it tells the Envoys. */
export function settling(ms: number, { signal }: Session): Settle {
  return async () => {
    await setTimeout(ms, undefined, { signal });
  };
}
