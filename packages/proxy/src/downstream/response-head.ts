/** What stands before the body of an answer by HTTP/1.1. */
import { NameTable } from '../name-table.ts';
import { KEEP_ALIVE_MS } from './reception.ts';

/** What of its request an answer depends on. */
export interface AnsweredRequest {
  readonly method: string;
  /** HTTP/1.0 reads no chunks. */
  readonly isOld: boolean;
}

export interface ResponseLines {
  /** With the empty line at the end. */
  readonly text: string;
  readonly hasBody: boolean;
  readonly isChunked: boolean;
  /** Whether another answer may follow on the connection. */
  readonly keepAlive: boolean;
}

interface Line {
  /** What stands before the value: pieces of a text cost more than its bytes, so there are few. */
  readonly start: string;
  readonly isLength: boolean;
  readonly isDate: boolean;
}

const UNWRITABLE = /[^\t\x20-\x7e\x80-\xff]/;
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const KEEP_ALIVE = `\r\nConnection: keep-alive\r\nKeep-Alive: timeout=${KEEP_ALIVE_MS / 1000}`;
const CLOSE = '\r\nConnection: close';

function lineOf(name: string): Line {
  // What could end a line early is not written at all.
  if (!NAME.test(name)) throw new TypeError('a header has a name that cannot be written');
  const lower = name.toLowerCase();
  const start = `\r\n${name}: `;
  return { start, isLength: lower === 'content-length', isDate: lower === 'date' };
}

const lines = new NameTable(lineOf);

let second = 0;
let dateLine = '';

/** RFC 9110, 6.6.1: an answer that has no Date gets one. A text of its own for each would cost more than all else here. */
function dated(): string {
  const now = Math.floor(Date.now() / 1000);
  if (now !== second) {
    second = now;
    dateLine = `\r\nDate: ${new Date(now * 1000).toUTCString()}`;
  }
  return dateLine;
}

interface Written {
  readonly text: string;
  readonly hasLength: boolean;
  readonly hasDate: boolean;
}

function written(start: string, headers: readonly string[]): Written {
  let text = start;
  let hasLength = false;
  let hasDate = false;
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const value = headers[i + 1] as string;
    if (UNWRITABLE.test(value)) throw new TypeError('a header cannot be written');
    const line = lines.kindOf(headers[i] as string, i >> 1);
    hasLength ||= line.isLength;
    hasDate ||= line.isDate;
    text += line.start;
    text += value;
  }
  return { text, hasLength, hasDate };
}

/** `headers`: names and values in turn. `mayStay`: whether the connection is wanted for more. Throws for what cannot be written. */
export function responseHead(
  status: number,
  reason: string,
  headers: readonly string[],
  { method, isOld }: AnsweredRequest,
  mayStay: boolean,
): ResponseLines {
  if (UNWRITABLE.test(reason)) throw new TypeError('a reason cannot be written');
  const { text, hasLength, hasDate } = written(`HTTP/1.1 ${status} ${reason}`, headers);
  const hasBody = method !== 'HEAD' && status !== 204 && status !== 304;
  const isChunked = hasBody && !hasLength && !isOld;
  // Without a length or chunks, only the end of the connection ends a body.
  const keepAlive = mayStay && (!hasBody || hasLength || isChunked);
  const date = hasDate ? '' : dated();
  const coding = isChunked ? '\r\nTransfer-Encoding: chunked' : '';
  const connection = keepAlive ? KEEP_ALIVE : CLOSE;
  return { text: `${text}${date}${connection}${coding}\r\n\r\n`, hasBody, isChunked, keepAlive };
}

/** A head that others follow. */
export function informationHead(
  status: number,
  reason: string,
  headers: readonly string[],
): string {
  return `${written(`HTTP/1.1 ${status} ${reason}`, headers).text}\r\n\r\n`;
}
