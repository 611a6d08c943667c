/** The head of a client's HTTP/1.1 request, read strictly: what two programs could read differently is no request. */
import { METHODS } from 'node:http';
import { FieldReader, type Fields, framingOf, keepsAlive } from '../http1/fields.ts';

/** What came is no request of HTTP/1.1, or could be read in two ways. */
export class Unreadable extends Error {
  readonly isTooLarge: boolean;

  constructor(what: string, isTooLarge = false) {
    super(what);
    this.isTooLarge = isTooLarge;
  }
}

export interface RequestLines extends Fields {
  readonly method: string;
  readonly url: string;
  readonly httpVersion: '1.0' | '1.1';
  readonly framing: number | 'chunked';
  /** Whether the client goes on to use the connection. */
  readonly keepAlive: boolean;
}

export const objection = (what: string): Unreadable => new Unreadable(`the request has ${what}`);

export const requestFields = new FieldReader(objection);

const KNOWN: ReadonlyMap<string, string> = new Map(METHODS.map((method) => [method, method]));
const TARGET = /^[\x21-\x7e\x80-\xff]+$/;
const VERSION = ' HTTP/1.';
const [ZERO, ONE] = [48, 49] as const;
/** Some of what can still become a head. */
const BEGINNING = /^(?:[\t\x20-\x7e\x80-\xff]*\r\n)*[\t\x20-\x7e\x80-\xff]*\r?$/;

/** Reads a head without its last empty line. Throws {@link Unreadable}. */
export function parseRequestHead(text: string): RequestLines {
  const found = text.indexOf('\r\n');
  const end = found < 0 ? text.length : found;
  const space = text.indexOf(' ');
  const last = end - VERSION.length - 1;
  const method = KNOWN.get(text.slice(0, Math.max(0, space)));
  const minor = text.charCodeAt(end - 1);
  const isHttp = text.startsWith(VERSION, last) && (minor === ZERO || minor === ONE);
  if (method === undefined || !isHttp || space >= last) throw objection('no line of HTTP/1.1');
  const url = text.slice(space + 1, last);
  if (!TARGET.test(url)) throw objection('a target that is none');
  const isOld = minor === ZERO;
  const { headers, said } = requestFields.read(text, end + 2);
  return {
    method,
    url,
    httpVersion: isOld ? '1.0' : '1.1',
    headers,
    said,
    framing: framingOf(said, isOld, 0, objection) as number | 'chunked',
    keepAlive: keepsAlive(said, isOld),
  };
}

/** Whether a text is a method, or may become one. */
function beginsMethod(text: string): boolean {
  const space = text.indexOf(' ');
  return space < 0
    ? METHODS.some((known) => known.startsWith(text))
    : KNOWN.has(text.slice(0, space));
}

/** In how many bytes a method is known, or will never be one; with the space behind it. */
export const LONGEST_METHOD = 32;

/** Throws for what will never be a request: its end need not be waited for. `more`: what has come since the last time. */
export function checkBeginning(beginning: string, more: string): void {
  if (!beginsMethod(beginning) || !BEGINNING.test(more)) throw objection('no line of HTTP/1.1');
}

/** Whether a client waits for `100 Continue` before it sends the body. HTTP/1.0 has none. */
export const awaitsContinue = ({ said: { expect }, httpVersion }: RequestLines): boolean =>
  expect !== undefined && httpVersion === '1.1' && /(?:^|\W)100-continue(?:$|\W)/i.test(expect);
