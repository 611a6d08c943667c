import type { Socket } from 'node:net';
import { refuse } from '../answer/refuse.ts';
import type { Exchange } from '../exchange.ts';
import { type Answered, answeredBy, grpcStatusOf } from '../record/answered.ts';
import type { Outcome } from '../record/recorder.ts';
import type { Refusal } from '../refusal.ts';
import { type Control, type ResponseHandler, UpstreamError } from './client/contract.ts';
import { lengthOf } from './client/request-head.ts';
import { faultOf, type Progress, refusalFor } from './faults.ts';
import { responseHeaders, responseTrailers } from './heads.ts';
import { isSwitchTo, join, withoutFraming } from './tunnel.ts';

const ABANDONED = new Error('the client went away');
const UNASKED = new UpstreamError('MALFORMED', 'the upstream changes to another protocol');
/** What a reason phrase may hold to be written. */
const WRITABLE = /^[\t\x20-\x7e\x80-\xff]*$/;

const flush = (relay: Relay): void => relay.flush();

export interface RelayEvents {
  /** The request has met its end; called once. */
  settled(outcome: Outcome): void;
  /** The response's headers with what the edge has to add. `version`: of HTTP, in which it came. */
  dressed(headers: string[], version: string): string[];
  /** Whether the request is sent again after this failure, by the callee. */
  retried(error: Error, progress: Progress): boolean;
}

/** Carries one response from the upstream to the client, with backpressure, and each side's end to the other. */
export class Relay implements ResponseHandler {
  readonly #exchange: Exchange;
  readonly #events: RelayEvents;
  #controller: Control | undefined;
  #sent = false;
  #answered = false;
  #abandoned = false;
  #settled = false;
  /** Whether the client can tell a response that was cut off from a complete one. */
  #framed = true;
  /** Whether the head may still wait for what comes with it. */
  #waits = false;
  /** What came with the head: one piece costs the client's connection less than two. */
  #held: Buffer | undefined;
  /** The same of a body that is whole. */
  #text: string | undefined;
  #listens = false;
  /** Whether the client does not take what came. */
  #isFull = false;
  /** When the request had its connection, and how long the head took from there; in milliseconds. */
  #sentAt: number | undefined;
  #firstByteMs: number | undefined;
  #answer: Answered | undefined;

  constructor(exchange: Exchange, events: RelayEvents) {
    this.#exchange = exchange;
    this.#events = events;
  }

  /** The client is gone: nothing is to be fetched for it any more. */
  abandon(): void {
    this.#abandoned = true;
    this.#controller?.abort(ABANDONED);
    this.#settle(0, 'client');
  }

  /** All of it took too long, whoever let the other wait. */
  expire(): void {
    const { req } = this.#exchange;
    const [code, who] =
      req.complete && !this.#isFull
        ? (['SLOW', 'the upstream'] as const)
        : (['STALLED', 'the client'] as const);
    this.onResponseError(undefined, new UpstreamError(code, `${who} takes too long in all`));
    this.#abandoned = true;
    this.#controller?.abort(ABANDONED);
  }

  onRequestStart(controller: Control): void {
    this.#controller = controller;
    this.#sent = true;
    this.#sentAt = this.#exchange.elapsed();
    const { res, awaitsContinue } = this.#exchange;
    if (this.#abandoned) controller.abort(ABANDONED);
    else if (awaitsContinue && !res.headersSent) res.writeContinue();
  }

  onResponseStarted(): void {
    this.#answered = true;
  }

  onResponseStart(controller: Control, status: number, _: unknown, reason = ''): void {
    const { req, res } = this.#exchange;
    const pairs = controller.rawHeaders;
    if (status < 200) return this.#inform(status, pairs);
    this.#note(status, pairs);
    const isBodiless = req.method === 'HEAD' || status === 204 || status === 304;
    const kept = responseHeaders(pairs, !isBodiless && req.httpVersion !== '1.0');
    const given = status === 204 ? withoutFraming(kept) : kept;
    const headers = this.#events.dressed(given, controller.httpVersion);
    this.#framed = isBodiless || req.httpVersion !== '1.0' || lengthOf(headers) !== undefined;
    res.writeHead(status, WRITABLE.test(reason) ? reason : '', headers);
    this.#waits = true;
    if (controller.tellsPauses !== true) process.nextTick(flush, this);
  }

  onResponsePaused(): void {
    this.flush();
  }

  onResponseText(_: Control, text: string): void {
    this.#text = text;
  }

  onResponseData(controller: Control, chunk: Buffer): void {
    if (this.#waits && this.#held === undefined) this.#held = chunk;
    else {
      this.flush();
      this.#write(controller, chunk);
    }
  }

  /** A head without a body as yet (server-sent events) must not wait for one. */
  flush(): void {
    if (!this.#waits) return;
    this.#waits = false;
    const held = this.#held;
    this.#held = undefined;
    const { res } = this.#exchange;
    if (res.writableEnded || res.destroyed) return;
    if (held === undefined) res.flushHeaders();
    else if (this.#controller !== undefined) this.#write(this.#controller, held);
  }

  onResponseEnd(controller: Control): void {
    const { res } = this.#exchange;
    const trailers = responseTrailers(controller.rawTrailers);
    if (trailers.length > 0) res.addTrailers(trailers);
    this.#waits = false;
    if (this.#text === undefined) res.end(this.#held);
    else res.end(this.#text, 'latin1');
    const grpcStatus = grpcStatusOf(controller.rawTrailers) ?? this.#answer?.grpcStatus;
    this.#settle(res.statusCode, undefined, undefined, undefined, grpcStatus);
  }

  onUpgrade(controller: Control, upstream: Socket, late: Buffer): void {
    const { tunnel } = this.#exchange;
    if (tunnel === undefined || this.#exchange.gone()) return void upstream.destroy();
    const { rawHeaders } = controller;
    if (!isSwitchTo(tunnel.protocol, rawHeaders) || !tunnel.agrees(rawHeaders)) {
      upstream.destroy();
      return this.onResponseError(controller, UNASKED);
    }
    this.#note(101, rawHeaders);
    const given = withoutFraming(responseHeaders(rawHeaders, false));
    join(tunnel, this.#events.dressed(given, '1.1'), upstream, late);
    this.#settle(101, undefined);
  }

  onResponseError(_: unknown, error: Error): void {
    const { res } = this.#exchange;
    if (this.#settled) return;
    if (this.#abandoned || this.#exchange.gone()) return this.#settle(0, 'client');
    const progress = { sent: this.#sent, answered: this.#answered };
    if (res.headersSent) return this.#breakOff(refusalFor(error, progress), error);
    if (this.#events.retried(error, progress)) return;
    const given = refusalFor(error, progress);
    refuse(this.#exchange, given);
    this.#settle(given.status, faultOf(error, given), given, error);
  }

  /** The client must see that the response is not whole; a reset is all that says so when only the end frames it. */
  #breakOff(given: Refusal, error: Error): void {
    const { res } = this.#exchange;
    this.flush();
    this.#exchange.cut(this.#framed);
    this.#settle(res.statusCode, faultOf(error, given), given, error);
  }

  #write(controller: Control, chunk: Buffer): void {
    const { res } = this.#exchange;
    if (res.write(chunk)) return;
    this.#isFull = true;
    controller.pause();
    if (this.#listens) return;
    this.#listens = true;
    res.on('drain', () => {
      this.#isFull = false;
      this.#controller?.resume();
    });
  }

  #inform(status: number, pairs: readonly string[]): void {
    const { req, res } = this.#exchange;
    if (req.httpVersion === '1.0' || res.headersSent) return;
    res.writeInformation(status, withoutFraming(responseHeaders(pairs, false)));
  }

  /** Who answered, before that is taken off. */
  #note(status: number, pairs: readonly string[]): void {
    this.#answer = answeredBy(status, pairs);
    if (this.#sentAt !== undefined) this.#firstByteMs = this.#exchange.elapsed() - this.#sentAt;
  }

  #settle(
    status: number,
    fault: Outcome['fault'],
    refused?: Refusal,
    cause?: Error,
    grpcStatus?: number,
  ): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#events.settled({
      status,
      fault,
      ms: this.#exchange.elapsed(),
      refused,
      cause,
      answered: this.#answer,
      firstByteMs: this.#firstByteMs,
      grpcStatus,
    });
  }
}
