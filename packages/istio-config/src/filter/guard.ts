/** What lets nobody but Tinct's edge into a gateway behind it: whoever reached it directly could send a color. */
import { type Document, document, ownName } from '../documents/document.ts';
import { type GatewayTarget, policyTarget } from './target.ts';

export interface GuardOptions {
  readonly namespace: string;
  readonly target: GatewayTarget;
  /** Identities of the edge, such as `cluster.local/ns/tinct/sa/tinct`: the gateway's listener must be ISTIO_MUTUAL. */
  readonly principals: readonly string[];
  /** Addresses and ranges that connections of the edge come from. */
  readonly ips: readonly string[];
  /** The only hosts that are guarded; empty: all. */
  readonly hosts: readonly string[];
}

/**
 * A policy that denies everybody else, so that policies that allow something stay as they are. Either an identity or an
 * address is enough.
 */
export function guardPolicy(options: GuardOptions): Document {
  const { namespace, target, principals, ips, hosts } = options;
  const source = {
    ...(principals.length > 0 && { notPrincipals: principals }),
    ...(ips.length > 0 && { notIpBlocks: ips }),
  };
  const to = hosts.length > 0 ? { to: [{ operation: { hosts: hosts.flatMap(withPorts) } }] } : {};
  return document(
    ['security.istio.io/v1', 'AuthorizationPolicy'],
    { name: ownName('only-the-edge'), namespace },
    { ...policyTarget(target), action: 'DENY', rules: [{ from: [{ source }], ...to }] },
  );
}

/** A client may write the port behind the host. */
const withPorts = (host: string): string[] => [host, `${host}:*`];

export interface MutualTlsOptions {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly hosts: readonly string[];
  /** The Secret with the gateway's certificate, its key, and the authority of the edge's certificate (`ca.crt`). */
  readonly credential: string;
}

/** A gateway that only who has a certificate of the edge's authority can speak to. */
export function mutualTlsGateway(options: MutualTlsOptions): Document {
  const { name, namespace, labels, hosts, credential } = options;
  const server = {
    port: { number: 443, name: 'https', protocol: 'HTTPS' },
    hosts: hosts.length === 0 ? ['*'] : hosts,
    tls: { mode: 'MUTUAL', credentialName: credential },
  };
  const spec = { selector: labels, servers: [server] };
  return document(['networking.istio.io/v1', 'Gateway'], { name, namespace }, spec);
}
