/** Services of the mesh: what Kubernetes knows of them, and Node servers as their pods. */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { Seen } from './ask.ts';
import type { Kube, KubeObject } from './kube.ts';

/** The pods' port. */
const TARGET_PORT = 9080;

/** A pod of one version. */
export interface Workload {
  readonly version: string;
  readonly address: string;
  readonly url: string;
  /** How many requests it got, and when the last one came (`performance.now()`). */
  readonly got: { count: number; lastAt: number };
  close(): unknown;
}

/** Serves at an address, in another protocol than HTTP/1.1, and says how to end it. */
export type Serve = (version: string, host: string, port: number) => Promise<() => unknown>;

export interface ServiceOptions {
  /** Default `shop`. */
  readonly namespace?: string;
  /** Default 80. A sidecar binds this port: above 1023 where one calls it. */
  readonly port?: number;
  /** Default `http`; Istio reads the protocol from it. */
  readonly portName?: string;
  /** What a version does. Default: it echoes. */
  readonly answer?: (version: string) => RequestListener;
  /** Instead of `answer`. */
  readonly serve?: Serve;
}

export interface Service<V extends string = string> {
  readonly name: string;
  readonly host: string;
  readonly versions: Readonly<Record<V, Workload>>;
}

/** Answers with what it saw. */
export const echo =
  (service: string, version: string): RequestListener =>
  (req, res) => {
    const { method = '', url = '', rawHeaders: raw } = req;
    const seen: Seen = { service, version, method, url, raw };
    res.writeHead(200, {
      'content-type': 'application/json',
      'x-mesh-echo': service,
      'x-tinct-served': version,
    });
    res.end(JSON.stringify(seen));
  };

export async function startService<V extends string>(
  { kube, address }: { kube: Kube; address: () => string },
  name: string,
  versions: readonly V[],
  options: ServiceOptions = {},
): Promise<Service<V>> {
  const { namespace = 'shop', answer = (version: string) => echo(name, version) } = options;
  const { serve = serveHttp(answer) } = options;
  const pods = await Promise.all(
    versions.map((version) => startWorkload(version, address(), serve)),
  );
  await kube.apply([
    serviceOf(name, namespace, options),
    ...pods.map((pod) => entryOf(name, namespace, pod)),
  ]);
  return {
    name,
    host: `${name}.${namespace}.svc.cluster.local`,
    versions: Object.fromEntries(pods.map((pod) => [pod.version, pod])) as Record<V, Workload>,
  };
}

async function startWorkload(version: string, address: string, serve: Served): Promise<Workload> {
  const got = { count: 0, lastAt: 0 };
  const close = await serve(version, address, TARGET_PORT, got);
  return { version, address, url: `http://${address}:${TARGET_PORT}`, got, close };
}

type Served = (...args: [...Parameters<Serve>, got: Workload['got']]) => ReturnType<Serve>;

const serveHttp =
  (answer: (version: string) => RequestListener): Served =>
  async (version, address, port, got) => {
    const listener = answer(version);
    const server = createServer({ maxHeaderSize: 65_536, keepAliveTimeout: 60_000 }, (req, res) => {
      got.count += 1;
      got.lastAt = performance.now();
      listener(req, res);
    });
    server.listen(port, address);
    await once(server, 'listening');
    return () => {
      server.close();
      server.closeAllConnections();
    };
  };

const serviceOf = (
  name: string,
  namespace: string,
  { port = 80, portName = 'http' }: ServiceOptions,
): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace, labels: { app: name } },
  spec: { selector: { app: name }, ports: [{ name: portName, port, targetPort: TARGET_PORT }] },
});

/** In place of a pod: the API server takes no loopback address as an endpoint, and Istio does. */
const entryOf = (app: string, namespace: string, { version, address }: Workload): KubeObject => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'WorkloadEntry',
  metadata: { name: `${app}-${version}`, namespace },
  spec: { address, labels: { app, version } },
});
