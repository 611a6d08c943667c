/** The composition root of an ext_authz server: the brain behind Envoy's two ways to ask. */
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { type PlanStore, TrustedHops } from '@tinct/sdk';
import { refuse } from '../answer/refuse.ts';
import { type Brain, createBrain } from '../brain.ts';
import { Front } from '../downstream/front.ts';
import { type EdgeAddress, listen } from '../downstream/listen.ts';
import { watchCertificates } from '../downstream/watch.ts';
import type { Inquiry } from '../exchange.ts';
import { Gate, type GateStats } from '../gate.ts';
import type { Served } from '../options.ts';
import { serve } from '../pipeline.ts';
import type { FailureStats } from '../record/failures.ts';
import type { PlanStats } from '../record/plan-history.ts';
import type { EdgeStats, Measured } from '../record/recorder.ts';
import { type Asked, checkOf } from './checks.ts';
import { GatewayGuard, type GuardStats } from './gateway.ts';
import { GrpcEnd } from './grpc.ts';
import { httpChecks } from './http.ts';
import {
  checkSecrets,
  type ExtAuthzOptions,
  type ExtAuthzSettings,
  resolveExtAuthz,
} from './options.ts';
import { checkOutlet } from './outlet.ts';
import { answerStable } from './overload.ts';

export interface ExtAuthzStats extends EdgeStats, GateStats, FailureStats, PlanStats, GuardStats {}

/** An ext_authz server that listens. */
export interface ExtAuthz {
  readonly address: EdgeAddress;
  /** `host:port` of the gRPC form. */
  readonly grpc: string;
  /** The URL of the HTTP form. */
  readonly http: string;
  /** The plan in force, and what was refused last. */
  readonly plan: Pick<PlanStore, 'current' | 'status' | 'load' | 'kill'>;
  stats(): ExtAuthzStats;
  /** What metrics are made of. */
  measured(): Measured & Omit<ExtAuthzStats, keyof EdgeStats>;
  /** Without effect: how long a request took is not seen here. */
  wantExamples(): void;
  /** From now on only what these keys signed is believed, and the first of them signs. */
  useKeys: Brain['useKeys'];
  /** From now on gateways must show one of these. Throws a `TinctError` for secrets that are none. */
  useSecrets(secrets: readonly string[]): void;
  /** From now on it says of itself that it is not serving, and each answer of HTTP/1.1 is the last of its connection. */
  retire(): void;
  /** Takes no more checks, lets those that run finish within the grace, ends. May be called again. */
  close(): Promise<void>;
}

const isCertified = (socket: Socket): boolean => socket instanceof TLSSocket && socket.authorized;

interface Ends {
  readonly front: Front;
  readonly grpc: GrpcEnd;
}

function endsOf(
  settings: ExtAuthzSettings,
  guard: GatewayGuard,
  ask: (asked: Asked) => void,
  isClosing: () => boolean,
): Ends {
  const { tls, limits, graceMs } = settings;
  const needsCertificate = tls?.clientAuthority !== undefined;
  const known = (socket: Socket) => !needsCertificate || isCertified(socket);
  const grpc = new GrpcEnd({ guard, ask, graceMs, isCertified: known });
  const reception = {
    serve: httpChecks({ guard, ask }),
    turnAway: refuse,
    peerOf: (socket: Socket) => ({
      encrypted: socket instanceof TLSSocket,
      trusted: isCertified(socket),
    }),
    isClosing,
    // A gateway keeps its connections.
    patienceMs: 0,
    headMs: 60_000,
    headerBytes: limits.headerBytes,
    http2: limits,
  };
  return { front: new Front(reception, { tls, proxyProtocol: [], http2: grpc }), grpc };
}

/**
 * Starts an ext_authz server: gRPC and HTTP on one address. A plan that cannot be read or is refused does not keep it
 * from starting: without a plan nothing is decided and everything that looks like a color is removed.
 *
 * @throws {TinctError} for an option that doesn't fit, or an address that cannot be listened on.
 */
export async function startExtAuthz(options: ExtAuthzOptions): Promise<ExtAuthz> {
  const settings = resolveExtAuthz(options);
  const { trustedHops, forwardedHops, secrets, tls, limits } = settings;
  const brain = createBrain(options, settings);
  const { plans, useKeys } = brain;
  const { onServed } = options;
  const hops = new TrustedHops(trustedHops, 'trustedHops', 'TINCT_AUTHZ_OPTION_MALFORMED');
  const guard = new GatewayGuard(secrets, tls?.clientAuthority !== undefined, options.ledger);
  const gate = new Gate(limits, undefined, options.ledger);
  const counted = (served: Served<Inquiry>) => {
    gate.leave();
    onServed?.(served);
  };
  const parts = { ...brain, outlet: checkOutlet, onServed: counted };
  const beyond = { ...brain, outlet: checkOutlet, onServed };
  const ask = (asked: Asked) => {
    const check = checkOf(asked, hops, forwardedHops);
    if (gate.enter()) serve(parts, check);
    else answerStable(beyond, check);
  };
  let closing: Promise<void> | undefined;
  let isRetired = false;
  const { front, grpc } = endsOf(settings, guard, ask, () => isRetired || closing !== undefined);
  gate.guard(front.server);
  const certificates = tls && watchCertificates(front, tls, options.onTlsRefused);
  const end = async () => {
    brain.close();
    certificates?.close();
    if (front.server.listening) await front.drain(settings.graceMs);
    front.close();
    grpc.destroy();
  };
  const close = () => (closing ??= end());
  try {
    await Promise.all([plans.start(), front.tls?.load()]);
    const address = await listen(front.server, settings);
    options.signal?.addEventListener('abort', close, { once: true });
    if (options.signal?.aborted) await close();
    return {
      address,
      grpc: new URL(address.url).host,
      http: address.url,
      plan: plans,
      stats: () => ({ ...brain.stats(), ...gate.stats(), ...guard.stats() }),
      wantExamples: brain.wantExamples,
      measured: () => ({ ...brain.measured(), ...gate.stats(), ...guard.stats() }),
      useKeys,
      useSecrets(renewed) {
        checkSecrets(renewed, tls);
        guard.use(renewed);
      },
      retire() {
        isRetired = true;
        grpc.retire();
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
