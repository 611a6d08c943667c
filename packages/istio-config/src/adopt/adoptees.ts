/**
 * Which objects of others have to carry a plan's releases, because they speak of the same requests as objects that Tinct
 * would make, and which of its own it makes then.
 */
import { valueAt } from '@tinct/core';
import type { LiveObject } from '../apply/object.ts';
import { entrancesOf, hostnames, hostsOf, overlaps } from '../apply/overlap.ts';
import { type OwnObject, ownerPlan, releasesOf } from '../apply/owned.ts';
import type { Insertion } from '../foreign/insertion.ts';
import { covers } from '../manifests/hosts.ts';
import { adopted, type Wish } from './adopting.ts';
import { ADOPTED_ANNOTATION, adoptedFor } from './notes.ts';
import type { Promotion } from './promotion.ts';

/** An object of somebody else's, and what the plan wants of it. */
export interface Adoptee {
  readonly object: LiveObject;
  readonly wish: Wish;
}

/** Somebody else's object that stands in the way, and why Tinct cannot write into it. */
export interface Obstacle {
  readonly object: LiveObject;
  /** The release that it leads nowhere; none where it is only in the way. */
  readonly release?: string;
}

export interface Shared {
  /** What Tinct makes of its own. */
  readonly objects: readonly OwnObject[];
  readonly adoptees: readonly Adoptee[];
  readonly obstacles: readonly Obstacle[];
}

export interface Sharing {
  readonly plan: string;
  readonly objects: readonly OwnObject[];
  /** By release. */
  readonly insertions: ReadonlyMap<string, Insertion>;
  readonly promotion?: Promotion | undefined;
}

/** `all` are the objects of the kinds and namespaces that the plan is about. */
export function shared(
  { plan, objects, insertions, promotion }: Sharing,
  all: readonly LiveObject[],
): Shared {
  const others = all.filter((object) => ownerPlan(object) === undefined);
  const adoptees = others.flatMap((object): Adoptee[] => {
    const near = objects.filter((own) => overlaps(own, object));
    const names = [...new Set(near.flatMap(releasesOf))].sort();
    const wanted = names.flatMap((name) => insertions.get(name) ?? []);
    const concerned = adopted(object, { plan, insertions: wanted }).concerned;
    const wish = {
      plan,
      insertions: wanted.filter(({ release }) => concerned.includes(release)),
      ...(promotion === undefined ? {} : { promotion }),
    };
    return concerned.length > 0 || isAdopted(object, plan) ? [{ object, wish }] : [];
  });
  const carrying = adoptees.filter(({ wish }) => wish.insertions.length > 0);
  const left = objects.flatMap((own) => remainder(own, carrying));
  const missing = objects.flatMap((own) => lacking(own, carrying));
  const free = others.filter((object) => !carrying.some((one) => one.object === object));
  const inTheWay = free.filter((object) => left.some((own) => overlaps(own, object)));
  return {
    objects: left,
    adoptees,
    obstacles: [...missing, ...inTheWay.map((object) => ({ object }))],
  };
}

/** Whether a plan wrote into an object of somebody else's before, or has to give it back still. */
export const isAdopted = (object: LiveObject, plan: string): boolean => {
  const plans = adoptedFor(object);
  const isNoted = object.metadata.annotations?.[ADOPTED_ANNOTATION] !== undefined;
  return plans[plan] !== undefined || (isNoted && Object.keys(plans).length === 0);
};

/** Those who speak of all requests that come to an own object by one of its entrances. */
function speakers(own: OwnObject, entrance: string, adoptees: readonly Adoptee[]): Adoptee[] {
  return adoptees.filter(
    ({ object }) =>
      object.kind === own.kind && isCovered(own, object) && entrancesOf(object).includes(entrance),
  );
}

/** Whether another object speaks of all the hosts of an own one. */
function isCovered(own: OwnObject, other: LiveObject): boolean {
  const of = /Route$/.test(own.kind) ? hostnames : hostsOf;
  return of(own).every((host) => of(other).some((pattern) => covers(pattern, host)));
}

/** What of an object of Tinct's own nobody else says: all of it, less of its entrances, or nothing. */
function remainder(own: OwnObject, adoptees: readonly Adoptee[]): OwnObject[] {
  const entrances = entrancesOf(own);
  const free = entrances.map((entrance) => speakers(own, entrance, adoptees).length === 0);
  if (free.every((isFree) => isFree)) return [own];
  const field = own.kind === 'VirtualService' ? 'gateways' : 'parentRefs';
  const list = valueAt(own.spec, [field]);
  const left = Array.isArray(list) ? list.filter((_, i) => free[i]) : [];
  return left.length === 0 ? [] : [{ ...own, spec: { ...own.spec, [field]: left } }];
}

/** Releases that an own object would serve at an entrance, and that those who speak of it lead nowhere. */
function lacking(own: OwnObject, adoptees: readonly Adoptee[]): Obstacle[] {
  return entrancesOf(own).flatMap((entrance) => {
    const all = speakers(own, entrance, adoptees);
    const [first] = all;
    if (first === undefined) return [];
    const carried = all.flatMap(({ wish }) => wish.insertions.map(({ release }) => release));
    const missing = releasesOf(own).filter((release) => !carried.includes(release));
    return missing.map((release): Obstacle => ({ object: first.object, release }));
  });
}
