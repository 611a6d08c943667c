/** The gRPC form: @grpc/grpc-js behind connections that are taken elsewhere. */
import type { Socket } from 'node:net';
import { type handleUnaryCall, Server, ServerCredentials, status } from '@grpc/grpc-js';
import type { Http2End } from '../downstream/front.ts';
import type { Asked } from './checks.ts';
import { type GatewayGuard, SECRET_HEADER } from './gateway.ts';
import { headOf, responseOf, sourceOf } from './grpc-check.ts';
import { Health } from './health.ts';
import { type CheckRequest, type CheckResponse, loadServices } from './protocol.ts';

const AUTHORIZATION = 'envoy.service.auth.v3.Authorization';

export interface GrpcOptions {
  readonly guard: GatewayGuard;
  /** Whether a connection has a certificate of the gateways' authority. */
  readonly isCertified: (socket: Socket) => boolean;
  readonly ask: (asked: Asked) => void;
  readonly graceMs: number;
}

type CheckHandler = handleUnaryCall<CheckRequest, CheckResponse>;

function checkHandler({ guard, ask }: GrpcOptions): CheckHandler {
  return (call, respond) => {
    const secrets = call.metadata.get(SECRET_HEADER).map(String);
    // Connections without a certificate that is needed have not come this far.
    if (!guard.admits({ secrets, isCertified: true }))
      return respond({ code: status.UNAUTHENTICATED, details: 'TINCT_AUTHZ_STRANGER' });
    const head = headOf(call.request);
    if (head === undefined)
      return respond({
        code: status.INVALID_ARGUMENT,
        details: 'The check is about no HTTP request.',
      });
    ask({
      head,
      source: sourceOf(call.request),
      statusFor: (status) => status,
      gone: () => call.cancelled,
      answer: (verdict) => respond(null, responseOf(verdict)),
    });
  };
}

/** Takes connections of HTTP/2, which gRPC is. */
export class GrpcEnd implements Http2End {
  readonly #server = new Server();
  readonly #connections = this.#server.createConnectionInjector(ServerCredentials.createInsecure());
  readonly #health = new Health(AUTHORIZATION);
  readonly #options: GrpcOptions;

  constructor(options: GrpcOptions) {
    this.#options = options;
    const { authorization, health } = loadServices();
    this.#server.addService(authorization, { check: checkHandler(options) });
    this.#server.addService(health, this.#health.implementation);
  }

  take(socket: Socket): void {
    const { guard, isCertified } = this.#options;
    if (isCertified(socket)) this.#connections.injectConnection(socket);
    else {
      guard.turnAway();
      socket.destroy();
    }
  }

  /** Gateways that ask for its health hear that it is going. */
  retire(): void {
    this.#health.retire();
  }

  close(): void {
    this.#health.close();
    this.#connections.drain(this.#options.graceMs);
  }

  /** Frees what gRPC holds beside its connections. */
  destroy(): void {
    this.#connections.destroy();
    this.#server.forceShutdown();
  }
}
