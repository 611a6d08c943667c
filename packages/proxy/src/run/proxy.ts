/** The composition root of the program: a configuration becomes an edge with its log. */
import type { Finding } from '@tinct/core';
import type { PlanInForce } from '@tinct/sdk';
import type { LoadedConfig } from '../config/load.ts';
import { type Edge, type EdgeAddress, startEdge } from '../edge.ts';
import { edgeOptions, type Folders, planSource } from './edge-options.ts';
import { createLogger, type Logger, type LogSink, logFindings } from './log.ts';

export interface ProxyWorld {
  readonly folders: Folders;
  /** Takes the log's lines. */
  readonly log: LogSink;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: (() => number) | undefined;
}

/** A proxy that runs. */
export interface Proxy {
  readonly address: EdgeAddress;
  /** Reads the plan again. */
  reload(): Promise<void>;
  /** Takes no more requests, lets those that run finish, ends. May be called again. */
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
function sayWhatRuns(edge: Edge, log: Logger): void {
  if (edge.plan.current() === undefined)
    log.warn('there is no plan: nothing is decided, and everyone gets the stable version');
  log.info({ 'url.full': edge.address.url }, 'the edge listens');
}

/**
 * Starts a proxy from a checked configuration.
 *
 * @throws {TinctError} for an address that cannot be listened on.
 */
export async function startProxy(loaded: LoadedConfig, world: ProxyWorld): Promise<Proxy> {
  const { config } = loaded;
  if (config === undefined) throw new TypeError('a configuration with errors starts nothing');
  const now = world.now ?? Date.now;
  const log = createLogger(config.log, world.log, now);
  const edge = await startEdge({
    ...edgeOptions(config),
    ...planNews(log),
    plan: planSource(config, loaded, world.folders),
    now,
  });
  sayWhatRuns(edge, log);
  const stop = async () => {
    await edge.close();
    log.info('the edge ended');
  };
  let stopping: Promise<void> | undefined;
  return {
    address: edge.address,
    async reload() {
      log.info('the plan is read again');
      await edge.plan.load();
    },
    stop: () => (stopping ??= stop()),
  };
}
