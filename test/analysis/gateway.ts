/** A gateway's proxy as Istio exposes it, from a seeded simulation: each scrape is another minute of traffic. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Chance } from '../../bench/analysis/chance.ts';
import type { Traffic } from './edges.ts';

const BOUNDARIES = [1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500];
export const HOST = 'my-service.shop.svc.cluster.local';
const VERSIONS = ['v1', 'v1-baseline', 'v2'] as const;
type Version = (typeof VERSIONS)[number];

export interface MeshTraffic extends Traffic {
  /** Stable's code once more: its share, and its errors by stable's. */
  readonly baseline?: { readonly share: number; readonly ratio: number };
}

/** What all of its series are labelled with, as Istio's documents list it. */
const COMMON = {
  reporter: 'source',
  source_workload: 'istio-ingressgateway',
  source_workload_namespace: 'istio-system',
  source_principal: 'unknown',
  source_app: 'istio-ingressgateway',
  source_version: 'unknown',
  destination_workload_namespace: 'shop',
  destination_app: 'my-service',
  destination_service: HOST,
  destination_service_name: 'my-service',
  destination_service_namespace: 'shop',
  request_protocol: 'http',
  connection_security_policy: 'unknown',
};

const labelsOf = (given: Readonly<Record<string, string>>): string =>
  `{${Object.entries(given)
    .map(([name, value]) => `${name}="${value}"`)
    .join(',')}}`;

export class SimulatedGateway {
  readonly #chance: Chance;
  readonly #traffic: MeshTraffic;
  readonly #server: Server;
  /** By version and code; a series is there from its first request, as with Envoy. */
  readonly #answers = new Map<
    string,
    { readonly version: Version; readonly code: number; count: number }
  >();
  readonly #within = {
    v1: BOUNDARIES.map(() => 0),
    'v1-baseline': BOUNDARIES.map(() => 0),
    v2: BOUNDARIES.map(() => 0),
  };

  constructor(traffic: MeshTraffic, seed: number) {
    this.#chance = new Chance(seed, 1);
    this.#traffic = traffic;
    this.#server = createServer((_, response) => {
      for (let i = 0; i < traffic.requests; i += 1) this.#request();
      response.setHeader('content-type', 'text/plain; version=0.0.4').end(this.#text());
    });
  }

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #request(): void {
    const { errors, ratio, slower, baseline } = this.#traffic;
    const version = this.#version(this.#chance.uniform());
    const isCanary = version === 'v2';
    const worse = isCanary ? ratio : version === 'v1' ? 1 : (baseline?.ratio ?? 1);
    const isError = this.#chance.uniform() < errors * worse;
    const code = isError ? 503 : this.#chance.uniform() < 0.01 ? 404 : 200;
    const key = `${version} ${code}`;
    const answers = this.#answers.get(key) ?? { version, code, count: 0 };
    this.#answers.set(key, answers);
    answers.count += 1;
    const ms = 100 * Math.exp(0.6 * this.#chance.normal()) * (isCanary ? slower : 1);
    const within = this.#within[version];
    BOUNDARIES.forEach((boundary, at) => {
      if (ms <= boundary) within[at] = (within[at] ?? 0) + 1;
    });
  }

  #version(drawn: number): Version {
    const { share, baseline } = this.#traffic;
    if (drawn < share) return 'v2';
    return drawn < share + (baseline?.share ?? 0) ? 'v1-baseline' : 'v1';
  }

  #text(): string {
    const own = (version: Version) => ({
      ...COMMON,
      destination_workload: `my-service-${version}`,
      destination_version: version,
    });
    const counts = [...this.#answers.values()].map(({ version, code, count }) => {
      const labels = {
        ...own(version),
        response_code: String(code),
        response_flags: code === 503 ? 'UC' : '-',
      };
      return `istio_requests_total${labelsOf(labels)} ${count}`;
    });
    const total = (version: Version) =>
      [...this.#answers.values()].reduce(
        (sum, each) => sum + (each.version === version ? each.count : 0),
        0,
      );
    const bucket = (version: Version, le: string, count: number) =>
      `istio_request_duration_milliseconds_bucket${labelsOf({ ...own(version), response_code: '200', response_flags: '-', le })} ${count}`;
    const buckets = VERSIONS.flatMap((version) => [
      ...BOUNDARIES.map((le, i) => bucket(version, String(le), this.#within[version][i] ?? 0)),
      bucket(version, '+Inf', total(version)),
    ]);
    return `${[...counts, ...buckets].join('\n')}\n`;
  }
}
