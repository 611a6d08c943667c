/** Edges that count as the real one does, from a seeded simulation: each scrape is another minute of traffic. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Chance } from '../../bench/analysis/chance.ts';

export interface Traffic {
  /** Requests of both arms between two scrapes. */
  readonly requests: number;
  readonly share: number;
  /** Of control; the canary's is so many times as high. */
  readonly errors: number;
  readonly ratio: number;
  /** The canary's durations, by control's. */
  readonly slower: number;
}

const BOUNDARIES = [0.05, 0.1, 0.2, 0.5, 1];
const ARMS = ['canary', 'control'] as const;
const RELEASE = 'my-service';
const SLICES = 32;

interface Counts {
  requests: number;
  errors: number;
  readonly within: number[];
}

/** One edge. What it counts is gone when it restarts. */
export class SimulatedEdge {
  readonly #chance: Chance;
  readonly #server: Server;
  #traffic: Traffic;
  #started: number;
  #counts = fresh();
  #slices = Array.from({ length: SLICES }, () => ({ requests: 0, errors: 0 }));
  scrapes = 0;

  constructor(traffic: Traffic, seed: number, started: number) {
    this.#chance = new Chance(seed, 1);
    this.#traffic = traffic;
    this.#started = started;
    this.#server = createServer((_, response) => {
      const isFirst = this.scrapes === 0;
      this.scrapes += 1;
      if (!isFirst) this.#minute();
      response.setHeader('content-type', 'text/plain; version=0.0.4').end(this.#text());
    });
  }

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Another life at the same address. */
  restart(now: number): void {
    this.#counts = fresh();
    this.#slices = this.#slices.map(() => ({ requests: 0, errors: 0 }));
    this.#started = now;
  }

  become(traffic: Partial<Traffic>): void {
    this.#traffic = { ...this.#traffic, ...traffic };
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #minute(): void {
    for (let i = 0; i < this.#traffic.requests; i += 1) this.#request();
  }

  #request(): void {
    const { share, errors, ratio, slower } = this.#traffic;
    const isCanary = this.#chance.uniform() < share;
    const isError = this.#chance.uniform() < errors * (isCanary ? ratio : 1);
    const seconds = 0.1 * Math.exp(0.6 * this.#chance.normal()) * (isCanary ? slower : 1);
    const counts = this.#counts[isCanary ? 'canary' : 'control'];
    counts.requests += 1;
    if (isError) counts.errors += 1;
    BOUNDARIES.forEach((boundary, at) => {
      if (seconds <= boundary) counts.within[at] = (counts.within[at] ?? 0) + 1;
    });
    const slice = this.#slices[Math.floor(this.#chance.uniform() * SLICES)];
    if (isCanary || slice === undefined) return;
    slice.requests += 1;
    if (isError) slice.errors += 1;
  }

  #text(): string {
    const lines = [
      `tinct_analysis_start_timestamp_seconds{release="${RELEASE}"} ${this.#started}`,
      `tinct_canary_nominal_ratio{release="${RELEASE}"} ${this.#traffic.share}`,
      ...ARMS.flatMap((arm) => armLines(arm, this.#counts[arm])),
      ...this.#slices.flatMap(({ requests, errors }, slice) => [
        `tinct_slice_requests_total{release="${RELEASE}",slice="${slice}"} ${requests}`,
        `tinct_slice_errors_total{release="${RELEASE}",slice="${slice}"} ${errors}`,
      ]),
    ];
    return `${lines.join('\n')}\n`;
  }
}

const fresh = (): Record<(typeof ARMS)[number], Counts> => {
  const none = (): Counts => ({ requests: 0, errors: 0, within: BOUNDARIES.map(() => 0) });
  return { canary: none(), control: none() };
};

/** Every request is of another unit. */
function armLines(arm: string, { requests, errors, within }: Counts): string[] {
  const unit = `release="${RELEASE}",arm="${arm}"`;
  const own = `${unit},variant="${arm === 'canary' ? 'v2' : 'v1'}",reach="service",reporter="edge"`;
  const bucket = (le: string, count: number) =>
    `tinct_request_duration_seconds_bucket{${own},le="${le}"} ${count}`;
  return [
    `tinct_requests_total{${own},class="2xx"} ${requests - errors}`,
    `tinct_requests_total{${own},class="5xx"} ${errors}`,
    `tinct_errors_total{${own},cause="status"} ${errors}`,
    ...within.map((count, i) => bucket(String(BOUNDARIES[i]), count)),
    bucket('+Inf', requests),
    `tinct_affected_units_total{${unit}} ${errors}`,
    `tinct_units{${unit}} ${requests}`,
    `tinct_step_units{${unit}} ${requests}`,
  ];
}
