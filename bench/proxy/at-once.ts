/**
 * Servers beside each other on one core, each as busy as it can be: the kernel gives each of them some milliseconds in turn,
 * so that whatever else the machine does hits all alike.
 */
import type { Program } from './processes.ts';
import { type Driven, drive } from './wrk.ts';

/** A server, and the file of its requests. */
export interface Driveable {
  readonly port: number;
  readonly program: Program;
  readonly requests: string;
}

export interface AtOnceOptions {
  /** To each. */
  readonly connections: number;
  readonly seconds: number;
}

export interface Turn {
  readonly requests: number;
  /** Microseconds of processor time per request. */
  readonly us: number;
}

/** Connections break when the machine stalls: so many times in a row is no longer its doing. */
const TRIES = 5;

/** Drives all of them at the same time. */
export async function atOnce(
  servers: readonly Driveable[],
  { connections, seconds }: AtOnceOptions,
  tries = TRIES,
): Promise<Turn[]> {
  const before = servers.map(({ program }) => program.cpuNs);
  const driven = await Promise.allSettled(
    servers.map(({ port, requests }) =>
      drive({ url: `http://127.0.0.1:${port}`, requests, connections, seconds }),
    ),
  );
  const failed = driven.find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') {
    if (tries <= 1) throw failed.reason;
    return atOnce(servers, { connections, seconds }, tries - 1);
  }
  return servers.map(({ program }, i) => {
    const { requests: count } = (driven[i] as PromiseFulfilledResult<Driven>).value;
    return { requests: count, us: (program.cpuNs - (before[i] ?? 0)) / 1000 / count };
  });
}
