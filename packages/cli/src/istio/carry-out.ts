/** Writes what a preview found, stage by stage, so that at no moment a route names what is not there. */
import {
  type LiveObject,
  type OwnObject,
  refKey,
  refOf,
  type Shared,
  STAGES,
  type Step,
  stepsOf,
} from '@tinct/istio-config';
import type { Cluster } from '../kubernetes/cluster.ts';
import { type Rewriting, rewrite, rewritingsOf } from './adopt.ts';
import type { Change, Preview } from './preview.ts';

/** What is written: an object of Tinct's own, or into one of somebody else's. */
export type Deed = Step | Rewriting;

/** Waits until the mesh has seen what was written. */
export type Settle = (written: readonly Deed[]) => Promise<void>;

export interface Carrying {
  readonly settle: Settle;
  /** Whether it waits after the last stage too. */
  readonly waits: boolean;
}

/** Steps that change something, by stage; stages without any are left out. */
export function stagesOf(
  { objects, adoptees }: Pick<Shared, 'objects' | 'adoptees'>,
  { changes, live }: Preview,
): readonly (readonly Deed[])[] {
  const quiet = new Set(
    changes.filter(({ kind }: Change) => kind === 'same').map(({ ref }) => refKey(ref)),
  );
  const own = stepsOf(objects, live).filter(({ object }) => !quiet.has(keyOf(object)));
  const others = adoptees.flatMap(rewritingsOf);
  // What goes, goes when everything that takes its place is there.
  const isGoing = ({ kind }: Deed) => kind === 'delete';
  const all = [...own.filter((one) => !isGoing(one)), ...others, ...own.filter(isGoing)];
  return STAGES.map((stage) => all.filter((deed) => deed.stage === stage)).filter(
    (stage) => stage.length > 0,
  );
}

const keyOf = (object: LiveObject | OwnObject): string => refKey(refOf(object));

export async function carryOut(
  cluster: Cluster,
  stages: readonly (readonly Deed[])[],
  { settle, waits }: Carrying,
): Promise<void> {
  for (const [index, stage] of stages.entries()) {
    for (const deed of stage) await done(cluster, deed);
    if (waits || index < stages.length - 1) await settle(stage);
  }
}

function done(cluster: Cluster, deed: Deed): Promise<unknown> {
  if (deed.kind === 'rewrite') return rewrite(cluster, deed.object, deed.wish);
  return deed.kind === 'apply' ? cluster.apply(deed.object) : cluster.remove(deed.object);
}
