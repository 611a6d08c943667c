/** A configuration becomes an edge's options. */
import { resolve } from 'node:path';
import { FilePlanSource, type PlanSource, UrlPlanSource } from '@tinct/sdk';
import type { LoadedConfig } from '../config/load.ts';
import { milliseconds, type ProxyConfig } from '../config/schema.ts';
import type { EdgeOptions } from '../options.ts';

/** What relative paths are relative to. */
export interface Folders {
  /** Of the configuration's file, for the paths in it. */
  readonly config: string;
  /** For paths in variables and flags. */
  readonly cwd: string;
}

/** A path of the configuration, from where it was written. */
export function pathOf(
  path: readonly string[],
  written: string,
  { originOf }: Pick<LoadedConfig, 'originOf'>,
  folders: Folders,
): string {
  return resolve(originOf(path).kind === 'file' ? folders.config : folders.cwd, written);
}

export function planSource(
  { plan }: ProxyConfig,
  loaded: Pick<LoadedConfig, 'originOf'>,
  folders: Folders,
): PlanSource {
  if (plan.url !== undefined)
    return new UrlPlanSource(plan.url, {
      everyMs: milliseconds(plan.every),
      timeoutMs: milliseconds(plan.timeout),
    });
  return new FilePlanSource(pathOf(['plan', 'file'], plan.file ?? '', loaded, folders));
}

/** What the configuration says of the edge itself. */
export function edgeOptions(config: ProxyConfig): Omit<EdgeOptions, 'plan'> {
  const { listen, upstream, direct, routes, trustedHops, timeouts, limits, shutdown } = config;
  return {
    ...listen,
    upstream,
    direct,
    routes,
    trustedHops,
    timeouts: {
      connectMs: milliseconds(timeouts.connect),
      headersMs: milliseconds(timeouts.headers),
      bodyMs: milliseconds(timeouts.body),
    },
    limits,
    graceMs: milliseconds(shutdown.grace),
  };
}
