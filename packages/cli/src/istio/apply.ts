/** Writes a plan's objects: tried as a whole first, then stage by stage, one run at a time. */
import { hostname } from 'node:os';
import type { LiveObject } from '@tinct/istio-config';
import type { Session } from '../frame/session.ts';
import type { Cluster } from '../kubernetes/cluster.ts';
import { withLease } from '../kubernetes/lease.ts';
import { carryOut, stagesOf } from './carry-out.ts';
import { type Change, preview, refuseForeign, survey } from './preview.ts';
import { settling } from './settle.ts';
import type { Wanted } from './target-plan.ts';

export interface Applying {
  readonly target: 'istio' | 'gateway-api';
  readonly dryRun: boolean;
  readonly waits: boolean;
  /** Milliseconds. */
  readonly settle: number;
}

export interface Applied {
  readonly changes: readonly Change[];
  readonly written: boolean;
}

/** Brings the cluster to what the plan wants. With `dryRun` the server tries everything and keeps nothing. */
export async function applyWanted(
  cluster: Cluster,
  wanted: Wanted,
  applying: Applying,
  session: Session,
): Promise<Applied> {
  if (applying.dryRun)
    return { changes: (await looked(cluster, wanted, applying)).changes, written: false };
  return exclusively(cluster, wanted, session, async () => {
    const found = await looked(cluster, wanted, applying);
    const stages = stagesOf(wanted.objects, found);
    const { waits, settle } = applying;
    await carryOut(cluster, stages, { waits, settle: settling(settle, session) });
    return { changes: found.changes, written: stages.length > 0 };
  });
}

/** What would change; refuses what must not be written. */
export async function looked(
  cluster: Cluster,
  wanted: Wanted,
  { target }: Pick<Applying, 'target'>,
  all?: readonly LiveObject[],
) {
  const found = await preview(cluster, wanted, all ?? (await survey(cluster, wanted, target)));
  refuseForeign(found);
  return found;
}

/** While nobody else writes this plan's objects. */
export function exclusively<T>(
  cluster: Cluster,
  { plan, home }: Pick<Wanted, 'plan' | 'home'>,
  { now }: Session,
  act: () => Promise<T>,
): Promise<T> {
  const holder = `${hostname()}-${process.pid}`;
  return withLease(cluster, { namespace: home, plan: plan.name, holder, now }, act);
}
