/** A request byte for byte, as no HTTP client would send it. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { type Answer, answerOf } from './ask.ts';

export interface RawOptions {
  /** Header lines as they go out, without Host. */
  readonly lines?: readonly string[];
  /** Everything behind the head. */
  readonly body?: string;
  readonly host: string;
  /** The address that it comes from. */
  readonly from?: string;
}

/** Asks on a connection of its own. */
export async function askRaw(url: string, options: RawOptions): Promise<Answer> {
  const { lines = [], body = '', host, from } = options;
  const { hostname, port } = new URL(url);
  const socket = connect({
    host: hostname,
    port: Number(port),
    ...(from === undefined ? {} : { localAddress: from }),
  });
  const head = [
    `${body === '' ? 'GET' : 'POST'} / HTTP/1.1`,
    `Host: ${host}`,
    'Connection: close',
    ...lines,
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`, 'latin1');
  let got = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    got += chunk;
  });
  await once(socket, 'close');
  return parse(got);
}

function parse(text: string): Answer {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const body = rest.join('\r\n\r\n');
  const isChunked = headers['transfer-encoding'] === 'chunked';
  return answerOf(Number(first.split(' ')[1]), headers, isChunked ? joined(body) : body);
}

/** Chunks, each behind its size in hexadecimal digits, until one of 0 → what they hold. */
function joined(chunks: string): string {
  const end = chunks.indexOf('\r\n');
  const size = Number.parseInt(chunks.slice(0, end), 16);
  if (!(size > 0)) return '';
  const begin = end + 2;
  return chunks.slice(begin, begin + size) + joined(chunks.slice(begin + size + 2));
}
