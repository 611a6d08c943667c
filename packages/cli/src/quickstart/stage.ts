/** The quickstart's stage: two versions of a service, and the edge in front of them, all on loopback. */
import { type CompiledPlan, type Finding, TinctError } from '@tinct/core';
import { type Edge, startEdge } from '@tinct/proxy';
import { FilePlanSource } from '@tinct/sdk';
import { type Service, startService } from './service.ts';

/** The release of the seed plan. */
export const RELEASE = 'my-service';
/** The port that the quickstart takes if it is free. */
export const USUAL_PORT = 8080;

export interface StageOptions {
  /** The plan file, watched. */
  readonly plan: string;
  /** 0: any free port. The usual one gives way to a free one when it is taken. */
  readonly port: number;
  readonly now: () => number;
  readonly onAccepted?: (compiled: CompiledPlan) => void;
  readonly onRefused?: (findings: readonly Finding[]) => void;
}

export interface Stage {
  readonly edge: Edge;
  close(): Promise<void>;
}

/** Sets the stage; whatever started is closed again when something does not. */
export async function setStage(options: StageOptions): Promise<Stage> {
  const services = await Promise.all(['v1', 'v2'].map(startService));
  const closeServices = () => Promise.all(services.map((service) => service.close()));
  try {
    const edge = await startOnFreePort(services, options);
    return {
      edge,
      async close() {
        await edge.close();
        await closeServices();
      },
    };
  } catch (error) {
    await closeServices();
    throw error;
  }
}

async function startOnFreePort(services: readonly Service[], options: StageOptions): Promise<Edge> {
  try {
    return await startWith(services, options, options.port);
  } catch (error) {
    const taken = error instanceof TinctError && error.code === 'TINCT_EDGE_ADDRESS';
    if (!taken || options.port !== USUAL_PORT) throw error;
    return startWith(services, options, 0);
  }
}

function startWith(
  services: readonly Service[],
  options: StageOptions,
  port: number,
): Promise<Edge> {
  const urls = Object.fromEntries(services.map(({ version, url }) => [version, url]));
  const { plan, now, onAccepted, onRefused } = options;
  return startEdge({
    plan: new FilePlanSource(plan),
    upstream: urls['v1'] as string,
    direct: { [RELEASE]: urls },
    port,
    // For the quickstart alone: every program on this machine may say who the user is.
    trustedHops: ['127.0.0.0/8', '::1/128'],
    graceMs: 1_000,
    now,
    onAccepted: ({ compiled }) => onAccepted?.(compiled),
    ...(onRefused === undefined ? {} : { onRefused }),
  });
}
