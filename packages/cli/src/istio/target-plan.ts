/** A plan and what it wants in a cluster. */
import { type OwnObject, ownObjects, routing } from '@tinct/istio-config';
import type { Values } from '../frame/options.ts';
import type { Session } from '../frame/session.ts';
import { type LoadedPlan, parseOrThrow, readPlan } from '../plan/load.ts';
import { releaseOf } from '../plan/releases.ts';
import { checked } from './checked.ts';
import { type documentOptions, generateOptions } from './document-options.ts';

export interface Wanted extends LoadedPlan {
  /** In the order of writing. */
  readonly objects: readonly OwnObject[];
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
  return { ...loaded, plan, objects: documents, home: routing(plan).routing.namespace };
}
