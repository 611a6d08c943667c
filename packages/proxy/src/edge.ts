/** The composition root: a plan store, upstreams, a recorder and a server become an edge. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Plan } from '@tinct/core';
import { TinctError } from '@tinct/core';
import { PlanStore, unsupportedSources } from '@tinct/sdk';
import { Upstreams } from './forward/upstreams.ts';
import { Gate, type GateStats } from './gate.ts';
import { type EdgeOptions, resolveOptions, type Settings, type Timeouts } from './options.ts';
import { type EdgeParts, serve } from './pipeline.ts';
import { PlanViews } from './plan-view.ts';
import { type EdgeStats, Recorder } from './record/recorder.ts';
import { refusal, refusalHeaders } from './refusal.ts';
import { TrustedHops } from './trust.ts';

/** An edge that listens. */
export interface Edge {
  readonly address: EdgeAddress;
  /** The plan in force, and what was refused last. */
  readonly plan: Pick<PlanStore, 'current' | 'status' | 'load' | 'kill'>;
  stats(): EdgeStats & GateStats;
  /** From now on each answer is the last of its connection: clients go elsewhere before `close` ends what is idle. */
  retire(): void;
  /** Takes no more requests, lets those that run finish within the grace, ends. May be called again. */
  close(): Promise<void>;
}

export interface EdgeAddress {
  readonly host: string;
  readonly port: number;
  readonly url: string;
}

/** Longer than common balancers keep an idle connection, so that they are the ones who close it. */
const KEEP_ALIVE_MS = 65_000;

function planStore(
  options: EdgeOptions,
  settings: Settings,
  upstreams: Upstreams,
  recorder: Recorder,
): PlanStore {
  return new PlanStore({
    source: options.plan,
    loadLists: options.loadLists,
    now: settings.now,
    inspect: (plan: Plan) => [...unsupportedSources(plan), ...upstreams.inspect(plan)],
    onAccepted: (accepted) => {
      recorder.expect(accepted.compiled.plan);
      options.onAccepted?.(accepted);
    },
    onRefused: options.onRefused,
    killed: options.killed,
  });
}

/** CONNECT never reaches the pipeline: Node hands over the bare connection. */
function refuseTunnel(_: IncomingMessage, socket: Socket): void {
  const { body } = refusal('TINCT_EDGE_METHOD_REFUSED');
  const headers = ['connection', 'close', ...refusalHeaders(body)];
  const lines = headers.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${headers[i + 1]}`] : []));
  socket.on('error', () => {});
  socket.end(`HTTP/1.1 501 Not Implemented\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
}

/** How long a connection may be silent: longer than any single thing that it may be waiting for. */
function patience({ connectMs, headersMs, bodyMs }: Timeouts): number {
  return headersMs === 0 || bodyMs === 0 ? 0 : connectMs + headersMs + bodyMs;
}

function httpServer(
  parts: EdgeParts,
  settings: Settings,
  gate: Gate,
  isClosing: () => boolean,
): Server {
  const trusted = new TrustedHops(settings.trustedHops);
  const handle = (awaitsContinue: boolean) => (req: IncomingMessage, res: ServerResponse) => {
    const { socket } = req;
    const startedAt = performance.now();
    if (isClosing()) res.shouldKeepAlive = false;
    const elapsed = () => performance.now() - startedAt;
    const exchange = { req, res, socket, trusted: trusted.has(socket), awaitsContinue, elapsed };
    if (gate.admits(exchange)) serve(parts, exchange);
  };
  const server = createServer({
    insecureHTTPParser: false,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // An upload may take as long as it goes on; a pause ends it by the server's `timeout`.
    requestTimeout: 0,
    maxHeaderSize: settings.limits.headerBytes,
  });
  gate.guard(server);
  server.timeout = patience(settings.timeouts);
  // Node drops headers beyond 2,000 without a word; their size is bounded already.
  server.maxHeadersCount = 0;
  return server
    .on('request', handle(false))
    .on('checkContinue', handle(true))
    .on('connect', refuseTunnel);
}

function listen(server: Server, { host, port }: Settings): Promise<EdgeAddress> {
  const { promise, resolve, reject } = Promise.withResolvers<EdgeAddress>();
  server.once('error', (cause) => {
    const { code } = cause as NodeJS.ErrnoException;
    reject(
      new TinctError('TINCT_EDGE_ADDRESS', `cannot listen on ${host}:${port}: ${code}`, { cause }),
    );
  });
  server.listen(port, host, () => {
    const { port: taken } = server.address() as AddressInfo;
    const url = `http://${host.includes(':') ? `[${host}]` : host}:${taken}`;
    resolve({ host, port: taken, url });
  });
  return promise;
}

/** Ends when the last connection has: idle ones at once, busy ones with their answer, all of them after the grace. */
async function drain(server: Server, graceMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  // A connection that was busy when the server closed may keep itself alive after its answer.
  const idle = setInterval(() => server.closeIdleConnections(), 20);
  const grace = setTimeout(() => server.closeAllConnections(), graceMs);
  await promise;
  clearInterval(idle);
  clearTimeout(grace);
}

/**
 * Starts an edge. A plan that cannot be read or is refused does not keep it from starting: without a plan nothing is
 * decided and everything that looks like a color is removed, so everyone gets the stable version; `onRefused` says why.
 *
 * @throws {TinctError} for an option that doesn't fit, or an address that cannot be listened on.
 */
export async function startEdge(options: EdgeOptions): Promise<Edge> {
  const settings = resolveOptions(options);
  const recorder = new Recorder();
  const upstreams = new Upstreams(settings);
  const plans = planStore(options, settings, upstreams, recorder);
  const { onServed } = options;
  const parts = { plans, views: new PlanViews(), upstreams, recorder, onServed, now: settings.now };
  const gate = new Gate(settings.limits, onServed);
  let closing: Promise<void> | undefined;
  let isRetired = false;
  const server = httpServer(parts, settings, gate, () => isRetired || closing !== undefined);
  const end = async () => {
    plans.close();
    if (server.listening) await drain(server, settings.graceMs);
    await upstreams.close();
  };
  const close = () => (closing ??= end());
  try {
    await plans.start();
    const address = await listen(server, settings);
    options.signal?.addEventListener('abort', close, { once: true });
    if (options.signal?.aborted) await close();
    const stats = () => ({ ...recorder.stats(), ...gate.stats() });
    const retire = () => {
      isRetired = true;
    };
    return { address, plan: plans, stats, retire, close };
  } catch (error) {
    await close();
    throw error;
  }
}
