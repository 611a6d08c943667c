/**
 * The intermediate form of every document: services with their colors, and the hosts by which requests come in.
 * It knows nothing of Istio's or the Gateway API's objects.
 */

/** Pods of a service that a variant means. */
export interface Subset {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Requests that carry `header: variant` (or the baggage member of the release) go to `subset`. */
export interface Color {
  readonly release: string;
  /** The release's routing header, in lower case. */
  readonly header: string;
  readonly variant: string;
  readonly subset: string;
}

/** What becomes of requests without a color: all to one subset, or shared by weight. */
export interface Share {
  readonly subset: string;
  /** Thousandths of a percent; all shares of a service make 100,000. */
  readonly thousandths: number;
}

/** A service with everything that routes to it say. */
export interface ServiceRouting {
  /** Full: `my-service.shop.svc.cluster.local`. */
  readonly host: string;
  /** The Service's name, or one made of the host where there is no Service. */
  readonly name: string;
  readonly namespace: string;
  /** Whether a Kubernetes Service stands behind the host. */
  readonly isService: boolean;
  readonly port: number | undefined;
  readonly targetPort: number | undefined;
  readonly protocol: 'http' | 'grpc';
  readonly selector: Readonly<Record<string, string>> | undefined;
  readonly subsets: readonly Subset[];
  /** One for each variant of each release, stable ones too; the first that matches holds. */
  readonly colors: readonly Color[];
  /** The first release's stable variant: where uncolored requests go. */
  readonly stable: { readonly release: string; readonly variant: string };
  /** Uncolored requests; one share of everything unless weights are wanted. */
  readonly shares: readonly Share[];
  /** Where the plan names the service: for findings. */
  readonly path: readonly string[];
}

/** A host by which requests come in, with the services behind it. */
export interface Entrance {
  /** A host, `*.` and a host, or `*`. */
  readonly host: string;
  /** Longer paths first. */
  readonly branches: readonly Branch[];
}

export interface Branch {
  /** Path prefixes by whole segments; none means every path. */
  readonly paths: readonly string[];
  readonly service: ServiceRouting;
}

export interface Gateway {
  readonly name: string;
  readonly namespace: string;
}

export interface Routing {
  /** By host. */
  readonly services: readonly ServiceRouting[];
  /** By host. */
  readonly entrances: readonly Entrance[];
  readonly gateways: readonly Gateway[];
  /** Where the documents of entrances are written. */
  readonly namespace: string;
}
