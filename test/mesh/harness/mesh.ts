/** A real mesh on loopback: etcd, kube-apiserver, istiod, Envoy as gateway and sidecar, services in Node. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import type { EnvoyVersion } from '../parts/parts.ts';
import { type ApiServer, startApiServer } from './api-server.ts';
import { type Answer, type AskOptions, ask } from './ask.ts';
import { Children, until } from './child.ts';
import { type Envoy, type Identity, startEnvoy } from './envoy.ts';
import { type Istiod, startIstiod } from './istiod.ts';
import type { ApplyOptions, KubeObject } from './kube.ts';
import { claimNetwork, freePort } from './network.ts';
import { GATEWAY_PORT, gatewayApiObjects, gatewayOf, namespaceOf, sidecarOf } from './objects.ts';
import { rejectsFault } from './rejects.ts';
import { say } from './say.ts';
import { type Service, type ServiceOptions, startService, type Workload } from './service.ts';

export interface Gateway extends Envoy {
  /** `istio-system/edge`: how VirtualServices name it. */
  readonly ref: string;
  readonly url: string;
}

export interface GatewayOptions {
  /** Default: the first of ENVOYS. */
  readonly envoy?: EnvoyVersion;
  /** Default `edge`, with the label `istio: ingressgateway`; others have `istio: NAME`. */
  readonly name?: string;
  /** Who it is, in a mesh with identities. */
  readonly identity?: Identity;
}

export interface Sidecar extends Envoy {
  /** Where the application calls the mesh, with the service's name as Host. */
  readonly outbound: string;
}

export interface SidecarOptions {
  readonly envoy?: EnvoyVersion;
  readonly namespace?: string;
  /** The port of the services that it calls; must be one of theirs. */
  readonly port: number;
}

export interface MeshOptions {
  /** Why Envoys refuse what they are given here, on purpose. Everywhere else a refusal is a failure. */
  readonly provokesRejects?: string;
  /** Gateways say who they are, so that istiod gives them the certificates of Secrets. Default false. */
  readonly identities?: boolean;
}

/** Without TLS, istiod asks nobody who he is, unless it is told to; and it believes what such a header says. */
const ASK_WHO = { XDS_AUTH_PLAINTEXT: 'true', TRUSTED_GATEWAY_CIDR: '127.0.0.0/8' };

export interface Mesh {
  readonly folder: string;
  readonly api: ApiServer;
  readonly istiod: Istiod;
  readonly children: Children;
  /** A loopback address that nobody in this mesh has. */
  address(): string;
  /** Server-side apply of YAML text or objects. */
  apply(documents: string | readonly KubeObject[], options?: ApplyOptions): Promise<void>;
  gateway(options?: GatewayOptions): Promise<Gateway>;
  /** As the Gateway API has it: `istio-system/edge-api`. It listens on every address of the machine, on a free port. */
  gatewayOfApi(): Promise<Gateway>;
  sidecar(app: string, options: SidecarOptions): Promise<Sidecar>;
  service<V extends string>(
    name: string,
    versions: readonly V[],
    options?: ServiceOptions,
  ): Promise<Service<V>>;
  /** Asks until the answer is as it should be: a change takes about 100 ms to reach an Envoy. */
  waitRoute(
    what: string,
    url: string,
    options: AskOptions,
    holds: (answer: Answer) => boolean,
  ): Promise<Answer>;
  /** What ends with the mesh. */
  onStop(end: () => unknown): void;
  stop(): Promise<void>;
}

/**
 * Starts the mesh without gateways or services, and ends it with the test, which fails if an Envoy has refused what
 * istiod gave it. Its folder goes with it, unless something failed: then the logs stay, and where they are is printed.
 */
export async function startMesh(t: Test, options: MeshOptions = {}): Promise<Mesh> {
  const { provokesRejects, identities = false } = options;
  const began = performance.now();
  const folder = mkdtempSync(join(tmpdir(), 'tinct-mesh-'));
  const logs = join(folder, 'logs');
  mkdirSync(logs);
  const children = new Children(logs);
  const network = await claimNetwork();
  const endings: (() => unknown)[] = [network.release];
  const unguard = guard(children, folder);
  const stop = async () => {
    for (const end of endings.reverse().splice(0)) await end();
    await children.stop();
    unguard();
  };
  const stands: { istiod?: Istiod } = {};
  t.teardown(async () => {
    const { istiod } = stands;
    const fault = istiod && (await rejectsFault(istiod, provokesRejects).catch(String));
    await stop();
    if (t.passing() && fault === undefined) rmSync(folder, { recursive: true, force: true });
    else keepLogs(t, folder, logs);
    if (fault === undefined) return;
    say(t, fault);
    throw new Error(fault);
  });
  const place = { children, folder, address: network.address(1) };
  const api = await startApiServer(place);
  endings.push(() => api.kube.close());
  await api.kube.apply(['istio-system', 'shop'].map(namespaceOf));
  const istiod = await startIstiod(place, api, identities ? ASK_WHO : {});
  stands.istiod = istiod;
  say(
    t,
    `etcd, kube-apiserver and istiod stand after ${(performance.now() - began).toFixed(0)} ms`,
  );

  const envoy = (options: { name: string; envoy?: EnvoyVersion | undefined }) => ({
    name: options.name,
    version: options.envoy ?? ('1.40.0' as const),
    address: network.next(),
    xds: istiod.xds,
  });
  const mesh: Mesh = {
    folder,
    api,
    istiod,
    children,
    stop,
    address: network.next,
    apply: (documents, options) => api.kube.apply(documents, options),
    onStop: (end) => void endings.push(end),
    async gateway({ name = 'edge', envoy: version, identity } = {}) {
      const settings = envoy({ name, envoy: version });
      const labels = { istio: name === 'edge' ? 'ingressgateway' : name };
      await api.kube.apply([gatewayOf(name, labels, settings.address)]);
      const started = await startEnvoy(place, {
        ...settings,
        role: 'router',
        namespace: 'istio-system',
        identity,
        // By which policies find the pods of a Gateway of the Gateway API.
        labels: { ...labels, 'gateway.networking.k8s.io/gateway-name': name },
      });
      const url = `http://${settings.address}:${GATEWAY_PORT}`;
      await until(`${name} listens`, () => ask(url), { alive: [started.child] });
      return { ...started, url, ref: `istio-system/${name}` };
    },
    async gatewayOfApi() {
      const settings = envoy({ name: 'edge-api' });
      const labels = { istio: 'edge-api' };
      const port = await freePort();
      await api.kube.apply(gatewayApiObjects(labels, settings.address, port));
      const started = await startEnvoy(place, {
        ...settings,
        role: 'router',
        namespace: 'istio-system',
        labels,
      });
      const url = `http://${settings.address}:${port}`;
      await until('edge-api listens', () => ask(url), { alive: [started.child] });
      return { ...started, url, ref: 'istio-system/edge-api' };
    },
    async sidecar(app, { envoy: version, namespace = 'shop', port }) {
      const settings = envoy({ name: app, envoy: version });
      const labels = { app };
      const bind = network.next();
      await api.kube.apply([sidecarOf(app, namespace, bind, port)]);
      const started = await startEnvoy(place, { ...settings, role: 'sidecar', namespace, labels });
      const outbound = `http://${bind}:${port}`;
      await until(`the sidecar of ${app} listens`, () => ask(outbound), { alive: [started.child] });
      return { ...started, outbound };
    },
    async service(name, versions, options) {
      const service = await startService(
        { kube: api.kube, address: network.next },
        name,
        versions,
        options,
      );
      endings.push(() => Object.values<Workload>(service.versions).map((pod) => pod.close()));
      return service;
    },
    waitRoute: (what, url, options, holds) =>
      until(what, async () => {
        const answer = await ask(url, options);
        return holds(answer) ? answer : undefined;
      }),
  };
  return mesh;
}

/** Leaves the logs and what the parts were told, without the database. */
function keepLogs(t: Test, folder: string, logs: string): void {
  rmSync(join(folder, 'etcd'), { recursive: true, force: true });
  say(t, `the logs are in ${logs}`);
}

/** Ends everything when this process is told to end, or ends by itself without having stopped the mesh. */
function guard(children: Children, folder: string): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const onExit = () => children.kill();
  const onSignal = (signal: NodeJS.Signals) => {
    children.kill();
    rmSync(folder, { recursive: true, force: true });
    unguard();
    process.kill(process.pid, signal);
  };
  const unguard = () => {
    process.off('exit', onExit);
    for (const signal of signals) process.off(signal, onSignal);
  };
  process.on('exit', onExit);
  for (const signal of signals) process.on(signal, onSignal);
  return unguard;
}
