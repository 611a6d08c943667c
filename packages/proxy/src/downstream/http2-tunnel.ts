/** WebSockets on a stream of HTTP/2 (RFC 8441): to services they are handshakes of HTTP/1.1. */
import { createHash, randomBytes } from 'node:crypto';
import { constants, type ServerHttp2Stream } from 'node:http2';
import type { Tunnel } from '../exchange.ts';
import { fieldsObject, saying } from '../forward/client/fields.ts';
import { closeStream } from './http2-streams.ts';

/** RFC 6455, 1.3. */
const MAGIC = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const NOTHING = Buffer.alloc(0);

/** HTTP/2 has no key: whoever asks a service of HTTP/1.1 on a client's behalf makes one (RFC 8441, 5). */
export const newKey = (): string => randomBytes(16).toString('base64');

/** What a service answers to a key. */
export const acceptOf = (key: string): string =>
  createHash('sha1').update(`${key}${MAGIC}`).digest('base64');

const isAccept = (part: string | undefined): boolean =>
  part?.toLowerCase() === 'sec-websocket-accept';

const acceptsIn = (pairs: readonly string[]): string[] =>
  pairs.filter((_, i) => i % 2 === 1 && isAccept(pairs[i - 1]));

/** `onOpen` hears when bytes pass. */
export function tunnelThrough(
  stream: ServerHttp2Stream,
  key: string,
  onOpen: (stream: ServerHttp2Stream) => void,
): Tunnel {
  return {
    protocol: 'websocket',
    stream,
    early: NOTHING,
    agrees(headers) {
      const accepts = acceptsIn(headers);
      return accepts.length === 1 && accepts[0] === acceptOf(key);
    },
    open(headers) {
      const kept = headers.filter((_, i) => !isAccept(headers[i - (i % 2)]));
      const head = { ':status': 200, ...fieldsObject(kept) };
      saying(stream, head, (to, fields) => to.respond(fields));
      onOpen(stream);
    },
    cut: () => closeStream(stream, constants.NGHTTP2_CANCEL),
  };
}
