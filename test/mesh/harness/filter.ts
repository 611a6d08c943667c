/** A gateway that asks `tinct ext-authz` by `tinct istio filter`. */
import type { EnvoyVersion } from '../parts/parts.ts';
import { type Child, until } from './child.ts';
import type { Gateway, Mesh } from './mesh.ts';
import { planText, writePlan } from './shop.ts';
import { MAIN, tinctDoes } from './tinct.ts';

const SECRET = 'a-secret-of-the-gateway';

export type Protocol = 'grpc' | 'http';

/** `tinct ext-authz`: one process after another at the same address. */
export interface AuthzServer {
  signal(signal: NodeJS.Signals): void;
  /** At once, with no word to anybody. */
  kill(): Promise<void>;
  again(): Promise<void>;
}

export interface Filtered {
  readonly gateway: Gateway;
  readonly server: AuthzServer;
  /** What `tinct istio filter` prints for this gateway and server, with more flags. */
  filter(...more: readonly string[]): Promise<string>;
}

/** User 123 gets v2, everyone else v1, as the server says that the gateway asks. */
export async function openFiltered(
  mesh: Mesh,
  { protocol, envoy }: { protocol: Protocol; envoy: EnvoyVersion },
): Promise<Filtered> {
  const plan = writePlan(mesh, planText(), { secret: `${SECRET}\n` });
  const address = mesh.address();
  const [gateway, server, routes] = await Promise.all([
    mesh.gateway({ envoy }),
    startServer(mesh, plan.file, address),
    plan.routes(),
    mesh.service('my-service', ['v1', 'v2']),
  ]);
  const filter = (...more: readonly string[]) =>
    tinctDoes(
      plan.folder,
      ...['istio', 'filter', 'plan.yaml', '--secret-file', 'secret', '--protocol', protocol],
      ...['--server', `${address}:9191`, ...more],
    );
  await mesh.apply(routes);
  await mesh.apply(await filter());
  return { gateway, server, filter };
}

/** Believes loopback for who the user is. */
async function startServer(mesh: Mesh, plan: string, address: string): Promise<AuthzServer> {
  const args = [
    ...['ext-authz', '--plan-file', plan, '--listen-host', address, '--listen-port', '9191'],
    ...['--admin-enabled', 'false', '--trusted-hops', '127.0.0.0/8'],
  ];
  const env = { TINCT_GATEWAY_SECRET: SECRET, NO_COLOR: '1' };
  const start = async (): Promise<Child> => {
    const name = `authz-${mesh.children.all.length}`;
    const child = mesh.children.start(name, process.execPath, [MAIN, ...args], { env });
    await until('ext_authz listens', () => child.said.includes('listens'), { alive: [child] });
    return child;
  };
  let child = await start();
  return {
    signal: (signal) => child.signal(signal),
    kill: () => child.stop(),
    async again() {
      child = await start();
    },
  };
}
