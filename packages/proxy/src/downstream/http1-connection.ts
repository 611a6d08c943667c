/** One HTTP/1.1 connection of a client: its requests in turn, each with its answer. */
import type { Socket } from 'node:net';
import { lastWords } from '../answer/refusal-answer.ts';
import { LINGER_MS, type Tunnel } from '../exchange.ts';
import { type Refusal, refusal } from '../refusal.ts';
import { Http1Exchange } from './http1-exchange.ts';
import { type BodySource, Http1Request } from './http1-request.ts';
import { type AnswerSink, Http1Response } from './http1-response.ts';
import { KEEP_ALIVE_MS, type Peer, type Reception } from './reception.ts';
import { awaitsContinue, objection, type RequestLines, type Unreadable } from './request-head.ts';
import { type RequestEvents, RequestParser } from './request-parser.ts';
import { asksForWebSocket, tunnelOn } from './upgrade.ts';

/** What may come behind a request before it is answered. More has to wait at the client. */
const AHEAD_BYTES = 65_536;

/**
 * `head`: it is new, or a head has begun; `idle`: it waits for the next request; `busy`: a request is on its way;
 * `closing`: the last words are said; `tunnel`: it asks for another protocol, or speaks it.
 */
type Phase = 'head' | 'idle' | 'busy' | 'closing' | 'tunnel';

/** Who looks after connections. */
export interface Http1Owner {
  readonly reception: Reception;
  /** Hears of a connection that may leave HTTP. */
  offered(socket: Socket): void;
}

export class Http1Connection implements RequestEvents, BodySource, AnswerSink {
  readonly socket: Socket;
  readonly #owner: Http1Owner;
  readonly #peer: Peer;
  readonly #parser: RequestParser;
  #phase: Phase = 'head';
  /** When the phase began, or something last happened in it; by `performance.now()`. */
  #since = performance.now();
  #turn: Http1Exchange | undefined;
  #isHeld = false;
  #isSlowReader = false;

  constructor(owner: Http1Owner, socket: Socket) {
    this.#owner = owner;
    this.socket = socket;
    this.#peer = owner.reception.peerOf(socket);
    this.#parser = new RequestParser(this, owner.reception.headerBytes);
    socket
      .on('data', this.read)
      .on('drain', this.#drained)
      .on('end', this.#ended)
      .on('error', () => {})
      .on('close', () => this.#left());
  }

  get encrypted(): boolean {
    return this.#peer.encrypted;
  }

  get isIdle(): boolean {
    return this.#phase === 'idle';
  }

  /** Ends what has lasted too long. `now`: by `performance.now()`. */
  expire(now: number): void {
    const { headMs, patienceMs } = this.#owner.reception;
    const passed = now - this.#since;
    const isOver = (ms: number) => ms > 0 && passed >= ms;
    if (this.#phase === 'head' && isOver(headMs)) this.#tooSlow();
    else if (this.#phase === 'idle' && isOver(KEEP_ALIVE_MS)) this.socket.destroy();
    else if (this.#phase === 'busy' && isOver(patienceMs)) this.#impatient(patienceMs);
    else if (this.#phase === 'closing' && isOver(LINGER_MS)) this.socket.destroy();
  }

  wrote(): void {
    this.#since = performance.now();
  }

  pauseBody(): void {
    this.#parser.pause();
  }

  resumeBody(): void {
    this.#parser.resume();
    this.#regulate();
  }

  onRequest(head: RequestLines): void {
    const { reception } = this.#owner;
    const now = performance.now();
    this.#since = now;
    this.#phase = 'busy';
    if (head.method === 'CONNECT') return this.#refuseConnect(head);
    const isOld = head.httpVersion === '1.0';
    const req = new Http1Request(this, head);
    const isUpgrade = head.said.upgrade !== undefined && asksForWebSocket(head);
    const asked = { method: head.method, isOld };
    const mayStay = head.keepAlive && !isUpgrade && !reception.isClosing();
    const res = new Http1Response(this, asked, mayStay);
    const tunnel = isUpgrade ? this.#offered() : undefined;
    const waits = awaitsContinue(head);
    const turn = new Http1Exchange(this.socket, this.#peer, req, res, waits, tunnel, now);
    this.#turn = turn;
    reception.serve(turn);
  }

  onData(chunk: Buffer): void {
    this.#turn?.req.take(chunk);
  }

  onEnd(trailers: string[]): void {
    const turn = this.#turn;
    turn?.req.finish(trailers);
    if (turn?.res.writableFinished === true) this.#next();
  }

  onUnreadable({ isTooLarge }: Unreadable): void {
    const detail = 'It is no HTTP/1.1, or could be read in two ways.';
    this.#refuse(
      isTooLarge
        ? refusal('TINCT_EDGE_HEAD_TOO_LARGE')
        : refusal('TINCT_EDGE_REQUEST_MALFORMED', detail),
    );
  }

  /** An answer is written to its end. */
  readonly onWritten = (error?: Error | null): void => {
    const turn = this.#turn;
    if (turn === undefined || (error !== undefined && error !== null)) return;
    const { req, res } = turn;
    this.#isSlowReader &&= this.#forgive();
    res.finish();
    if (this.#turn !== turn || this.#phase === 'closing') return;
    if (!res.shouldKeepAlive) this.#sayGoodbye();
    else if (req.complete) this.#next();
    // What is left of the body stands before the next request.
    else this.resumeBody();
  };

  readonly read = (chunk: Buffer): void => {
    if (!this.#hears()) return;
    this.#parser.execute(chunk);
    this.#regulate();
  };

  /** As {@link read}, of the first bytes of a memory that others write to afterwards. False: no more for now. */
  readShared(memory: Buffer, bytes: number): boolean {
    // Whoever speaks another protocol by now reads a stream.
    if (this.#phase === 'tunnel') return this.socket.push(Buffer.from(memory.subarray(0, bytes)));
    if (!this.#hears()) return true;
    this.#parser.executeShared(memory, bytes);
    this.#regulate();
    return !this.#isHeld;
  }

  /** Something came; whether anybody wants it. */
  #hears(): boolean {
    if (this.#phase === 'closing') return false;
    if (this.#phase !== 'head') this.#since = performance.now();
    if (this.#phase === 'idle') this.#phase = 'head';
    return true;
  }

  readonly #drained = (): void => {
    this.#since = performance.now();
    this.#isSlowReader &&= this.#forgive();
    this.#turn?.res.drained();
  };

  readonly #ended = (): void => {
    // Who ends its side before the answer counts as gone: the connection closes when both sides have ended.
    if (this.#phase === 'closing' || !this.#parser.isWithin) this.socket.end();
    else this.onUnreadable(objection('an end within it'));
  };

  #next(): void {
    this.#turn = undefined;
    this.#phase = 'idle';
    this.#since = performance.now();
    if (this.#parser.held > 0) this.#phase = 'head';
    this.#parser.next();
    this.#regulate();
  }

  /** Reads on, or lets the client wait. */
  #regulate(): void {
    const { held, isPaused } = this.#parser;
    const holds = this.#phase !== 'closing' && held > (isPaused ? 0 : AHEAD_BYTES);
    if (holds === this.#isHeld || this.#phase === 'tunnel') return;
    this.#isHeld = holds;
    if (holds) this.socket.pause();
    else this.socket.resume();
  }

  /** The client's way out of HTTP, if the service takes it. What comes meanwhile is for the tunnel. */
  #offered(): Tunnel {
    const { socket } = this;
    this.#phase = 'tunnel';
    socket.pause();
    socket.setTimeout(this.#owner.reception.patienceMs, () => void socket.destroy());
    this.#owner.offered(socket);
    return tunnelOn(socket, this.#parser.stop(), () => {
      socket.off('data', this.read).off('drain', this.#drained).off('end', this.#ended);
    });
  }

  #refuseConnect({ headers, method, url, httpVersion }: RequestLines): void {
    this.#refuse(refusal('TINCT_EDGE_METHOD_REFUSED'), {
      rawHeaders: headers,
      method,
      url,
      httpVersion,
    });
  }

  #tooSlow(): void {
    if (this.#parser.held === 0) this.socket.destroy();
    else this.#refuse(refusal('TINCT_EDGE_HEAD_SLOW'));
  }

  /** The last answer of a connection, to what is no request, or not one to the end. */
  #refuse(given: Refusal, asked?: Parameters<typeof lastWords>[1]): void {
    const turn = this.#turn;
    // Other words would stand in the middle of an answer.
    if (turn?.res.headersSent === true || !this.socket.writable) return void this.socket.destroy();
    this.#owner.reception.unreadable?.(this.socket, given);
    this.socket.write(lastWords(given, asked), 'latin1');
    this.#sayGoodbye();
    turn?.req.leave();
    turn?.res.close();
  }

  /** A client that still sends gets time to read: what comes meanwhile is thrown away. */
  #sayGoodbye(): void {
    this.#phase = 'closing';
    this.#since = performance.now();
    this.#parser.stop();
    this.socket.end();
    this.socket.resume();
  }

  /** A client that takes what it gets, however slowly, is not silent: Node sees that, where we only see all of a piece. */
  #impatient(patienceMs: number): void {
    const { socket } = this;
    if (socket.writableLength === 0) return void socket.destroy();
    if (this.#isSlowReader) return;
    this.#isSlowReader = true;
    socket.setTimeout(patienceMs, () => void socket.destroy());
  }

  #forgive(): false {
    this.socket.setTimeout(0);
    return false;
  }

  #left(): void {
    const turn = this.#turn;
    this.#parser.stop();
    turn?.req.leave();
    turn?.res.close();
  }
}
