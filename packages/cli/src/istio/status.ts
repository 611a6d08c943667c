/** How a plan's objects stand in a cluster, and who else has a say. */
import { TinctError } from '@tinct/core';
import {
  isSettled,
  type LiveObject,
  managersOf,
  type OwnObject,
  overlaps,
  ownerPlan,
  RELEASE_LABEL,
  REVISION_ANNOTATION,
  type Ref,
  refKey,
  refOf,
  refText,
  trackerOf,
} from '@tinct/istio-config';
import type { Style } from '../frame/printer.ts';
import type { Cluster } from '../kubernetes/cluster.ts';
import { columns, indented } from '../text/table.ts';
import { visible } from '../text/words.ts';

/** `taken`: somebody else owns a field that Tinct would write. `left`: no longer in the plan. */
export type State = 'there' | 'missing' | 'drifted' | 'taken' | 'left';

export interface ObjectStatus extends Ref {
  readonly state: State;
  /** When it was last written. */
  readonly revision: string | undefined;
  /** Field managers. */
  readonly managers: readonly string[];
  readonly releases: readonly string[];
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
  plan: string,
  wanted: readonly OwnObject[],
  all: readonly LiveObject[],
): Promise<Status> {
  const there = new Map(all.map((object) => [refKey(refOf(object)), object]));
  const named = new Set(wanted.map((object) => refKey(refOf(object))));
  const states = wanted.map(async (object) => {
    const live = there.get(refKey(refOf(object)));
    return told(object, live, await stateOf(cluster, object, live));
  });
  const left = all.filter(
    (object) => ownerPlan(object) === plan && !named.has(refKey(refOf(object))),
  );
  const others = all.filter((object) => ownerPlan(object) === undefined);
  return {
    objects: [
      ...(await Promise.all(states)),
      ...left.map((object) => told(object, object, 'left')),
    ],
    foreign: others.filter((other) => wanted.some((own) => overlaps(own, other))).map(foreign),
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
  const labels = Object.keys(object.metadata.labels ?? {});
  const releases = labels
    .filter((label) => label.startsWith(RELEASE_LABEL))
    .map((label) => label.slice(RELEASE_LABEL.length));
  return {
    ...refOf(object),
    state,
    revision: live?.metadata.annotations?.[REVISION_ANNOTATION],
    managers: live === undefined ? [] : managersOf(live),
    releases,
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

function objectRow({ state, revision, managers, ...ref }: ObjectStatus, style: Style): string[] {
  const paint = state === 'there' ? style.green : style.yellow;
  return [
    visible(refText(ref)),
    paint(state),
    revision === undefined ? '' : `written at revision ${visible(revision)}`,
    managers.length === 0 ? '' : `by ${visible(managers.join(', '))}`,
  ];
}
