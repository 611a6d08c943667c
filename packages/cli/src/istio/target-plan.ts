/** A plan and what it wants in a cluster. */
import { hasErrors, type Plan } from '@tinct/core';
import {
  type Insertion,
  insertionOf,
  type OwnObject,
  ownObjects,
  type Promotion,
  routing,
} from '@tinct/istio-config';
import type { Values } from '../frame/options.ts';
import type { Session } from '../frame/session.ts';
import { type LoadedPlan, parseOrThrow, readPlan } from '../plan/load.ts';
import { releaseOf } from '../plan/releases.ts';
import { checked } from './checked.ts';
import { type documentOptions, generateOptions } from './document-options.ts';

export interface Wanted extends LoadedPlan {
  /** In the order of writing. */
  readonly objects: readonly OwnObject[];
  /** What objects of others have to carry, by release. */
  readonly insertions: ReadonlyMap<string, Insertion>;
  /** A release whose winner becomes stable, if one does. */
  readonly promotion?: Promotion;
  /** Where the plan's objects lie, and the lease. */
  readonly home: string;
}

type How = Values<typeof documentOptions> & { readonly namespace: string | undefined };

/** Reads a plan, says its warnings and makes its objects. */
export async function wantedOf(file: string, how: How, session: Session): Promise<Wanted> {
  return wantedBy(parseOrThrow(await readPlan(file, session), false), how, session);
}

export async function wantedBy(loaded: LoadedPlan, how: How, session: Session): Promise<Wanted> {
  const { istio } = loaded.plan;
  const { namespace = how.namespace } = istio;
  const plan =
    namespace === undefined ? loaded.plan : { ...loaded.plan, istio: { ...istio, namespace } };
  for (const release of how.abort) releaseOf(plan, release);
  const { documents, findings } = ownObjects(plan, generateOptions(how));
  await checked(findings, loaded, session);
  const home = routing(plan).routing.namespace;
  return { ...loaded, plan, objects: documents, insertions: insertionsOf(plan, how), home };
}

function insertionsOf(
  plan: Plan,
  { abort, carrier }: Pick<How, 'abort' | 'carrier'>,
): ReadonlyMap<string, Insertion> {
  const all = Object.keys(plan.releases).flatMap((name) => {
    const how = { abort: abort.includes(name), ...(carrier === undefined ? {} : { carrier }) };
    const { insertion, findings } = insertionOf(plan, name, how);
    return insertion === undefined || hasErrors(findings) ? [] : [[name, insertion] as const];
  });
  return new Map(all);
}
