/** Traces where they are asked for, and nothing of them elsewhere. */
import { TinctError } from '@tinct/core';
import type { TraceOptions, Traces } from './contract.ts';

/** @throws {TinctError} where OpenTelemetry's packages are not installed */
export async function loadTraces(
  options: TraceOptions | undefined,
  now: () => number,
): Promise<Traces | undefined> {
  if (options === undefined) return undefined;
  try {
    const { startTraces } = await import('./start.ts');
    return startTraces(options, now);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new TinctError('TINCT_EDGE_TRACES', `traces need a package: ${(error as Error).message}`);
  }
}
