/** Writes what a preview found, stage by stage, so that at no moment a route names what is not there. */
import {
  type LiveObject,
  type OwnObject,
  refKey,
  refOf,
  STAGES,
  type Step,
  stepsOf,
} from '@tinct/istio-config';
import type { Cluster } from '../kubernetes/cluster.ts';
import type { Change, Preview } from './preview.ts';

/** Waits until the mesh has seen what was written. */
export type Settle = (written: readonly Step[]) => Promise<void>;

export interface Carrying {
  readonly settle: Settle;
  /** Whether it waits after the last stage too. */
  readonly waits: boolean;
}

/** Steps that change something, by stage; stages without any are left out. */
export function stagesOf(
  objects: readonly OwnObject[],
  { changes, live }: Pick<Preview, 'changes' | 'live'>,
): readonly (readonly Step[])[] {
  const quiet = new Set(
    changes.filter(({ kind }: Change) => kind === 'same').map(({ ref }) => refKey(ref)),
  );
  const steps = stepsOf(objects, live).filter(({ object }) => !quiet.has(keyOf(object)));
  return STAGES.map((stage) => steps.filter((step) => step.stage === stage)).filter(
    (stage) => stage.length > 0,
  );
}

const keyOf = (object: LiveObject | OwnObject): string => refKey(refOf(object));

export async function carryOut(
  cluster: Cluster,
  stages: readonly (readonly Step[])[],
  { settle, waits }: Carrying,
): Promise<void> {
  for (const [index, stage] of stages.entries()) {
    for (const step of stage)
      await (step.kind === 'apply' ? cluster.apply(step.object) : cluster.remove(step.object));
    if (waits || index < stages.length - 1) await settle(stage);
  }
}
