/** `tinct proxy`: a configuration becomes an edge with its admin server, its log and its state. */
import type { LoadedConfig } from '../config/load.ts';
import { startEdge } from '../edge.ts';
import { startCrew } from '../workers/crew.ts';
import { edgeOptions } from './edge-options.ts';
import { type ProgramWorld, type RunningProgram, startProgram } from './program.ts';
import { crewEvents, workersOf } from './workers.ts';

/**
 * Starts a proxy from a checked configuration.
 *
 * @throws {TinctError} for an address that cannot be listened on, and a token or a state that cannot be read.
 */
export function startProxy(loaded: LoadedConfig, world: ProgramWorld): Promise<RunningProgram> {
  return startProgram(
    loaded,
    world,
    'the edge',
    (config, { log, onLine, logsRequests, ...given }) => {
      const options = { ...edgeOptions(config, loaded, world.folders), ...given };
      const workers = workersOf(config);
      return workers === 1
        ? startEdge(options)
        : startCrew(options, workers, crewEvents({ log, onLine, logsRequests }));
    },
  );
}
