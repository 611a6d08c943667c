/** One run at a time for each plan: a coordination.k8s.io Lease, as controllers use it to choose a leader. */
import { TinctError } from '@tinct/core';
import type { LiveObject, Ref } from '@tinct/istio-config';
import type { Cluster, Operation } from './cluster.ts';

/** After which a run that died holds nobody back; it is renewed three times in it. */
const DURATION_S = 30;

export interface Holding {
  readonly namespace: string;
  readonly plan: string;
  /** Who holds it, so that others know whom to ask. */
  readonly holder: string;
  readonly now: () => number;
}

interface LeaseSpec {
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  readonly renewTime?: string;
}

/** MicroTime: Kubernetes wants six decimals. */
const microTime = (ms: number): string => new Date(ms).toISOString().replace('Z', '000Z');

const specOf = ({ holder, now }: Holding): LeaseSpec => ({
  holderIdentity: holder,
  leaseDurationSeconds: DURATION_S,
  renewTime: microTime(now()),
});

const refOfLease = ({ namespace, plan }: Holding): Ref => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  namespace,
  name: `tinct-${plan}`,
});

/** Does something while nobody else who asks for the same lease does. Rejects with TINCT_KUBE_LEASE when it is held. */
export async function withLease<T>(
  cluster: Cluster,
  holding: Holding,
  act: () => Promise<T>,
): Promise<T> {
  let held = Promise.resolve(await take(cluster, holding));
  const timer = setInterval(
    () => {
      // A renewal that fails is tried again; until the lease expires nobody else takes it.
      held = held.then((lease) => replaced(cluster, holding, lease).catch(() => lease));
    },
    (DURATION_S * 1000) / 3,
  );
  timer.unref();
  try {
    return await act();
  } finally {
    clearInterval(timer);
    await held.then((lease) => cluster.giveBack(lease)).catch(() => {});
  }
}

async function take(cluster: Cluster, holding: Holding): Promise<LiveObject> {
  const ref = refOfLease(holding);
  const found = await cluster.read(ref);
  try {
    if (found === undefined) return await cluster.create(made(ref, holding));
    const spec = (found.spec ?? {}) as LeaseSpec;
    if (isHeld(spec, holding.now())) throw heldBy(ref, spec, holding.now());
    return await replaced(cluster, holding, found);
  } catch (error) {
    if (!(error instanceof TinctError) || error.code !== 'TINCT_KUBE_CHANGED') throw error;
    const now = await cluster.read(ref);
    throw heldBy(ref, (now?.spec ?? {}) as LeaseSpec, holding.now());
  }
}

const made = (ref: Ref, holding: Holding): LiveObject => ({
  apiVersion: ref.apiVersion,
  kind: ref.kind,
  metadata: {
    name: ref.name,
    namespace: ref.namespace,
    labels: { 'app.kubernetes.io/managed-by': 'tinct' },
  },
  spec: specOf(holding),
});

function replaced(cluster: Cluster, holding: Holding, lease: LiveObject): Promise<LiveObject> {
  const { resourceVersion } = lease.metadata;
  const patch: Operation[] = [
    { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion },
    { op: 'add', path: '/spec', value: specOf(holding) },
  ];
  return cluster.patch(refOfLease(holding), patch);
}

const isHeld = (spec: LeaseSpec, now: number): boolean =>
  (spec.holderIdentity ?? '') !== '' && now < endOf(spec);

/** A lease that was never renewed has ended. */
function endOf({ renewTime = '', leaseDurationSeconds = DURATION_S }: LeaseSpec): number {
  const renewed = Date.parse(renewTime);
  return Number.isNaN(renewed) ? 0 : renewed + leaseDurationSeconds * 1000;
}

function heldBy({ namespace, name }: Ref, spec: LeaseSpec, now: number): TinctError {
  const seconds = Math.max(1, Math.ceil((endOf(spec) - now) / 1000));
  const who = spec.holderIdentity ?? 'somebody else';
  const hint = `wait: if that run has died, its lease ${namespace}/${name} ends in ${seconds} s`;
  return new TinctError('TINCT_KUBE_LEASE', `\`${who}\` is at work on this plan`, { hint });
}
