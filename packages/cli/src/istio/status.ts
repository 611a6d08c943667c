/** How a plan's objects stand in a cluster, and who else has a say. */
import { TinctError } from '@tinct/core';
import {
  type Adoptee,
  adopted,
  adoptedFrom,
  isAdopted,
  isSettled,
  type LiveObject,
  managersOf,
  type OwnObject,
  ownerPlan,
  REVISION_ANNOTATION,
  type Ref,
  refKey,
  refOf,
  refText,
  releasesOf,
  shared,
  trackerOf,
} from '@tinct/istio-config';
import type { Style } from '../frame/printer.ts';
import type { Cluster } from '../kubernetes/cluster.ts';
import { columns, indented } from '../text/table.ts';
import { visible } from '../text/words.ts';
import type { Wanted } from './target-plan.ts';

/** `taken`: somebody else owns a field that Tinct would write. `left`: no longer in the plan. */
export type State = 'there' | 'missing' | 'drifted' | 'taken' | 'left';

export interface ObjectStatus extends Ref {
  readonly state: State;
  /** When it was last written. */
  readonly revision: string | undefined;
  /** Field managers. */
  readonly managers: readonly string[];
  readonly releases: readonly string[];
  /** Of an object of somebody else's that carries the releases, who owned its routes or subsets before. */
  readonly adoptedFrom?: readonly string[];
}

/** Somebody else's object about the same requests. */
export interface ForeignStatus extends Ref {
  readonly managers: readonly string[];
  /** The program that keeps it as Git has it. */
  readonly tracker: string | undefined;
}

export interface Status {
  readonly objects: readonly ObjectStatus[];
  readonly foreign: readonly ForeignStatus[];
}

export async function statusOf(
  cluster: Cluster,
  { plan: { name: plan }, objects: wanted, insertions }: Wanted,
  all: readonly LiveObject[],
): Promise<Status> {
  const { objects, adoptees, obstacles } = shared({ plan, objects: wanted, insertions }, all);
  const there = new Map(all.map((object) => [refKey(refOf(object)), object]));
  const named = new Set(objects.map((object) => refKey(refOf(object))));
  const states = objects.map(async (object) => {
    const live = there.get(refKey(refOf(object)));
    return told(object, live, await stateOf(cluster, object, live));
  });
  const left = all.filter(
    (object) => ownerPlan(object) === plan && !named.has(refKey(refOf(object))),
  );
  const carrying = adoptees.filter(isCarrying);
  const others = [...obstacles, ...adoptees.filter((one) => !isCarrying(one))];
  const foreigners = new Set(others.map(({ object }) => object));
  return {
    objects: [
      ...(await Promise.all(states)),
      ...carrying.map(adopteeStatus),
      ...left.map((object) => told(object, object, 'left')),
    ],
    foreign: [...foreigners].map(foreign),
  };
}

/** Whether an object of somebody else's is the plan's to keep up, or has all that the plan wants of it. */
const isCarrying = ({ object, wish }: Adoptee): boolean =>
  isAdopted(object, wish.plan) || adopted(object, wish).patch.length === 0;

function adopteeStatus({ object, wish }: Adoptee): ObjectStatus {
  const isThere = adopted(object, wish).patch.length === 0;
  const from = (adoptedFrom(object) ?? []).map(({ manager }) => manager);
  return {
    ...told(object, object, isThere ? 'there' : 'drifted'),
    releases: wish.insertions.map(({ release }) => release),
    adoptedFrom: [...new Set(from)],
  };
}

async function stateOf(
  cluster: Cluster,
  object: OwnObject,
  live: LiveObject | undefined,
): Promise<State> {
  if (live === undefined) return 'missing';
  try {
    return isSettled(live, await cluster.apply(object, { dryRun: true })) ? 'there' : 'drifted';
  } catch (error) {
    if (error instanceof TinctError && error.code === 'TINCT_KUBE_CONFLICT') return 'taken';
    throw error;
  }
}

function told(
  object: OwnObject | LiveObject,
  live: LiveObject | undefined,
  state: State,
): ObjectStatus {
  return {
    ...refOf(object),
    state,
    revision: live?.metadata.annotations?.[REVISION_ANNOTATION],
    managers: live === undefined ? [] : managersOf(live),
    releases: releasesOf(object),
  };
}

const foreign = (object: LiveObject): ForeignStatus => ({
  ...refOf(object),
  managers: managersOf(object),
  tracker: trackerOf(object)?.name,
});

/** Release by release, with what is somebody else's below. */
export function statusLines({ objects, foreign }: Status, style: Style): string[] {
  const releases = [...new Set(objects.flatMap(({ releases }) => releases))].sort();
  const of = (name: string) => objects.filter(({ releases }) => releases.includes(name));
  const lines = releases.flatMap((name) => [
    style.bold(visible(name)),
    ...indented(columns(of(name).map((one) => objectRow(one, style)))),
    '',
  ]);
  if (foreign.length === 0) return lines;
  const rows = foreign.map(({ managers, tracker, ...ref }) => [
    visible(refText(ref)),
    visible(managers.join(', ')),
    tracker === undefined ? '' : `kept by ${tracker}`,
  ]);
  return [
    ...lines,
    style.bold('of others, about the same requests'),
    ...indented(columns(rows)),
    '',
  ];
}

function objectRow(of: ObjectStatus, style: Style): string[] {
  const { state, revision, managers, adoptedFrom, ...ref } = of;
  const paint = state === 'there' ? style.green : style.yellow;
  const written = revision === undefined ? '' : `written at revision ${visible(revision)}`;
  const adopted =
    adoptedFrom?.length === 0
      ? 'adopted'
      : `adopted from ${visible(adoptedFrom?.join(', ') ?? '')}`;
  return [
    visible(refText(ref)),
    paint(state),
    adoptedFrom === undefined ? written : adopted,
    managers.length === 0 ? '' : `by ${visible(managers.join(', '))}`,
  ];
}
