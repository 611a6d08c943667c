/** The little of Kubernetes' API that Tinct needs: what decides and what a test fakes stand behind these methods. */
import type { LiveObject, Ref } from '@tinct/istio-config';

/** One operation of a JSON Patch (RFC 6902). */
export interface Operation {
  readonly op: 'test' | 'add' | 'replace' | 'remove';
  readonly path: string;
  readonly value?: unknown;
}

export interface Trial {
  /** Checked by the server and not kept. */
  readonly dryRun?: boolean;
}

/** Everything rejects with a TinctError; its codes are those of the cluster in the table of errors. */
export interface Cluster {
  /** Where it is, for messages. */
  readonly server: string;
  /** The namespace of the kubeconfig's context. */
  readonly namespace: string;
  read(ref: Ref): Promise<LiveObject | undefined>;
  /** The objects of a kind in a namespace that a label selector meets. */
  list(of: Omit<Ref, 'name'>, selector?: string): Promise<readonly LiveObject[]>;
  /** Server-side apply; never takes a field that somebody else owns. */
  apply(object: LiveObject, trial?: Trial): Promise<LiveObject>;
  /** TINCT_KUBE_CHANGED when one of its tests fails. */
  patch(ref: Ref, patch: readonly Operation[], trial?: Trial): Promise<LiveObject>;
  /** TINCT_KUBE_CHANGED when it is there already. */
  create(object: LiveObject): Promise<LiveObject>;
  /** Gives a lease back, also when the program is told to end. */
  giveBack(lease: LiveObject): Promise<void>;
  /** Only this object in this state: TINCT_KUBE_CHANGED when it is another by now. Fine when it is gone. */
  remove(object: LiveObject, trial?: Trial): Promise<void>;
  close(): void;
}
