/** What every program of Tinct's is run with: a configuration's plan, keys, state, log and admin server. */
import { setTimeout } from 'node:timers/promises';
import type { Finding } from '@tinct/core';
import type { IssuerNews, PlanInForce } from '@tinct/sdk';
import type { Admin } from '../admin/server.ts';
import type { AdminView } from '../admin/view.ts';
import type { LoadedConfig } from '../config/load.ts';
import { milliseconds } from '../config/schema/values.ts';
import type { EdgeAddress } from '../downstream/listen.ts';
import { Exposition } from '../exposition/scrape.ts';
import { adminOf } from './admin.ts';
import { type Environment, type Folders, pathOf, planSource } from './edge-options.ts';
import type { Engine, EngineOptions, ProgramConfig } from './engine.ts';
import { keyReader } from './keys.ts';
import {
  asFindings,
  createLogger,
  type Logger,
  type LogSink,
  logFindings,
  requestNews,
} from './log.ts';
import { nodeFindings } from './node-version.ts';
import { AbortState } from './state.ts';

export interface ProgramWorld {
  readonly folders: Folders;
  /** Where a cluster says where its API server is. Default: nowhere. */
  readonly env?: Environment | undefined;
  /** Takes the log's lines. */
  readonly log: LogSink;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: (() => number) | undefined;
}

/** A program that runs. */
export interface RunningProgram {
  readonly address: EdgeAddress;
  /** Absent where the configuration has it off. */
  readonly admin: EdgeAddress | undefined;
  /** Reads the plan and the keys again. */
  reload(): Promise<void>;
  /** Is not ready, takes no more requests, lets those that run finish, ends. May be called again. */
  stop(): Promise<void>;
}

/** What a worker wrote of a request, if such lines are wanted now. */
function relayLine(log: Logger, sink: LogSink, line: string): void {
  if (['debug', 'info'].includes(log.level)) sink.write(line);
}

function planNews(log: Logger) {
  return {
    onAccepted: ({ compiled, findings }: PlanInForce) => {
      logFindings(log, findings, 'the plan has a warning');
      log.info({ 'tinct.revision': compiled.revision }, 'a plan came into force');
    },
    onRefused: (findings: readonly Finding[]) =>
      logFindings(log, findings, 'a plan was refused; the last good one stays'),
    onMended: () => log.info('the plan in force is what its source holds again'),
    onIssuer: ({ url, error }: IssuerNews) => {
      if (error === undefined) log.info({ 'url.full': url }, 'the keys of an issuer come again');
      else logFindings(log, asFindings(error), 'the keys of an issuer do not come');
    },
  };
}

/** Without any plan everyone gets stable: that is safe, and nobody should have to guess it. */
function sayWhatRuns(engine: Engine, name: string, admin: Admin | undefined, log: Logger): void {
  logFindings(log, nodeFindings(process.versions.node), 'Node is older than it should be');
  if (engine.plan.current() === undefined)
    log.warn('there is no plan: nothing is decided, and everyone gets the stable version');
  if (admin !== undefined) log.info({ 'url.full': admin.address.url }, 'the admin server listens');
  log.info({ 'url.full': engine.address.url }, `${name} listens`);
}

function adminView(
  engine: Engine,
  state: AbortState | undefined,
  log: Logger,
  isReady: () => boolean,
  now: () => number,
): AdminView {
  return {
    plan: engine.plan,
    measured: engine.measured,
    metrics: new Exposition({ ...engine, isReady }),
    ...(engine.errors === undefined ? {} : { errors: engine.errors }),
    isReady,
    async keepKilled() {
      await state?.keep(engine.plan.status().killed);
      return state !== undefined;
    },
    logLevel: {
      get: () => log.level,
      set(level) {
        log.level = level;
      },
    },
    onAborted: (release, epoch) =>
      log.warn({ 'tinct.release': release, 'tinct.epoch': epoch }, 'a release was aborted'),
    now,
  };
}

function stateOf(config: ProgramConfig, loaded: Origins, folders: Folders) {
  if (config.state === undefined) return undefined;
  return new AbortState(pathOf(['state'], config.state, loaded, folders));
}

type Origins = Pick<LoadedConfig, 'originOf'>;

/**
 * Starts an engine from a checked configuration. `name`: what the log calls it.
 *
 * @throws {TinctError} for an address that cannot be listened on, and a token or a state that cannot be read.
 */
export async function startProgram<C extends ProgramConfig>(
  loaded: LoadedConfig<C>,
  world: ProgramWorld,
  name: string,
  start: (config: C, options: EngineOptions) => Promise<Engine>,
): Promise<RunningProgram> {
  const { config } = loaded;
  if (config === undefined) throw new TypeError('a configuration with errors starts nothing');
  const { folders, now = Date.now, env = {} } = world;
  const log = createLogger(config.log, world.log, now);
  const state = stateOf(config, loaded, folders);
  const killed = await state?.load();
  const readKeys = keyReader(config, loaded, folders);
  const keys = await readKeys();
  const engine = await start(config, {
    ...(keys === undefined ? {} : { keys }),
    onTlsRefused: (error) => logFindings(log, asFindings(error), 'certificates were refused'),
    ...planNews(log),
    ...(killed === undefined ? {} : { killed }),
    ...requestNews(log, config.log.requests),
    plan: planSource(config, loaded, folders, env),
    now,
    log,
    onLine: (line) => relayLine(log, world.log, line),
    logsRequests: config.log.requests,
  });
  const renew = async (what: string, reading: Promise<void> | undefined) =>
    reading?.catch((error) =>
      logFindings(log, asFindings(error), `the ${what} were refused; those of before stay`),
    );
  const renewKeys = async () => engine.useKeys(await readKeys());
  let isReady = true;
  const view = adminView(engine, state, log, () => isReady, now);
  const admin = await adminOf(config, loaded, folders, view).catch(async (error) => {
    await engine.close();
    throw error;
  });
  sayWhatRuns(engine, name, admin, log);
  const stop = async () => {
    isReady = false;
    engine.retire();
    log.info(`${name} drains`);
    await setTimeout(milliseconds(config.shutdown.notReady));
    await engine.close();
    // Last: until then /readyz says why.
    await admin?.close();
    log.info(`${name} ended`);
  };
  let stopping: Promise<void> | undefined;
  return {
    address: engine.address,
    admin: admin?.address,
    async reload() {
      log.info('the plan is read again');
      await Promise.all([
        engine.plan.load(),
        renew('keys', renewKeys()),
        renew('secrets', engine.renew?.()),
      ]);
    },
    stop: () => (stopping ??= stop()),
  };
}
