/** A real Envoy before Tinct's ext_authz, by the example's own configuration, as a form that attacks are tried on. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { parse } from 'yaml';
import { startExtAuthz } from '../../../packages/proxy/src/index.ts';
import {
  type Form,
  type FormOptions,
  fetched,
  type Target,
  whole,
} from '../../../packages/proxy/test/attacks/forms.ts';
import { pairsOf } from '../../../packages/proxy/test/attacks/gateway.ts';
import { echo, planText, type Seen, TextSource } from '../../../packages/proxy/test/helpers.ts';
import { type EnvoyVersion, envoyProgram, ROOT } from '../parts/parts.ts';
import { Children, until } from './child.ts';
import { claimNetwork } from './network.ts';

/** Of the example's configurations. */
export const SECRET = 'change-me-to-a-secret';
export type Way = 'grpc' | 'http';

/** What is read and written of a configuration; the rest stays as it is. */
// biome-ignore lint/suspicious/noExplicitAny: Envoy's configuration has no types here.
type Config = any;

export interface Gateway {
  readonly url: string;
  /** Where Envoy asks. */
  readonly authz: { readonly host: string; readonly port: number };
}

/** The example's Envoy on addresses of its own. `adapt` changes what a test needs otherwise. */
export async function startGateway(
  t: Test,
  version: EnvoyVersion,
  way: Way,
  adapt: (manager: Config, cluster: Config) => void = () => {},
): Promise<Gateway> {
  const network = await claimNetwork();
  const folder = mkdtempSync(join(tmpdir(), 'tinct-gateway-'));
  const children = new Children(folder);
  t.teardown(async () => {
    await children.stop();
    network.release();
    rmSync(folder, { recursive: true, force: true });
  });
  const host = network.next();
  const text = readFileSync(join(ROOT, `examples/ext-authz/envoy-${way}.yaml`), 'utf8');
  const config: Config = parse(text.replaceAll('127.0.0.1', host));
  const { listeners, clusters } = config.static_resources;
  const [authz, ...versions] = clusters;
  adapt(listeners[0].filter_chains[0].filters[0].typed_config, authz);
  for (const cluster of versions) {
    const { hostname, port } = new URL(await echo(t, cluster.name));
    const address = { address: hostname, port_value: Number(port) };
    cluster.load_assignment.endpoints[0].lb_endpoints[0].endpoint.address.socket_address = address;
  }
  const file = join(folder, 'envoy.json');
  writeFileSync(file, JSON.stringify(config));
  const args = ['-c', file, '--concurrency', '1', '-l', 'warning', '--disable-hot-restart'];
  const child = children.start('envoy', envoyProgram(version), args);
  const url = `http://${host}:${listeners[0].address.socket_address.port_value}`;
  const alive = [child];
  await until('the gateway listens', async () => (await fetch(url)).status > 0, { alive });
  return { url, authz: { host, port: 9191 } };
}

/** For attacks: what ext_authz itself must do is not done before, and a check that fails is seen. */
function bare(manager: Config, cluster: Config): void {
  delete manager.early_header_mutation_extensions;
  manager.common_http_protocol_options = { max_headers_count: 5000 };
  manager.max_request_headers_kb = 96;
  const filter = manager.http_filters[0].typed_config;
  filter.failure_mode_allow = false;
  filter.status_on_error = { code: 503 };
  const service = filter.grpc_service ?? filter.http_service.server_uri;
  service.timeout = '20s';
  delete cluster.health_checks;
  const [route] = manager.route_config.virtual_hosts;
  for (const { route: to } of route.routes) to.timeout = '0s';
  // Plans of the cases name other headers too.
  filter.http_service?.authorization_response.allowed_upstream_headers.patterns.push({
    exact: 'x-version_of',
  });
}

/** One Envoy for all cases of a test file; a server for each case. */
export function envoyForm(root: Test, version: EnvoyVersion, way: Way): Form {
  let gateway: Promise<Gateway> | undefined;
  let last: Served | undefined;
  return {
    name: `Envoy ${version}, ${way === 'grpc' ? 'gRPC' : 'HTTP'}`,
    kind: way === 'grpc' ? 'ext_authz gRPC' : 'ext_authz HTTP',
    isReal: true,
    async start(t, options = {}) {
      gateway ??= startGateway(root, version, way, bare);
      // It asks one server: where a case has two after each other, the second is in the first one's place.
      await last?.close();
      last = await targetBehind(t, await gateway, options);
      return last.target;
    },
  };
}

interface Served {
  readonly target: Target;
  readonly close: () => Promise<void>;
}

async function targetBehind(
  t: Test,
  { url, authz }: Gateway,
  options: FormOptions,
): Promise<Served> {
  const plan = new TextSource(planText());
  const defaults = { plan, trustedHops: ['127.0.0.0/8'], graceMs: 100 };
  const server = await startExtAuthz({ ...defaults, ...options, ...authz, secrets: [SECRET] });
  t.teardown(() => server.close());
  const ask: Target['ask'] = async (asked = {}) => {
    const { status, raw, body } = await fetched(url, whole(asked));
    const seen = body.startsWith('{"version"') ? (JSON.parse(body) as Seen) : undefined;
    return { status, headers: pairsOf(raw), seen };
  };
  // Envoy has to find out that there is another server now.
  await until('Envoy asks', async () => (await ask({ path: '/warm' })).status === 200);
  const { requests: warm } = server.stats();
  const stats = () => ({ ...server.stats(), requests: server.stats().requests - warm });
  const { plan: inForce, useKeys } = server;
  return { target: { plan: inForce, stats, useKeys, ask }, close: server.close };
}
