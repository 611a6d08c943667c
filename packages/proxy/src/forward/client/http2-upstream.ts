/** An upstream that speaks HTTP/2 by prior knowledge: one connection, a stream per request. */
import {
  type ClientHttp2Session,
  type ClientSessionOptions,
  connect,
  type OutgoingHttpHeaders,
} from 'node:http2';
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
  strictSingleValueFields: false,
};

function headersOf(request: UpstreamRequest, host: string): OutgoingHttpHeaders {
  const { host: given, ...headers } = fieldsObject(request.headers);
  return {
    ':method': request.method,
    ':path': request.path,
    ':scheme': 'http',
    ':authority': typeof given === 'string' ? given : host,
    ...headers,
    ...(request.wantsTrailers === true ? { te: 'trailers' } : {}),
  };
}

export class Http2Upstream implements Upstream {
  readonly #url: URL;
  readonly #timeouts: UpstreamTimeouts;
  #session: ClientHttp2Session | undefined;

  /** `origin`: such as `h2c://127.0.0.1:50051`. */
  constructor(origin: string, timeouts: UpstreamTimeouts) {
    this.#url = new URL(origin.replace(/^h2c:/, 'http:'));
    this.#timeouts = timeouts;
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

  #connect(): ClientHttp2Session {
    const session = connect(this.#url.origin, OPTIONS);
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
      return handler.onResponseError(null, new UpstreamError('UNWRITABLE', 'no upgrades here'));
    try {
      const stream = session.request(headersOf(request, this.#url.host), {
        endStream: request.body === null,
        waitForTrailers: request.body !== null,
      });
      new Http2Call(stream, request, handler, this.#timeouts).start();
    } catch (cause) {
      handler.onResponseError(null, new UpstreamError('LOST', 'no stream', { cause }));
    }
  }
}
