/** What one request to an upstream is, and what is heard of its answer. */
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';

export interface UpstreamRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** Names and values in turn, without those that concern the connection. */
  readonly headers: readonly string[];
  readonly body: Readable | null;
  /** Known when the body has ended. */
  readonly trailers?: () => readonly string[];
  /** Whether the client understands trailers. */
  readonly wantsTrailers?: boolean;
  /** The protocol that the connection is to change to. */
  readonly upgrade?: string | undefined;
  /** Whether it may take a connection that others used before it. Default true. */
  readonly mayReuse?: boolean;
}

/** How far an answer may come, in the hands of whoever receives it. */
export interface Control {
  readonly httpVersion: '1.1' | '2.0';
  /** Whether it says when more of an answer has to be waited for. */
  readonly tellsPauses?: boolean;
  readonly rawHeaders: readonly string[];
  readonly rawTrailers: readonly string[];
  pause(): void;
  resume(): void;
  /** Nobody wants the rest. Nothing more is heard. */
  abort(reason: Error): void;
}

/** Hears of one answer. After `onResponseEnd`, `onUpgrade` or `onResponseError` nothing more comes. */
export interface ResponseHandler {
  /** The request has a connection. */
  onRequestStart(control: Control): void;
  /** The first bytes came. */
  onResponseStarted(): void;
  /** Also for each 1xx. */
  onResponseStart(control: Control, status: number, headers: unknown, reason?: string): void;
  onResponseData(control: Control, chunk: Buffer): void;
  /**
   * A small body that came as a whole with its head, byte for byte as Latin-1, in place of `onResponseData`; the end
   * follows at once. Where it is absent, `onResponseData` hears it.
   */
  onResponseText?(control: Control, text: string): void;
  /** Where the control `tellsPauses`: what came at once has been heard, and the end was not in it. */
  onResponsePaused?(): void;
  onResponseEnd(control: Control): void;
  onResponseError(control: Control | null, error: Error): void;
  /** The connection has changed its protocol. `head` came after the answer. */
  onUpgrade?(control: Control, socket: Socket, head: Buffer): void;
}

/** A service to which requests can be sent. */
export interface Upstream {
  dispatch(request: UpstreamRequest, handler: ResponseHandler): void;
  destroy(): Promise<void>;
}

export interface UpstreamTimeouts {
  readonly connectMs: number;
  readonly headersMs: number;
  readonly bodyMs: number;
}

export type UpstreamFault =
  | 'UNREACHABLE'
  | 'INSECURE'
  | 'OVERSIZE'
  | 'LOST'
  | 'MALFORMED'
  | 'SLOW'
  | 'STALLED'
  | 'UNSWITCHABLE'
  | 'UNWRITABLE';

/** Why there is no answer, or not the whole of it. */
export class UpstreamError extends Error {
  readonly code: UpstreamFault;

  constructor(code: UpstreamFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
