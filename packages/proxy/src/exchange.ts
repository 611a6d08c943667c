import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Peer } from '@tinct/sdk';

/** A listener as Node types it. */
// biome-ignore lint/suspicious/noExplicitAny: what an event hands over is its emitter's to say.
export type Listener = (...args: any[]) => void;

/** How long a client may go on sending what nobody wants any more, in ms: it gets time to read the answer first. */
export const LINGER_MS = 2000;

/** What stands before a request's body. */
export interface RequestHead {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly httpVersion: string;
  /** Names and values in turn. */
  readonly rawHeaders: string[];
  /** Known where whoever read the request tells; a gateway that asks doesn't, and headers do. */
  readonly hasBody?: boolean;
}

/** A request that is to be decided, whoever brought it: a client, or a gateway that asks on its behalf. */
export interface Inquiry {
  readonly req: RequestHead;
  /** The peer that trust is judged by. */
  readonly socket: Peer;
  /** Whether the peer is a trusted hop: believed for identity, attributes and `X-Forwarded-*`, never for colors. */
  readonly trusted: boolean;
  /** Absent: the request asks for no other protocol, or for none that is known here. */
  readonly tunnel?: Tunnel | undefined;
  /** Milliseconds since the request came. */
  elapsed(): number;
  /** Whether nobody is left to answer. */
  gone(): boolean;
}

/** A client's request, whichever version of HTTP it speaks. */
export interface ClientRequest extends RequestHead {
  readonly hasBody: boolean;
  /** Complete when the body has ended. */
  readonly rawTrailers: string[];
  /** Whether all of it came. */
  readonly complete: boolean;
  on(event: string, listener: Listener): this;
  once(event: string, listener: Listener): this;
  off(event: string, listener: Listener): this;
  pause(): this;
  resume(): this;
}

/** The way to answer, whichever version of HTTP the client speaks. */
export interface ClientResponse {
  readonly headersSent: boolean;
  readonly writableEnded: boolean;
  readonly writableFinished: boolean;
  readonly destroyed: boolean;
  readonly statusCode: number;
  /** Set to false for the last answer of a connection. */
  shouldKeepAlive: boolean;
  /** `headers`: names and values in turn. */
  writeHead(status: number, reason: string, headers: string[]): this;
  flushHeaders(): void;
  /** False when the client should be given time until `drain`. */
  write(chunk: Buffer): boolean;
  end(body?: string | Buffer): this;
  end(body: string, encoding: BufferEncoding): this;
  addTrailers(trailers: [string, string][]): void;
  writeContinue(): void;
  writeInformation(status: number, headers: string[]): void;
  on(event: string, listener: Listener): this;
}

/** What is asked to change its protocol: a connection of HTTP/1.1, a stream of HTTP/2. */
export interface Tunnel {
  readonly protocol: 'websocket';
  /** The client's bytes, both ways. */
  readonly stream: Duplex;
  /** What the client sent already after its request. */
  readonly early: Buffer;
  /** Whether the service's answer, names and values in turn, is one to this handshake. */
  agrees(headers: readonly string[]): boolean;
  /** Tells the client that the protocol has changed. */
  open(headers: readonly string[]): void;
  /** Ends it so that the client sees that the other side broke. */
  cut(): void;
}

/** One request with its response, and what is known of the peer. */
export interface Exchange extends Inquiry {
  readonly req: ClientRequest;
  readonly res: ClientResponse;
  /** With HTTP/2 many share it: nothing may be written or ended here. */
  readonly socket: Socket;
  /** Whether the client came by TLS. */
  readonly encrypted: boolean;
  /** Whether the client waits for `100 Continue` before it sends the body. */
  readonly awaitsContinue: boolean;
  /** Ends a response so that the client sees that it isn't whole. `framed`: whether its framing can show that. */
  cut(framed: boolean): void;
  /** Ends a request of which nobody wants the rest. */
  hush(): void;
}
