/** What istiod's counter of refused configurations says when a scenario ends. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Istiod } from './istiod.ts';

/** Longer than istiod gathers changes before it pushes them (100 ms). */
const CALM_MS = 250;
/** Somebody may push without end; then what is counted by now has to do. */
const LOOKS = 20;

/**
 * What is wrong at the end: an Envoy refused what it was given, or none did where a scenario provokes it.
 * @param provoked why Envoys refuse something in this scenario.
 * @returns undefined if all is well.
 */
export async function rejectsFault(
  istiod: Istiod,
  provoked: string | undefined,
): Promise<string | undefined> {
  if (!istiod.child.runs) return 'istiod ended before the scenario did';
  await calm(istiod);
  const rejects = await istiod.xdsRejects();
  if (provoked !== undefined && rejects === 0) return `no Envoy refused anything: ${provoked}`;
  if (provoked === undefined && rejects > 0)
    return `pilot_total_xds_rejects is ${rejects}: an Envoy refused what istiod gave it`;
  return undefined;
}

/** Until nothing is pushed any more: what was applied last could still be refused. */
async function calm(istiod: Istiod): Promise<void> {
  let before = await istiod.pushes();
  for (let look = 0; look < LOOKS; look += 1) {
    await sleep(CALM_MS);
    const now = await istiod.pushes();
    if (now === before) return;
    before = now;
  }
}
