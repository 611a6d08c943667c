/** Tries the scenarios that it is given, and tells each one's rows. */
import { parentPort, workerData } from 'node:worker_threads';
import { SCENARIOS } from './scenarios.ts';
import { tried } from './trial.ts';

const { places, trials, seed } = workerData as { places: number[]; trials: number; seed: number };
for (const place of places) {
  const scenario = SCENARIOS[place];
  if (scenario !== undefined)
    parentPort?.postMessage({ place, rows: tried(scenario, trials, seed) });
}
