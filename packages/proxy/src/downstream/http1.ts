/** HTTP/1.1 from clients: Node's own server and parser. */
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import { lastWords } from '../answer/refusal-answer.ts';
import type { Exchange, Tunnel } from '../exchange.ts';
import { type Refusal, refusal } from '../refusal.ts';
import { Http1Message } from './http1-message.ts';
import { Http1Response } from './http1-response.ts';
import { KEEP_ALIVE_MS, type Reception } from './reception.ts';
import { asksForWebSocket, responseOn, tunnelOn } from './upgrade.ts';

/** The last thing that a connection is told. */
function endWith(socket: Socket, words: string): void {
  socket.on('error', () => {});
  socket.end(words, 'latin1');
}

/** Why Node could not read a request; nothing where the connection itself ended. */
function unreadable(code = ''): Refusal | undefined {
  if (code === 'HPE_HEADER_OVERFLOW') return refusal('TINCT_EDGE_HEAD_TOO_LARGE');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return refusal('TINCT_EDGE_HEAD_SLOW');
  if (!code.startsWith('HPE_')) return undefined;
  return refusal(
    'TINCT_EDGE_REQUEST_MALFORMED',
    'It is no HTTP/1.1, or could be read in two ways.',
  );
}

/** The response whose turn it is on a connection. */
const current = (socket: Socket): ServerResponse | undefined =>
  (socket as { _httpMessage?: ServerResponse })._httpMessage;

/** Whether an answer to an earlier request is being written: other words would stand in the middle of it. */
const isAnswering = (socket: Socket): boolean => current(socket)?.headersSent === true;

/** Whether an earlier answer is the last of its connection: what comes behind it is no request (RFC 9112, 9.6). */
function isOver(socket: Socket, res: ServerResponse): boolean {
  const before = current(socket);
  return socket.writableEnded || (before !== res && before?.shouldKeepAlive === false);
}

class Http1Exchange implements Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly socket: Socket;
  readonly trusted: boolean;
  readonly encrypted: boolean;
  readonly awaitsContinue: boolean;
  readonly tunnel: Tunnel | undefined;
  readonly #startedAt = performance.now();

  constructor(
    { peerOf }: Pick<Reception, 'peerOf'>,
    req: IncomingMessage,
    res: ServerResponse,
    awaitsContinue: boolean,
    tunnel?: Tunnel,
  ) {
    this.req = req;
    this.res = res;
    this.socket = req.socket;
    const { trusted, encrypted } = peerOf(req.socket);
    this.trusted = trusted;
    this.encrypted = encrypted;
    this.awaitsContinue = awaitsContinue;
    this.tunnel = tunnel;
  }

  elapsed(): number {
    return performance.now() - this.#startedAt;
  }

  gone(): boolean {
    return this.socket.destroyed;
  }

  /** When only the connection's end frames a response, a reset is all that can say so. */
  cut(framed: boolean): void {
    if (framed) this.res.destroy();
    else this.socket.resetAndDestroy();
  }

  hush(): void {
    this.socket.destroy();
  }
}

/** A server that is given its connections. `tunnels` holds those that have left it for another protocol. */
export function http1Server(reception: Reception, tunnels: Set<Socket>): Server {
  const { serve, turnAway, isClosing, patienceMs, headMs, headerBytes } = reception;
  const handle = (awaitsContinue: boolean) => (req: IncomingMessage, res: ServerResponse) => {
    if (isOver(req.socket, res)) return;
    if (isClosing()) res.shouldKeepAlive = false;
    const exchange = new Http1Exchange(reception, req, res, awaitsContinue);
    if (req.httpVersionMajor === 1) serve(exchange);
    else turnAway(exchange, refusal('TINCT_EDGE_REQUEST_MALFORMED', 'It is no HTTP/1.1.'));
  };
  const handleUpgrade = (req: IncomingMessage, socket: Socket, early: Buffer) => {
    tunnels.add(socket);
    socket.on('close', () => tunnels.delete(socket));
    socket.setTimeout(patienceMs, () => void socket.destroy());
    const tunnel: Tunnel | undefined = asksForWebSocket(req) ? tunnelOn(socket, early) : undefined;
    serve(new Http1Exchange(reception, req, responseOn(socket, req), false, tunnel));
  };
  const options: ServerOptions & { shouldUpgradeCallback: (req: IncomingMessage) => boolean } = {
    insecureHTTPParser: false,
    // A request without Host is refused with the others that are in doubt.
    requireHostHeader: false,
    IncomingMessage: Http1Message,
    ServerResponse: Http1Response as typeof ServerResponse,
    // Nobody reads a body that is not announced.
    optimizeEmptyRequests: true,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // An upload may take as long as it goes on; a pause ends it by the server's `timeout`.
    requestTimeout: 0,
    headersTimeout: headMs,
    connectionsCheckingInterval: Math.min(30_000, Math.max(20, Math.ceil(headMs / 2))),
    maxHeaderSize: headerBytes,
    // Since Node 24.9. Before it, an offer of another protocol costs the connection, not the answer.
    shouldUpgradeCallback: asksForWebSocket,
  };
  const server = createServer(options);
  server.timeout = patienceMs;
  // Node drops headers beyond 2,000 without a word; their size is bounded already.
  server.maxHeadersCount = 0;
  server
    .on('request', handle(false))
    .on('checkContinue', handle(true))
    // Nothing else that could be expected is known: it is passed over, as RFC 9110 lets a server do (10.1.1).
    .on('checkExpectation', handle(false))
    .on('upgrade', handleUpgrade)
    // CONNECT never reaches the pipeline: Node hands over the bare connection.
    .on('connect', (req: IncomingMessage, socket: Socket) => {
      const given = refusal('TINCT_EDGE_METHOD_REFUSED');
      reception.unreadable?.(socket, given);
      endWith(socket, lastWords(given, req));
    })
    .on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
      const given = unreadable(error.code);
      if (given === undefined || !socket.writable) return void socket.destroy();
      // Node notices a coding that it does not know only behind the head, when that is refused already: it is told why.
      if (isAnswering(socket)) return void socket.destroySoon();
      reception.unreadable?.(socket, given);
      socket.write(lastWords(given), 'latin1');
      socket.destroy();
    });
  // Node looks for slow heads once a server listens; this one doesn't by itself.
  server.emit('listening');
  return server;
}
