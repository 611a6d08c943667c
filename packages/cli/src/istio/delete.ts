/** Takes a plan's objects out of a cluster, and its releases out of those of others. */
import {
  type Adoptee,
  adoptedFor,
  isAdopted,
  type LiveObject,
  type OwnObject,
  ownObjects,
  refKey,
  refOf,
  shared,
} from '@tinct/istio-config';
import type { Values } from '../frame/options.ts';
import type { Session } from '../frame/session.ts';
import type { Cluster } from '../kubernetes/cluster.ts';
import { releaseOf } from '../plan/releases.ts';
import { type Applied, type Found, type Writing, writing } from './apply.ts';
import { type documentOptions, generateOptions } from './document-options.ts';
import { preview, survey } from './preview.ts';
import type { Wanted } from './target-plan.ts';

export interface Deleting extends Writing, Values<typeof documentOptions> {
  /** Only this release; all of them by default. */
  readonly release: string | undefined;
}

/** Routes first, then what they led to. */
export async function deleteWanted(
  cluster: Cluster,
  wanted: Wanted,
  how: Deleting,
  session: Session,
): Promise<Applied> {
  const { release } = how;
  const left = release === undefined ? [] : without(wanted, release, how);
  const look = async (): Promise<Found> => {
    const all = await survey(cluster, wanted, how.target);
    const objects = remaining(wanted, left, all);
    const adoptees = leaving(wanted, release, all);
    const { plan } = wanted;
    return { objects, adoptees, ...(await preview(cluster, { plan, objects, adoptees }, all)) };
  };
  return writing(cluster, wanted, { ...how, look }, session);
}

/** What the plan's other releases need. */
function without({ plan }: Wanted, name: string, how: Deleting): readonly OwnObject[] {
  releaseOf(plan, name);
  const { [name]: _gone, ...releases } = plan.releases;
  const options = generateOptions(how);
  const abort = (options.abort ?? []).filter((one) => one !== name);
  return ownObjects({ ...plan, releases }, { ...options, abort }).documents;
}

/** Of the objects that are still needed those that are there: deleting makes none. */
function remaining(
  { plan, insertions }: Wanted,
  left: readonly OwnObject[],
  all: readonly LiveObject[],
): readonly OwnObject[] {
  const there = new Set(all.map((object) => refKey(refOf(object))));
  const { objects } = shared({ plan: plan.name, objects: left, insertions }, all);
  return objects.filter((object) => there.has(refKey(refOf(object))));
}

/** Objects of others that releases go out of. */
function leaving(
  { plan }: Wanted,
  release: string | undefined,
  all: readonly LiveObject[],
): Adoptee[] {
  return all
    .filter((object) => isAdopted(object, plan.name))
    .map((object) => {
      const releases = release === undefined ? adoptedFor(object)[plan.name] : [release];
      return { object, wish: { plan: plan.name, insertions: [], leaving: releases ?? [] } };
    });
}
