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
  type Written,
} from '@tinct/istio-config';
import type { Cluster } from '../kubernetes/cluster.ts';
import { type Rewriting, rewrite, rewritingsOf } from './adopt.ts';
import type { Change, Preview } from './preview.ts';
import type { Settle } from './settle.ts';

/** What is written: an object of Tinct's own, or into one of somebody else's. */
export type Deed = Step | Rewriting;

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
    const written: Written[] = [];
    for (const deed of stage) written.push(...(await done(cluster, deed)));
    // Notes of whose an object is are nothing to the mesh.
    if (written.length === 0) continue;
    if (waits || index < stages.length - 1) await settle(written);
  }
}

/** @returns what the mesh sees of it. */
async function done(cluster: Cluster, deed: Deed): Promise<Written[]> {
  const { object } = deed;
  if (deed.kind === 'rewrite') {
    const after = await rewrite(cluster, deed.object, deed.wish);
    const isSame = JSON.stringify(after.spec) === JSON.stringify(object.spec);
    return isSame ? [] : [{ kind: 'there', object: after }];
  }
  if (deed.kind === 'delete') {
    await cluster.remove(deed.object);
    return [{ kind: 'gone', object }];
  }
  await cluster.apply(deed.object);
  return [{ kind: 'there', object }];
}
