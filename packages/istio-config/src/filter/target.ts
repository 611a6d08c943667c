/** Which gateway's pods a document is for. */

export type GatewayTarget =
  /** Pods with these labels: what an Istio Gateway selects. */
  | { readonly labels: Readonly<Record<string, string>> }
  /** The Gateway API's Gateway of this name, in the document's namespace. */
  | { readonly gateway: string };

const refs = (name: string): object => ({
  targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name }],
});

/** As an EnvoyFilter says it. */
export function filterTarget(target: GatewayTarget): object {
  return 'gateway' in target
    ? refs(target.gateway)
    : { workloadSelector: { labels: target.labels } };
}

/** As an AuthorizationPolicy says it. */
export function policyTarget(target: GatewayTarget): object {
  return 'gateway' in target ? refs(target.gateway) : { selector: { matchLabels: target.labels } };
}
