/** `tinct proxy`: a configuration becomes an edge with its admin server, its log and its state. */
import { availableParallelism } from 'node:os';
import type { LoadedConfig } from '../config/load.ts';
import type { ProxyConfig } from '../config/schema.ts';
import { startEdge } from '../edge.ts';
import type { EdgeOptions } from '../options.ts';
import { startCrew } from '../workers/crew.ts';
import { edgeOptions } from './edge-options.ts';
import type { Engine, EngineOptions } from './engine.ts';
import { type ProgramWorld, type RunningProgram, startProgram } from './program.ts';

function crewOf(
  count: number,
  options: EdgeOptions,
  { log, onLine, logsRequests }: Pick<EngineOptions, 'log' | 'onLine' | 'logsRequests'>,
): Promise<Engine> {
  const onDied = (error: Error | undefined) =>
    log.error({ 'error.message': error?.message }, 'a worker died; another one takes its place');
  return startCrew(options, count, { onDied, onLine, logsRequests });
}

const workersOf = ({ workers }: Pick<ProxyConfig, 'workers'>): number =>
  workers === 'auto' ? availableParallelism() : workers;

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
        : crewOf(workers, options, { log, onLine, logsRequests });
    },
  );
}
