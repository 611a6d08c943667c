/** The composition root of the program: a configuration becomes an edge with its admin server, its log and its state. */
import { setTimeout } from 'node:timers/promises';
import type { Finding } from '@tinct/core';
import type { PlanInForce } from '@tinct/sdk';
import type { Admin } from '../admin/server.ts';
import type { AdminView } from '../admin/view.ts';
import type { LoadedConfig } from '../config/load.ts';
import { milliseconds, type ProxyConfig } from '../config/schema.ts';
import { type Edge, type EdgeAddress, startEdge } from '../edge.ts';
import { adminOf } from './admin.ts';
import { type Environment, edgeOptions, type Folders, pathOf, planSource } from './edge-options.ts';
import { keyReader } from './keys.ts';
import {
  asFindings,
  createLogger,
  type Logger,
  type LogSink,
  logFindings,
  requestLine,
} from './log.ts';
import { AbortState } from './state.ts';

export interface ProxyWorld {
  readonly folders: Folders;
  /** Where a cluster says where its API server is. Default: nowhere. */
  readonly env?: Environment | undefined;
  /** Takes the log's lines. */
  readonly log: LogSink;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: (() => number) | undefined;
}

/** A proxy that runs. */
export interface RunningProxy {
  readonly address: EdgeAddress;
  /** Absent where the configuration has it off. */
  readonly admin: EdgeAddress | undefined;
  /** Reads the plan and the keys again. */
  reload(): Promise<void>;
  /** Is not ready, takes no more requests, lets those that run finish, ends. May be called again. */
  stop(): Promise<void>;
}

function planNews(log: Logger) {
  return {
    onAccepted: ({ compiled, findings }: PlanInForce) => {
      logFindings(log, findings, 'the plan has a warning');
      log.info({ 'tinct.revision': compiled.revision }, 'a plan came into force');
    },
    onRefused: (findings: readonly Finding[]) =>
      logFindings(log, findings, 'a plan was refused; the last good one stays'),
  };
}

/** Without any plan everyone gets stable: that is safe, and nobody should have to guess it. */
function sayWhatRuns(edge: Edge, admin: Admin | undefined, log: Logger): void {
  if (edge.plan.current() === undefined)
    log.warn('there is no plan: nothing is decided, and everyone gets the stable version');
  if (admin !== undefined) log.info({ 'url.full': admin.address.url }, 'the admin server listens');
  log.info({ 'url.full': edge.address.url }, 'the edge listens');
}

function adminView(
  edge: Edge,
  state: AbortState | undefined,
  log: Logger,
  isReady: () => boolean,
  now: () => number,
): AdminView {
  return {
    plan: edge.plan,
    stats: edge.stats,
    isReady,
    async keepKilled() {
      await state?.keep(edge.plan.status().killed);
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

function stateOf(config: ProxyConfig, loaded: LoadedConfig, folders: Folders) {
  if (config.state === undefined) return undefined;
  return new AbortState(pathOf(['state'], config.state, loaded, folders));
}

/**
 * Starts a proxy from a checked configuration.
 *
 * @throws {TinctError} for an address that cannot be listened on, and a token or a state that cannot be read.
 */
export async function startProxy(loaded: LoadedConfig, world: ProxyWorld): Promise<RunningProxy> {
  const { config } = loaded;
  if (config === undefined) throw new TypeError('a configuration with errors starts nothing');
  const { folders, now = Date.now, env = {} } = world;
  const log = createLogger(config.log, world.log, now);
  const state = stateOf(config, loaded, folders);
  const killed = await state?.load();
  const readKeys = keyReader(config, loaded, folders);
  const keys = await readKeys();
  const edge = await startEdge({
    ...edgeOptions(config, loaded, folders),
    ...(keys === undefined ? {} : { keys }),
    onTlsRefused: (error) => logFindings(log, asFindings(error), 'certificates were refused'),
    ...planNews(log),
    ...(killed === undefined ? {} : { killed }),
    onServed: config.log.requests ? (served) => requestLine(log, served) : undefined,
    plan: planSource(config, loaded, folders, env),
    now,
  });
  const renewKeys = async () => {
    try {
      edge.useKeys(await readKeys());
    } catch (error) {
      logFindings(log, asFindings(error), 'the keys were refused; those of before stay');
    }
  };
  let isReady = true;
  const view = adminView(edge, state, log, () => isReady, now);
  const admin = await adminOf(config, loaded, folders, view).catch(async (error) => {
    await edge.close();
    throw error;
  });
  sayWhatRuns(edge, admin, log);
  const stop = async () => {
    isReady = false;
    edge.retire();
    log.info('the edge drains');
    await setTimeout(milliseconds(config.shutdown.notReady));
    await edge.close();
    // Last: until then /readyz says why.
    await admin?.close();
    log.info('the edge ended');
  };
  let stopping: Promise<void> | undefined;
  return {
    address: edge.address,
    admin: admin?.address,
    async reload() {
      log.info('the plan is read again');
      await Promise.all([edge.plan.load(), renewKeys()]);
    },
    stop: () => (stopping ??= stop()),
  };
}
