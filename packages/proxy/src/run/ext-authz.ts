/** `tinct ext-authz`: a configuration becomes an ext_authz server with its admin server, its log and its state. */
import { EXT_AUTHZ, type ExtAuthzConfig } from '../config/ext-authz-schema.ts';
import { type ConfigInput, type LoadedConfig, loadShaped } from '../config/load.ts';
import { milliseconds } from '../config/schema/values.ts';
import { startExtAuthz } from '../ext-authz/server.ts';
import { startExtAuthzCrew } from '../workers/crew.ts';
import { type Folders, type Located, pathOf, tlsOptions, visitorOptions } from './edge-options.ts';
import type { Engine, EngineOptions } from './engine.ts';
import { readSmall } from './files.ts';
import { type ProgramWorld, type RunningProgram, startProgram } from './program.ts';
import { crewEvents, workersOf } from './workers.ts';

/** Reads the configuration of `tinct ext-authz`. Never throws: everything that is wrong is in the findings. */
export const loadExtAuthzConfig = (input: ConfigInput): LoadedConfig<ExtAuthzConfig> =>
  loadShaped(input, EXT_AUTHZ);

/** Reads the gateways' secrets, as often as it is called. */
function secretReader(
  { gateway }: Pick<ExtAuthzConfig, 'gateway'>,
  at: Located,
): () => Promise<readonly string[]> {
  const { secret, secretFile } = gateway;
  if (secretFile === undefined) return async () => (secret === undefined ? [] : [secret]);
  const file = pathOf(['gateway', 'secretFile'], secretFile, ...at);
  return async () => (await readSmall(file)).split(/\s+/).filter((line) => line !== '');
}

function serverOptions(config: ExtAuthzConfig, at: Located) {
  const { listen, trustedHops, forwardedHops, limits, shutdown } = config;
  return {
    ...listen,
    ...tlsOptions(config, at),
    ...visitorOptions(config),
    trustedHops,
    forwardedHops,
    limits,
    graceMs: milliseconds(shutdown.grace),
  };
}

/**
 * Starts an ext_authz server from a checked configuration.
 *
 * @throws {TinctError} for an address that cannot be listened on, and a secret, token or state that cannot be read.
 */
export function startExtAuthzProgram(
  loaded: LoadedConfig<ExtAuthzConfig>,
  world: ProgramWorld,
): Promise<RunningProgram> {
  const start = async (
    config: ExtAuthzConfig,
    { log, onLine, logsRequests, ...given }: EngineOptions,
  ): Promise<Engine> => {
    const at: readonly [typeof loaded, Folders] = [loaded, world.folders];
    const readSecrets = secretReader(config, at);
    const options = { ...serverOptions(config, at), ...given, secrets: await readSecrets() };
    const workers = workersOf(config);
    const server =
      workers === 1
        ? await startExtAuthz(options)
        : await startExtAuthzCrew(options, workers, crewEvents({ log, onLine, logsRequests }));
    const renew = async () => server.useSecrets(await readSecrets());
    return { ...server, renew };
  };
  return startProgram(loaded, world, 'the ext_authz server', start);
}
