/** grpc.health.v1: gateways ask it, and leave a server alone that drains. */
import type {
  handleServerStreamingCall,
  handleUnaryCall,
  ServerWritableStream,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { status } from '@grpc/grpc-js';

interface HealthRequest {
  readonly service?: string;
}

interface HealthResponse {
  readonly status: 'SERVING' | 'NOT_SERVING' | 'SERVICE_UNKNOWN';
}

type Watcher = ServerWritableStream<HealthRequest, HealthResponse>;

export class Health {
  readonly #services: ReadonlySet<string>;
  readonly #watchers = new Set<Watcher>();
  #status: 'SERVING' | 'NOT_SERVING' = 'SERVING';

  /** `service`: a name that is asked for beside the whole server. */
  constructor(service: string) {
    this.#services = new Set(['', service]);
  }

  get implementation(): UntypedServiceImplementation {
    const check: handleUnaryCall<HealthRequest, HealthResponse> = ({ request }, answer) => {
      if (this.#knows(request)) answer(null, { status: this.#status });
      else answer({ code: status.NOT_FOUND });
    };
    const watch: handleServerStreamingCall<HealthRequest, HealthResponse> = (call) => {
      if (!this.#knows(call.request)) return void call.write({ status: 'SERVICE_UNKNOWN' });
      call.write({ status: this.#status });
      this.#watchers.add(call);
      call.on('cancelled', () => this.#watchers.delete(call));
    };
    return { check, watch };
  }

  /** Says from now on that it is not serving. */
  retire(): void {
    this.#status = 'NOT_SERVING';
    for (const watcher of this.#watchers) watcher.write({ status: this.#status });
  }

  /** Watches have no end of their own. */
  close(): void {
    for (const watcher of this.#watchers) watcher.end();
    this.#watchers.clear();
  }

  #knows({ service = '' }: HealthRequest): boolean {
    return this.#services.has(service);
  }
}
