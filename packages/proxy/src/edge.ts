/** The composition root: a plan store, upstreams, a recorder and a server become an edge. */
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { ErrorReport } from '@tinct/core';
import { type KeySet, type PlanStore, TrustedHops } from '@tinct/sdk';
import { type Brain, createBrain } from './brain.ts';
import { Front } from './downstream/front.ts';
import { type EdgeAddress, listen } from './downstream/listen.ts';
import type { Peer, Reception } from './downstream/reception.ts';
import { watchCertificates } from './downstream/watch.ts';
import { excessOf } from './excess.ts';
import type { Exchange } from './exchange.ts';
import { upstreamOutlet } from './forward/outlet.ts';
import { Upstreams } from './forward/upstreams.ts';
import { Gate, type GateStats } from './gate.ts';
import {
  type EdgeOptions,
  resolveOptions,
  type Served,
  type Settings,
  type Timeouts,
} from './options.ts';
import { type EdgeParts, serve, turnAway } from './pipeline.ts';
import { EdgeErrors } from './record/edge-errors.ts';
import type { FailureStats } from './record/failures.ts';
import type { PlanStats } from './record/plan-history.ts';
import type { EdgeStats, Measured } from './record/recorder.ts';
import { loadTraces } from './traces/load.ts';

/** An edge that listens. */
export interface Edge {
  readonly address: EdgeAddress;
  /** The plan in force, and what was refused last. */
  readonly plan: Pick<PlanStore, 'current' | 'status' | 'load' | 'kill'>;
  stats(): EdgeStats & GateStats & FailureStats & PlanStats;
  /** What metrics are made of. */
  measured(): Measured & GateStats & FailureStats & PlanStats;
  /** From now on durations have examples: the last sampled trace of each bucket. */
  wantExamples(): void;
  /** Errors of the last hour that it saw, by release. */
  errors(): ReadonlyMap<string, ErrorReport>;
  /** Grows whenever {@link Edge.errors} may say something else. */
  noted(): number;
  /** From now on only what these keys signed is believed, and the first of them signs. */
  useKeys(keys: KeySet | undefined): void;
  /** From now on each answer is the last of its connection: clients go elsewhere before `close` ends what is idle. */
  retire(): void;
  /** Takes no more requests, lets those that run finish within the grace, ends. May be called again. */
  close(): Promise<void>;
}

/** How long a connection may be silent: longer than any single thing that it may be waiting for. */
function patience({ connectMs, headersMs, bodyMs }: Timeouts): number {
  return headersMs === 0 || bodyMs === 0 ? 0 : connectMs + headersMs + bodyMs;
}

/** A client certificate of the authority makes a trusted hop wherever it comes from. */
function peer(socket: Socket, trusted: TrustedHops): Peer {
  const encrypted = socket instanceof TLSSocket;
  return { encrypted, trusted: (encrypted && socket.authorized) || trusted.has(socket) };
}

function frontOf(
  parts: EdgeParts<Exchange>,
  settings: Settings,
  gate: Gate,
  isClosing: () => boolean,
  onUnreadable: EdgeOptions['onUnreadable'],
): Front {
  const trusted = new TrustedHops(settings.trustedHops);
  const reception: Reception = {
    serve: (exchange) => {
      if (!gate.admits(exchange)) return;
      const excess = excessOf(exchange.req, settings.limits);
      if (excess === undefined) serve(parts, exchange);
      else turnAway(parts, exchange, excess);
    },
    turnAway: (exchange, given) => turnAway(parts, exchange, given),
    unreadable(socket, refused) {
      parts.recorder.refused();
      onUnreadable?.({ peer: socket, refused });
    },
    dropped: (reason) => gate.dropped(reason),
    peerOf: (socket) => peer(socket, trusted),
    isClosing,
    patienceMs: patience(settings.timeouts),
    headMs: settings.timeouts.headMs,
    headerBytes: settings.limits.headerBytes,
    http2: settings.limits,
  };
  const front = new Front(reception, settings);
  gate.guard(front.server);
  return front;
}

function errorsOf({ plans, recorder, now }: Brain, onNew: EdgeOptions['onNewError']): EdgeErrors {
  const releases = () => plans.current()?.releases ?? [];
  const errors = new EdgeErrors({
    stableOf: (release) => releases().find(({ name }) => name === release)?.release.stable,
    onNew(news) {
      recorder.newError(news.release, news.variant);
      onNew?.(news);
    },
    now,
  });
  plans.watch(() => errors.expect(releases().map(({ name }) => name)));
  return errors;
}

/**
 * Starts an edge. A plan that cannot be read or is refused does not keep it from starting: without a plan nothing is
 * decided and everything that looks like a color is removed, so everyone gets the stable version; `onRefused` says why.
 *
 * @throws {TinctError} for an option that doesn't fit, or an address that cannot be listened on.
 */
export async function startEdge(options: EdgeOptions): Promise<Edge> {
  const settings = resolveOptions(options);
  const upstreams = new Upstreams(settings);
  const brain = createBrain(options, settings, (plan) => upstreams.inspect(plan));
  const { plans, useKeys, wantExamples } = brain;
  const { limits, via, timeouts } = settings;
  const passage = { bodyBytes: limits.bodyBytes, via, totalMs: timeouts.totalMs };
  const errors = errorsOf(brain, options.onNewError);
  const onServed = (served: Served) => {
    errors.note(served);
    options.onServed?.(served);
  };
  const traces = await loadTraces(options.traces, settings.now);
  const parts = {
    ...brain,
    outlet: upstreamOutlet(upstreams, passage),
    onServed,
    traces,
  };
  const onOverload = (served: Served) => {
    const span = traces?.answered(served.exchange, served.status, served.refused);
    options.onServed?.({ ...served, span });
  };
  const gate = new Gate(settings.limits, onOverload, options.ledger);
  let closing: Promise<void> | undefined;
  let isRetired = false;
  const isClosing = () => isRetired || closing !== undefined;
  const front = frontOf(parts, settings, gate, isClosing, options.onUnreadable);
  const certificates = settings.tls && watchCertificates(front, settings.tls, options.onTlsRefused);
  const end = async () => {
    brain.close();
    certificates?.close();
    if (front.server.listening) await front.drain(settings.graceMs);
    front.close();
    await upstreams.close();
    await traces?.close();
  };
  const close = () => (closing ??= end());
  try {
    await Promise.all([plans.start(), front.tls?.load(), upstreams.load(options.onTlsRefused)]);
    const address = await listen(front.server, settings);
    options.signal?.addEventListener('abort', close, { once: true });
    if (options.signal?.aborted) await close();
    const stats = () => ({ ...brain.stats(), ...gate.stats() });
    const measured = () => ({ ...brain.measured(), ...gate.stats() });
    const retire = () => {
      isRetired = true;
    };
    const noted = () => errors.notes;
    return {
      address,
      plan: plans,
      errors: () => errors.reports(),
      noted,
      stats,
      measured,
      wantExamples,
      useKeys,
      retire,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
