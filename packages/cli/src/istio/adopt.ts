/** Releases in live objects of others: read, change, write, and again where somebody else was faster. */
import { type ErrorCode, type Finding, hasErrors, TinctError } from '@tinct/core';
import {
  type Adoptee,
  adopted,
  handBack,
  type LiveObject,
  type Operation,
  refOf,
  refText,
  type Stage,
  trackerOf,
  type Wish,
} from '@tinct/istio-config';
import type { Cluster, Trial } from '../kubernetes/cluster.ts';
import { refused } from '../plan/load.ts';

/** After which somebody else is said to write it all the time. */
const ATTEMPTS = 8;

/** A step of writing that changes an object in its place. */
export interface Rewriting {
  readonly stage: Stage;
  readonly kind: 'rewrite';
  /** As it was when the step was made. */
  readonly object: LiveObject;
  readonly wish: Wish;
}

/** The steps that an object needs: targets are widened before routes are written, and narrowed after. */
export function rewritingsOf({ object, wish }: Adoptee): Rewriting[] {
  const step = (stage: Stage, now: LiveObject, of: Wish): Rewriting[] =>
    nextPatch(now, of).length === 0 ? [] : [{ stage, kind: 'rewrite', object, wish: of }];
  if (object.kind !== 'DestinationRule') return step('routes', object, wish);
  const widening = { ...wish, isWidening: true };
  const wide = adopted(object, widening).object;
  return [...step('targets', object, widening), ...step('leftovers', wide, wish)];
}

/** What is to be written next; empty when the object is as the plan wants it. */
function nextPatch(object: LiveObject, wish: Wish): readonly Operation[] {
  const { patch } = changeOf(object, wish);
  return patch.length > 0 || wish.isWidening === true ? patch : handBack(object);
}

function changeOf(object: LiveObject, wish: Wish) {
  const change = adopted(object, wish);
  if (hasErrors(change.findings)) throw refused(findingsIn(object, change.findings));
  return change;
}

/** What is to be said of an adoptee, with its name. */
export const findingsIn = (object: LiveObject, findings: readonly Finding[]): Finding[] =>
  findings.map((one) => ({ ...one, file: refText(refOf(object)) }));

/** Brings an object to what a plan wants of it. With `dryRun` the server tries the first change and keeps nothing. */
export async function rewrite(
  cluster: Cluster,
  object: LiveObject,
  wish: Wish,
  { dryRun = false }: Trial = {},
): Promise<LiveObject> {
  const ref = refOf(object);
  let now = object;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const patch = nextPatch(now, wish);
    if (patch.length === 0) return now;
    try {
      now = { ...(await cluster.patch(ref, patch, { dryRun })) };
      if (dryRun) return now;
    } catch (error) {
      if (!isChanged(error)) throw error;
      now = (await cluster.read(ref)) ?? fail(error);
      if (wish.insertions.length > 0) refuseTracked([now]);
    }
  }
  throw new TinctError(
    'TINCT_KUBE_CHANGED',
    `${refText(ref)} was changed ${ATTEMPTS} times meanwhile, last by \`${lastOf(now)}\``,
    { hint: `stop \`${lastOf(now)}\`, or put the release where it takes the object from` },
  );
}

/** What a program keeps is changed where it takes it from. */
export function refuseTracked(objects: readonly LiveObject[]): void {
  const said = objects.flatMap((object) => {
    const tracker = trackerOf(object);
    if (tracker === undefined) return [];
    const { name, by } = tracker;
    return [`${refText(refOf(object))} is kept by ${name} (\`${by}\` says so)`];
  });
  if (said.length === 0) return;
  throw new TinctError('TINCT_KUBE_TRACKED', `${said.join(', ')}, which would change it back`, {
    hint: 'edit in Git: `tinct istio apply --adopt` prints the patch on stdout, and `tinct istio generate --into FILE` writes it into the file; once that is rolled out, run this again',
  });
}

const CHANGED: ErrorCode = 'TINCT_KUBE_CHANGED';
const isChanged = (error: unknown): boolean =>
  error instanceof TinctError && error.code === CHANGED;

function fail(error: unknown): never {
  throw error;
}

/** Who wrote it last. */
function lastOf({ metadata }: LiveObject): string {
  const entries = [...(metadata.managedFields ?? [])].sort((a, b) =>
    (a.time ?? '') < (b.time ?? '') ? -1 : 1,
  );
  return entries.at(-1)?.manager ?? 'somebody';
}
