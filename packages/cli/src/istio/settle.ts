/** How long to wait until the mesh has seen what was written: until Envoys say so, or, where none is named, for a while. */
import { setTimeout } from 'node:timers/promises';
import { TinctError } from '@tinct/core';
import {
  type EnvoyState,
  envoyState,
  refOf,
  refText,
  sightOf,
  type Written,
} from '@tinct/istio-config';
import type { Session } from '../frame/session.ts';

/** Waits until the mesh has seen what was written. */
export type Settle = (written: readonly Written[]) => Promise<void>;

export interface Settling {
  /** Milliseconds. */
  readonly settle: number;
  /** Of Envoys' admin ports; none by default. */
  readonly envoys: readonly string[];
}

/** After which an Envoy is said not to take it. */
const LIMIT_MS = 60_000;
const PAUSE_MS = 50;

export function settling({ settle, envoys }: Settling, session: Session): Settle {
  return envoys.length === 0 ? pausing(settle, session) : asking(envoys, settle, session);
}

/** istiod gathers changes for 100 ms, or while more keep coming, before it tells the Envoys: a guess, and said to be one. */
function pausing(ms: number, { signal, err }: Session): Settle {
  let isSaid = false;
  return async () => {
    await setTimeout(ms, undefined, { signal });
    if (isSaid) return;
    isSaid = true;
    await err.write(
      `waited ${ms / 1000} s after a stage, and asked no Envoy whether it has it (--envoy-admin names some)\n`,
    );
  };
}

/** What no Envoy can say, such as that of an HTTPRoute, is waited for as if none was named. */
function asking(envoys: readonly string[], ms: number, session: Session): Settle {
  const pause = pausing(ms, session);
  return async (written) => {
    const told = new Set<Written>();
    for (const envoy of envoys)
      for (const one of await untilSeen(envoy, written, session.signal)) told.add(one);
    const silent = written.filter((one) => !told.has(one));
    const seen = `${told.size} of ${written.length} objects seen by ${envoys.join(', ')}`;
    await session.err.write(`${seen}\n`);
    if (silent.length > 0) await pause(silent);
  };
}

/** @returns what the Envoy says it has; of the others it says nothing. */
async function untilSeen(
  envoy: string,
  written: readonly Written[],
  signal: AbortSignal,
): Promise<readonly Written[]> {
  const deadline = performance.now() + LIMIT_MS;
  for (;;) {
    const state = await stateOf(envoy, signal);
    const unseen = written.find((one) => sightOf(state, one) === 'unseen');
    if (unseen === undefined) return written.filter((one) => sightOf(state, one) === 'seen');
    if (performance.now() > deadline) throw notSeen(envoy, unseen);
    await setTimeout(PAUSE_MS, undefined, { signal });
  }
}

function notSeen(envoy: string, { object }: Written): TinctError {
  const name = refText(refOf(object));
  return new TinctError(
    'TINCT_ENVOY_UNSEEN',
    `${envoy} has not taken ${name} for ${LIMIT_MS / 1000} s`,
  );
}

async function stateOf(envoy: string, signal: AbortSignal): Promise<EnvoyState> {
  const dump = '/config_dump?resource=';
  const [routes, clusters, info] = await Promise.all([
    page(envoy, `${dump}dynamic_route_configs`, signal),
    page(envoy, `${dump}dynamic_active_clusters&mask=cluster.name`, signal),
    page(envoy, '/server_info', signal),
  ]);
  return envoyState(routes, clusters, info);
}

async function page(envoy: string, path: string, signal: AbortSignal): Promise<unknown> {
  try {
    const within = AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]);
    const answer = await fetch(`${envoy.replace(/\/$/, '')}${path}`, { signal: within });
    if (!answer.ok) throw new Error(`it answered ${answer.status}`);
    return await answer.json();
  } catch (error) {
    if (signal.aborted) throw error;
    const { message, cause } = error as Error;
    const why = cause instanceof Error ? cause.message : message;
    throw new TinctError('TINCT_ENVOY_ADMIN', `${envoy}: ${why}`, { cause: error });
  }
}
