/** HTTP/2 written by hand, for what no client library would send. */
import { connect, type Socket } from 'node:net';
import type { Test } from 'tap';

export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
export const TYPE = { data: 0, headers: 1, reset: 3, settings: 4, goaway: 7, continuation: 9 };
export const END_STREAM = 1;
export const END_HEADERS = 4;

export function frame(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

const literal = (text: string): Buffer => {
  const bytes = Buffer.from(text, 'latin1');
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
};

/** Fields without indexing and without Huffman (RFC 7541, 6.2.2). */
export const hpack = (fields: readonly (readonly [string, string])[]): Buffer =>
  Buffer.concat(
    fields.flatMap(([name, value]) => [Buffer.from([0]), literal(name), literal(value)]),
  );

export const get = (authority = 'a'): [string, string][] => [
  [':method', 'GET'],
  [':scheme', 'http'],
  [':authority', authority],
  [':path', '/'],
];

export const request = (
  stream: number,
  fields: readonly (readonly [string, string])[],
  flags = END_STREAM | END_HEADERS,
): Buffer => frame(TYPE.headers, flags, stream, hpack(fields));

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

/** A connection of HTTP/2 with the frames that came. */
export function speak(
  t: Test,
  url: string,
  ...written: Uint8Array[]
): { socket: Socket; frames: Frame[]; closed: () => boolean } {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  t.teardown(() => socket.destroy());
  const frames: Frame[] = [];
  let [rest, closed] = [Buffer.alloc(0), false];
  socket
    .on('error', () => {})
    .on('close', () => {
      closed = true;
    });
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 9 && rest.length >= 9 + rest.readUIntBE(0, 3)) {
      const length = rest.readUIntBE(0, 3);
      const [type, flags, stream] = [rest.readUInt8(3), rest.readUInt8(4), rest.readUInt32BE(5)];
      frames.push({ type, flags, stream, payload: rest.subarray(9, 9 + length) });
      rest = rest.subarray(9 + length);
    }
  });
  socket.write(Buffer.concat([PREFACE, frame(TYPE.settings, 0, 0, Buffer.alloc(0)), ...written]));
  return { socket, frames, closed: () => closed };
}
