/** What the workers of a crew do: all that a crew of edges and one of ext_authz servers have not in common. */
import type { Finding, Plan } from '@tinct/core';
import type { BrainOptions } from '../brain.ts';
import { GatewayGuard, type GuardStats } from '../ext-authz/gateway.ts';
import { type ExtAuthzOptions, resolveExtAuthz } from '../ext-authz/options.ts';
import { Upstreams } from '../forward/upstreams.ts';
import { type EdgeOptions, type Limits, resolveOptions, type Settings } from '../options.ts';
import type { Ledger } from '../record/ledger.ts';
import { type Handed, type Job, KEPT } from './messages.ts';

export interface Trade {
  readonly options: BrainOptions & Pick<EdgeOptions, 'keys' | 'onTlsRefused'>;
  readonly settings: Pick<Settings, 'host' | 'port' | 'now' | 'visitor' | 'limits' | 'graceMs'>;
  /** What else has to hold of a plan. */
  readonly inspect: (plan: Plan) => readonly Finding[];
  /** What each of so many workers begins with. */
  job(workers: number): Job;
  /** What is counted beside what every crew counts. */
  beside(totals: Ledger): Partial<GuardStats>;
}

/** Every worker has its part of what all of them may take on. */
function parts(limits: Partial<Limits> = {}, workers: number): Partial<Limits> {
  const { connections = 0, requests = 0 } = limits;
  const part = (most: number) => Math.ceil(most / workers);
  return { ...limits, connections: part(connections), requests: part(requests) };
}

/** What can be handed to a thread. */
function handed<O extends object>(options: O): Handed<O> {
  const isKept = (name: string) => KEPT.some((kept) => kept === name);
  return Object.fromEntries(
    Object.entries(options).filter(([name]) => !isKept(name)),
  ) as unknown as Handed<O>;
}

/** The same job with other options. */
export const withOptions = (
  job: Job,
  more: Partial<Pick<EdgeOptions, 'port' | 'keys'> & Pick<ExtAuthzOptions, 'secrets'>>,
): Job => ({ ...job, options: { ...job.options, ...more } }) as Job;

const shared = (limits: Partial<Limits> | undefined, workers: number) => ({
  limits: parts(limits, workers),
  reusePort: true,
});

/** Throws a `TinctError` as `startEdge` does. */
export function edgeTrade(options: EdgeOptions): Trade {
  const settings = resolveOptions(options);
  const upstreams = new Upstreams(settings);
  return {
    options,
    settings,
    inspect: (plan) => upstreams.inspect(plan),
    job: (workers) => ({
      kind: 'edge',
      options: { ...handed(options), ...shared(options.limits, workers) },
    }),
    beside: () => ({}),
  };
}

/** Throws a `TinctError` as `startExtAuthz` does. */
export function extAuthzTrade(options: ExtAuthzOptions): Trade {
  const settings = resolveExtAuthz(options);
  return {
    options,
    settings,
    inspect: () => [],
    job: (workers) => ({
      kind: 'ext-authz',
      options: { ...handed(options), ...shared(options.limits, workers) },
    }),
    beside: (totals) => new GatewayGuard([], false, totals).stats(),
  };
}
