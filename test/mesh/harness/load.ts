/** Many requests: each of a list once, or a load that goes on until it is stopped. */
import { Agent } from 'node:http';
import { type Answer, type AskOptions, ask } from './ask.ts';

/** Does something for each item, at most so many at a time. @returns what came of each, in their order. */
export async function forEach<T, R>(
  items: readonly T[],
  atATime: number,
  act: (item: T) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  const work = async () => {
    for (let i = next++; i < items.length; i = next++) results[i] = await act(items[i] as T);
  };
  await Promise.all(Array.from({ length: atATime }, work));
  return results;
}

/** One request of a load; times by `performance.now()`. */
export interface Shot {
  readonly index: number;
  readonly sentAt: number;
  readonly endedAt: number;
  /** What broke the connection, if it did. */
  readonly broken?: string;
  readonly status: number;
  readonly version: string | undefined;
}

export interface Load {
  /** Those that have ended, in the order of their end. */
  readonly shots: readonly Shot[];
  /** Lets the last ones end. */
  stop(): Promise<readonly Shot[]>;
}

export interface Request extends AskOptions {
  readonly url: string;
  readonly onAnswer?: (answer: Answer) => void;
}

/** Some clients that each send their next request when the last one has ended. */
export function startLoad(make: (index: number) => Request, clients = 8): Load {
  const agent = new Agent({ keepAlive: true });
  const shots: Shot[] = [];
  let goesOn = true;
  let next = 0;
  const client = async () => {
    while (goesOn) {
      const index = next++;
      const { url, onAnswer, ...options } = make(index);
      const sentAt = performance.now();
      const came = await ask(url, { agent, ...options }).catch((error: Error) => error);
      const endedAt = performance.now();
      if (!(came instanceof Error)) onAnswer?.(came);
      const how =
        came instanceof Error
          ? { broken: String(came), status: 0, version: undefined }
          : { status: came.status, version: came.version };
      shots.push({ index, sentAt, endedAt, ...how });
    }
  };
  const clients_ = Array.from({ length: clients }, client);
  return {
    shots,
    async stop() {
      goesOn = false;
      await Promise.all(clients_);
      agent.destroy();
      return shots;
    },
  };
}

/** What should not be there: broken connections, and answers that are no 200. */
export const failed = (shots: readonly Shot[]): Shot[] =>
  shots.filter(({ status }) => status !== 200);

/** How long requests took, in milliseconds, below which this share of them lies. */
export function quantile(shots: readonly Shot[], share: number): number {
  const times = shots.map(({ sentAt, endedAt }) => endedAt - sentAt).sort((a, b) => a - b);
  return times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
}
