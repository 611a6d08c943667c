/** An upstream that speaks HTTP/2: one connection, a stream per request. */
import {
  type ClientHttp2Session,
  type ClientSessionOptions,
  connect,
  type OutgoingHttpHeaders,
} from 'node:http2';
import type { TLSSocket } from 'node:tls';
import {
  type ResponseHandler,
  type Upstream,
  UpstreamError,
  type UpstreamRequest,
  type UpstreamTimeouts,
} from './contract.ts';
import { fieldsObject } from './fields.ts';
import { Http2Call } from './http2-call.ts';

// Clients may send duplicates that Node holds for mistakes; they are not the edge's to judge.
const OPTIONS: ClientSessionOptions & { strictSingleValueFields: boolean } = {
  // Nobody here would take what is pushed (RFC 9113, 8.4).
  settings: { enablePush: false },
  strictSingleValueFields: false,
};

function headersOf(request: UpstreamRequest, { host, protocol }: URL): OutgoingHttpHeaders {
  const { host: given, ...headers } = fieldsObject(request.headers);
  return {
    ':method': request.method,
    ':path': request.path,
    ':scheme': protocol.slice(0, -1),
    ':authority': typeof given === 'string' ? given : host,
    ...headers,
    ...(request.wantsTrailers === true ? { te: 'trailers' } : {}),
  };
}

export class Http2Upstream implements Upstream {
  readonly #url: URL;
  readonly #timeouts: UpstreamTimeouts;
  #session: ClientHttp2Session | undefined;

  /** `origin`: such as `h2c://127.0.0.1:50051`. One of `https:` has to be given its connections. */
  constructor(origin: string, timeouts: UpstreamTimeouts) {
    this.#url = new URL(origin.replace(/^h2c:/, 'http:'));
    this.#timeouts = timeouts;
  }

  /** Whether there is a connection. */
  get isOpen(): boolean {
    return this.#session !== undefined;
  }

  /** From here on requests go by this connection. */
  adopt(socket: TLSSocket): void {
    this.#session = this.#connect(socket);
  }

  dispatch(request: UpstreamRequest, handler: ResponseHandler): void {
    this.#session ??= this.#connect();
    const session = this.#session;
    if (!session.connecting) return this.#send(session, request, handler);
    const connected = () => {
      session.off('close', lost);
      this.#send(session, request, handler);
    };
    const lost = () => {
      session.off('connect', connected);
      handler.onResponseError(null, new UpstreamError('UNREACHABLE', 'no connection'));
    };
    session.once('connect', connected).once('close', lost);
  }

  async destroy(): Promise<void> {
    this.#session?.destroy();
  }

  #connect(socket?: TLSSocket): ClientHttp2Session {
    const how = socket === undefined ? OPTIONS : { ...OPTIONS, createConnection: () => socket };
    const session = connect(this.#url.origin, how);
    const forget = () => {
      if (this.#session === session) this.#session = undefined;
    };
    const { connectMs } = this.#timeouts;
    const timer = connectMs === 0 ? undefined : setTimeout(() => session.destroy(), connectMs);
    session
      .on('error', () => {})
      // Its streams may end; new ones need another connection.
      .on('goaway', forget)
      .on('close', () => {
        clearTimeout(timer);
        forget();
      })
      .on('connect', () => clearTimeout(timer));
    return session;
  }

  #send(session: ClientHttp2Session, request: UpstreamRequest, handler: ResponseHandler): void {
    if (request.upgrade !== undefined)
      return handler.onResponseError(null, new UpstreamError('UNSWITCHABLE', 'no upgrades here'));
    try {
      const headers = headersOf(request, this.#url);
      const endStream = request.body === null;
      // Only where they are announced: a stream that waits for them may not be closed at any time.
      const waitForTrailers = !endStream && headers['trailer'] !== undefined;
      const stream = session.request(headers, { endStream, waitForTrailers });
      new Http2Call(stream, request, handler, this.#timeouts, waitForTrailers).start();
    } catch (cause) {
      handler.onResponseError(null, new UpstreamError('LOST', 'no stream', { cause }));
    }
  }
}
