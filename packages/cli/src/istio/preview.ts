/** What writing a plan's objects would change, found without writing: the server tries each object and keeps none. */
import { TinctError } from '@tinct/core';
import {
  type Adoptee,
  adoptedFrom,
  isSettled,
  type LiveObject,
  type Owner,
  type OwnObject,
  ownerPlan,
  ownersOf,
  type Ref,
  refKey,
  refOf,
  type Shared,
  takenBy,
} from '@tinct/istio-config';
import type { Cluster } from '../kubernetes/cluster.ts';
import { rewrite } from './adopt.ts';
import type { Wanted } from './target-plan.ts';

export interface Change {
  readonly ref: Ref;
  readonly kind: 'create' | 'change' | 'delete' | 'same';
  readonly before: LiveObject | undefined;
  /** As the server would keep it. */
  readonly after: LiveObject | undefined;
  /** Of an object of somebody else's, who owned its routes or subsets before. */
  readonly adoptedFrom?: readonly Owner[];
}

export interface Preview {
  readonly changes: readonly Change[];
  /** The plan's own, as it is in the cluster. */
  readonly live: readonly LiveObject[];
}

const KINDS: Readonly<Record<'istio' | 'gateway-api', readonly (readonly [string, string])[]>> = {
  istio: [
    ['networking.istio.io/v1', 'DestinationRule'],
    ['networking.istio.io/v1', 'VirtualService'],
  ],
  'gateway-api': [
    ['v1', 'Service'],
    ['gateway.networking.k8s.io/v1', 'HTTPRoute'],
    ['gateway.networking.k8s.io/v1', 'GRPCRoute'],
  ],
};

/** All objects of the kinds and namespaces that a plan is about. */
export async function survey(
  cluster: Cluster,
  { objects, home }: Pick<Wanted, 'objects' | 'home'>,
  target: 'istio' | 'gateway-api',
): Promise<readonly LiveObject[]> {
  const namespaces = new Set([home, ...objects.map(({ metadata }) => metadata.namespace)]);
  const gateways = objects.filter(({ kind }) => kind === 'Gateway');
  const more = gateways.slice(0, 1).map(({ apiVersion, kind }) => [apiVersion, kind] as const);
  const asked = [...KINDS[target], ...more].flatMap(([apiVersion, kind]) =>
    [...namespaces].map((namespace) => cluster.list({ apiVersion, kind, namespace })),
  );
  return (await Promise.all(asked)).flat();
}

/** What writing these objects, and into those of others, would change. Rejects with TINCT_KUBE_FOREIGN where a name is taken. */
export async function preview(
  cluster: Cluster,
  { plan, objects, adoptees }: Pick<Wanted, 'plan' | 'objects'> & Pick<Shared, 'adoptees'>,
  all: readonly LiveObject[],
): Promise<Preview> {
  const there = new Map(all.map((object) => [refKey(refOf(object)), object]));
  refuseTaken(objects, there, plan.name);
  const live = all.filter((object) => ownerPlan(object) === plan.name);
  const wanted = new Set(objects.map((object) => refKey(refOf(object))));
  const gone = live.filter((object) => !wanted.has(refKey(refOf(object))));
  const tried = objects.map(async (object) =>
    changeOf(there.get(refKey(refOf(object))), await cluster.apply(object, { dryRun: true })),
  );
  const changes = [
    ...(await Promise.all(tried)),
    ...(await Promise.all(adoptees.map((adoptee) => adoptedChange(cluster, adoptee)))),
    ...gone.map(
      (before): Change => ({ ref: refOf(before), kind: 'delete', before, after: undefined }),
    ),
  ];
  return { changes, live };
}

async function adoptedChange(cluster: Cluster, { object, wish }: Adoptee): Promise<Change> {
  const after = await rewrite(cluster, object, wish, { dryRun: true });
  const from = adoptedFrom(object) ?? ownersOf(object);
  return { ...changeOf(object, after), adoptedFrom: from };
}

function refuseTaken(
  objects: readonly OwnObject[],
  there: ReadonlyMap<string, LiveObject>,
  plan: string,
): void {
  for (const object of objects) {
    const live = there.get(refKey(refOf(object)));
    const said = live === undefined ? undefined : takenBy(live, ownerPlan(live), plan);
    if (said === undefined) continue;
    throw new TinctError('TINCT_KUBE_FOREIGN', said, {
      hint: 'give it another name, or remove it if nobody needs it',
    });
  }
}

function changeOf(before: LiveObject | undefined, after: LiveObject): Change {
  const ref = refOf(after);
  if (before === undefined) return { ref, kind: 'create', before, after };
  return { ref, kind: isSettled(before, after) ? 'same' : 'change', before, after };
}
