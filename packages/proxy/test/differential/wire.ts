/** HTTP/1.1 as bytes on a socket, for a test that must see what a library would tidy up. Bytes are latin1 text. */
import type { Socket } from 'node:net';

export type Field = readonly [name: string, value: string];

export interface Head {
  readonly start: string;
  readonly fields: readonly Field[];
}

/** How a message says where its body ends. */
export type Framing = 'none' | 'length' | 'chunked' | 'close';

export interface Message extends Head {
  readonly framing: Framing;
  readonly body: string;
  readonly trailers: readonly Field[];
  /** Whether all of it came. */
  readonly whole: boolean;
}

export const valuesIn = ({ fields }: Pick<Head, 'fields'>, name: string): string[] =>
  fields.filter(([given]) => given.toLowerCase() === name).map(([, value]) => value);

const fieldOf = (line: string): Field => {
  const colon = line.indexOf(':');
  return [line.slice(0, colon), line.slice(colon + 1).replace(/^[\t ]+|[\t ]+$/g, '')];
};

const linesOf = (text: string): string[] => (text === '' ? [] : text.split('\r\n'));

/** The connection ended within a message. */
export class CutOff extends Error {}

/** Reads a connection piece by piece. */
export class Reader {
  #rest = '';
  #ended = false;
  #wake: () => void = () => {};

  constructor(socket: Socket) {
    const end = () => {
      this.#ended = true;
      this.#wake();
    };
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      this.#rest += chunk;
      this.#wake();
    });
    socket.on('end', end).on('close', end).on('error', end);
  }

  /** Whether something has come that is not read; waits until that is known. */
  async more(): Promise<boolean> {
    while (this.#rest === '' && !this.#ended) await this.#news();
    return this.#rest !== '';
  }

  async upTo(mark: string): Promise<string> {
    let at = this.#rest.indexOf(mark);
    while (at < 0) {
      await this.#next();
      at = this.#rest.indexOf(mark);
    }
    const text = this.#rest.slice(0, at);
    this.#rest = this.#rest.slice(at + mark.length);
    return text;
  }

  async take(length: number): Promise<string> {
    while (this.#rest.length < length) await this.#next();
    const text = this.#rest.slice(0, length);
    this.#rest = this.#rest.slice(length);
    return text;
  }

  async toEnd(): Promise<string> {
    while (!this.#ended) await this.#news();
    return this.drain();
  }

  /** What has come and is not read. */
  drain(): string {
    const text = this.#rest;
    this.#rest = '';
    return text;
  }

  async #next(): Promise<void> {
    if (this.#ended) throw new CutOff('the connection ended within a message');
    await this.#news();
  }

  #news(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

export async function readHead(reader: Reader): Promise<Head> {
  const [start = '', ...lines] = (await reader.upTo('\r\n\r\n')).split('\r\n');
  return { start, fields: lines.map(fieldOf) };
}

interface Content {
  body: string;
  trailers: Field[];
}

async function readChunks(reader: Reader, content: Content): Promise<void> {
  for (;;) {
    const size = Number.parseInt(await reader.upTo('\r\n'), 16);
    if (size === 0) break;
    content.body += await reader.take(size);
    await reader.take(2);
  }
  for (let line = await reader.upTo('\r\n'); line !== ''; line = await reader.upTo('\r\n'))
    content.trailers.push(...linesOf(line).map(fieldOf));
}

async function readContent(reader: Reader, head: Head, framing: Framing, content: Content) {
  if (framing === 'chunked') return readChunks(reader, content);
  if (framing === 'close') content.body = await reader.toEnd();
  if (framing === 'length') {
    const length = Number(valuesIn(head, 'content-length')[0]);
    content.body = await reader.take(length);
  }
}

/** Reads what follows a head. */
export async function readBody(reader: Reader, head: Head, framing: Framing): Promise<Message> {
  const content: Content = { body: '', trailers: [] };
  let whole = true;
  try {
    await readContent(reader, head, framing, content);
  } catch (error) {
    if (!(error instanceof CutOff)) throw error;
    content.body += reader.drain();
    whole = false;
  }
  return { ...head, framing, ...content, whole };
}

/** How a request's body ends. */
export function requestFraming(head: Head): Framing {
  if (valuesIn(head, 'transfer-encoding').length > 0) return 'chunked';
  return valuesIn(head, 'content-length').length > 0 ? 'length' : 'none';
}

/** How the body of a response to such a request ends. */
export function responseFraming(head: Head, method: string): Framing {
  const status = Number(head.start.split(' ')[1]);
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return 'none';
  const framing = requestFraming(head);
  return framing === 'none' ? 'close' : framing;
}
