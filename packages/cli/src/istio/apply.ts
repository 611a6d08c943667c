/** Writes a plan's objects: tried as a whole first, then stage by stage, one run at a time. */
import { hostname } from 'node:os';
import { type Shared, shared } from '@tinct/istio-config';
import type { Session } from '../frame/session.ts';
import type { Cluster } from '../kubernetes/cluster.ts';
import { withLease } from '../kubernetes/lease.ts';
import { carryOut, stagesOf } from './carry-out.ts';
import { consented } from './consent.ts';
import { type Change, type Preview, preview, survey } from './preview.ts';
import { type Settling, settling } from './settle.ts';
import type { Wanted } from './target-plan.ts';

export interface Looking {
  readonly target: 'istio' | 'gateway-api';
  /** Whether objects of others may be written into. */
  readonly adopt: boolean;
}

export interface Writing extends Settling {
  readonly dryRun: boolean;
  readonly waits: boolean;
}

export interface Applied {
  readonly changes: readonly Change[];
  readonly written: boolean;
}

/** Brings the cluster to what the plan wants. With `dryRun` the server tries everything and keeps nothing. */
export async function applyWanted(
  cluster: Cluster,
  wanted: Wanted,
  how: Looking & Writing,
  session: Session,
): Promise<Applied> {
  const look = () => looked(cluster, wanted, how, session);
  return writing(cluster, wanted, { look, ...how }, session);
}

/** What would be written, and what it would change. */
export interface Found extends Pick<Shared, 'objects' | 'adoptees'>, Preview {}

/** Looks, and writes what it found, stage by stage, one run at a time. */
export async function writing(
  cluster: Cluster,
  of: Pick<Wanted, 'plan' | 'home'>,
  { look, dryRun, waits, ...how }: Writing & { readonly look: () => Promise<Found> },
  session: Session,
): Promise<Applied> {
  if (dryRun) return { changes: (await look()).changes, written: false };
  return exclusively(cluster, of, session, async () => {
    const found = await look();
    const stages = stagesOf(found, found);
    await carryOut(cluster, stages, { waits, settle: settling(how, session) });
    return { changes: found.changes, written: stages.length > 0 };
  });
}

/** What would change; refuses what must not be written. */
export async function looked(
  cluster: Cluster,
  wanted: Wanted,
  { target, adopt }: Looking,
  session: Session,
): Promise<Found> {
  const all = await survey(cluster, wanted, target);
  const { plan, objects, insertions, promotion } = wanted;
  const between = shared({ plan: plan.name, objects, insertions, promotion }, all);
  await consented(between, { adopt }, session);
  const found = await preview(cluster, { plan, ...between }, all);
  return { ...between, ...found };
}

/** While nobody else writes this plan's objects. */
function exclusively<T>(
  cluster: Cluster,
  { plan, home }: Pick<Wanted, 'plan' | 'home'>,
  { now }: Session,
  act: () => Promise<T>,
): Promise<T> {
  const holder = `${hostname()}-${process.pid}`;
  return withLease(cluster, { namespace: home, plan: plan.name, holder, now }, act);
}
