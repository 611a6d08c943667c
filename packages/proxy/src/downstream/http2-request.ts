import type { ServerHttp2Stream } from 'node:http2';
import type { ClientRequest, Listener } from '../exchange.ts';
import { newKey } from './http2-tunnel.ts';

/** What may stand in a request line. A space or a line break would end it. */
const PATH = /^[/*][\x21-\x7e\x80-\xff]*$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;

type Fields = Readonly<
  Record<':method' | ':path' | ':authority' | ':scheme' | ':protocol', string>
>;

interface Head {
  readonly pseudo: Fields;
  readonly headers: string[];
  /** Whether nothing in it would read otherwise in HTTP/1.1. */
  readonly sound: boolean;
}

/** HTTP/2 may send a cookie in crumbs; HTTP/1.1 has it in one header (RFC 9113, 8.2.3). */
function read(raw: readonly string[]): Head {
  const pseudo = { ':method': '', ':path': '', ':authority': '', ':scheme': '', ':protocol': '' };
  const headers: string[] = [];
  const crumbs: string[] = [];
  let sound = true;
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] as string;
    const value = raw[i + 1] as string;
    sound &&= VALUE.test(value);
    if (name.startsWith(':')) {
      sound &&= Object.hasOwn(pseudo, name);
      pseudo[name as keyof Fields] = value;
    } else if (name === 'cookie') crumbs.push(value);
    else {
      sound &&= NAME.test(name);
      headers.push(name, value);
    }
  }
  if (crumbs.length > 0) headers.push('cookie', crumbs.join('; '));
  return { pseudo, headers, sound };
}

/** `:authority` is what Host is to HTTP/1.1. Where both stand and differ, both are kept, and the request is refused for it. */
function withHost({ pseudo, headers }: Head): string[] {
  const authority = pseudo[':authority'];
  if (authority === '') return headers;
  const isSameHost = (i: number) =>
    headers[i] === 'host' && headers[i + 1]?.toLowerCase() === authority.toLowerCase();
  const others = headers.filter((_, i) => !isSameHost(i - (i % 2)));
  return ['host', authority, ...others];
}

const firstOf = (headers: readonly string[], name: string): string | undefined => {
  const at = headers.findIndex((part, i) => i % 2 === 0 && part === name);
  return at < 0 ? undefined : headers[at + 1];
};

/** A WebSocket (RFC 8441). Any other CONNECT is none that is served here. */
const isHandshake = ({ pseudo }: Head): boolean =>
  pseudo[':method'] === 'CONNECT' && pseudo[':protocol'] === 'websocket';

/** As a service of HTTP/1.1 is asked, by a key of the edge's own. */
function asHandshake(headers: readonly string[], key: string): string[] {
  const kept = headers.filter((_, i) => headers[i - (i % 2)] !== 'sec-websocket-key');
  return [...kept, 'sec-websocket-key', key];
}

/** Whether the pseudo-headers say what could stand in a request line. */
function isPlain({ pseudo, sound }: Head): boolean {
  const isHttp = /^https?$/i.test(pseudo[':scheme']) && PATH.test(pseudo[':path']);
  return sound && isHttp && (pseudo[':protocol'] === '' || pseudo[':method'] === 'CONNECT');
}

/** A request of HTTP/2 as HTTP/1.1 would have brought it. Its pseudo-headers are no headers. */
export class Http2Request implements ClientRequest {
  readonly method: string;
  /** Empty, and so refused, if it could not stand in a request line. */
  readonly url: string;
  readonly httpVersion = '2.0';
  readonly rawHeaders: string[];
  rawTrailers: string[] = [];
  readonly hasBody: boolean;
  /** Of the WebSocket that is asked for. */
  readonly key: string | undefined;
  readonly #stream: ServerHttp2Stream;

  constructor(stream: ServerHttp2Stream, raw: readonly string[]) {
    const head = read(raw);
    const headers = withHost(head);
    this.#stream = stream;
    this.key = isHandshake(head) ? newKey() : undefined;
    this.method = this.key === undefined ? head.pseudo[':method'] : 'GET';
    this.url = isPlain(head) ? head.pseudo[':path'] : '';
    this.rawHeaders = this.key === undefined ? headers : asHandshake(headers, this.key);
    this.hasBody = this.key === undefined && !stream.endAfterHeaders;
    stream.on('trailers', (_, __, rawTrailers: string[]) => {
      this.rawTrailers = rawTrailers;
    });
  }

  get complete(): boolean {
    return (!this.hasBody && this.key === undefined) || this.#stream.readableEnded;
  }

  get awaitsContinue(): boolean {
    return firstOf(this.rawHeaders, 'expect')?.toLowerCase() === '100-continue';
  }

  on(event: string, listener: Listener): this {
    this.#stream.on(event, listener);
    return this;
  }

  once(event: string, listener: Listener): this {
    this.#stream.once(event, listener);
    return this;
  }

  off(event: string, listener: Listener): this {
    this.#stream.off(event, listener);
    return this;
  }

  pause(): this {
    this.#stream.pause();
    return this;
  }

  resume(): this {
    this.#stream.resume();
    return this;
  }
}
