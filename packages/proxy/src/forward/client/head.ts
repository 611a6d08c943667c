/** The head of an HTTP/1.1 response, read strictly: what two programs could read differently is no answer. */
import { NameTable } from '../../name-table.ts';
import { UpstreamError } from './contract.ts';

export interface ResponseHead {
  readonly status: number;
  readonly reason: string;
  /** Names and values in turn, as they came. */
  readonly headers: string[];
  readonly framing: Framing;
  readonly keepAlive: boolean;
}

/** How a body ends: after so many bytes, by its last chunk, or with the connection. */
export type Framing = number | 'chunked' | 'close';

const STATUS = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: (.*))?$/;
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Lines without control characters, and no half of a line break. In one pass: no part of a text fits it in two ways. */
const READABLE = /^(?:[\t\x20-\x7e\x80-\xff]*\r\n)*[\t\x20-\x7e\x80-\xff]*$/;
const LENGTH = /^\d{1,15}$/;
const SPACE = 32;
const TAB = 9;

export function malformed(what: string): UpstreamError {
  return new UpstreamError('MALFORMED', `the upstream's answer has ${what}`);
}

const isBlank = (code: number): boolean => code === SPACE || code === TAB;

/** A part of a text without the white space around it. */
function trimmed(text: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

/** Whether a text is a header's name. Services write the same few again and again. */
const names = new NameTable((name) => NAME.test(name));

/** Names and values of header lines from a place on. A line that goes on in the next one (obs-fold) begins with no name. */
export function fieldsOf(text: string, from = 0): string[] {
  if (!READABLE.test(text)) throw malformed('a malformed header');
  const fields: string[] = [];
  for (let at = from; at < text.length; ) {
    const found = text.indexOf('\r\n', at);
    const end = found < 0 ? text.length : found;
    const colon = text.indexOf(':', at);
    const name = text.slice(at, Math.max(at, colon));
    // A colon of a later line is none of this one's: what stands before it holds a line break.
    if (!names.kindOf(name, fields.length >> 1)) throw malformed('a malformed header');
    fields.push(name, trimmed(text, colon + 1, end));
    at = end + 2;
  }
  return fields;
}

interface Said {
  length: string | undefined;
  coding: string | undefined;
  connection: string;
}

function once(held: string | undefined, value: string): string {
  if (held !== undefined) throw malformed('its length said twice');
  return value;
}

function said(headers: readonly string[]): Said {
  const found: Said = { length: undefined, coding: undefined, connection: '' };
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const { length } = headers[i] as string;
    if (length !== 14 && length !== 17 && length !== 10) continue;
    const name = (headers[i] as string).toLowerCase();
    const value = headers[i + 1] as string;
    if (name === 'content-length') found.length = once(found.length, value);
    else if (name === 'transfer-encoding') found.coding = once(found.coding, value);
    else if (name === 'connection') found.connection += `,${value.toLowerCase()}`;
  }
  return found;
}

function framing({ length, coding }: Said, isOld: boolean): Framing {
  if (coding !== undefined) {
    if (length !== undefined || isOld || coding.toLowerCase() !== 'chunked')
      throw malformed('a transfer coding that is not chunked alone');
    return 'chunked';
  }
  if (length === undefined) return 'close';
  if (!LENGTH.test(length)) throw malformed('a length that is no number');
  return Number(length);
}

/** Whether `Connection` has an option; both in lower case. */
const has = (connection: string, option: string): boolean =>
  connection.includes(option) && connection.split(',').some((each) => each.trim() === option);

/** Reads a head without its last empty line. */
export function parseHead(text: string): ResponseHead {
  const end = text.indexOf('\r\n');
  const line = end < 0 ? text : text.slice(0, end);
  const [, minor, status, reason = ''] = STATUS.exec(line) ?? [];
  if (minor === undefined) throw malformed('no status line of HTTP/1.1');
  const headers = fieldsOf(text, line.length + 2);
  const isOld = minor === '0';
  const found = said(headers);
  return {
    status: Number(status),
    reason,
    headers,
    framing: framing(found, isOld),
    keepAlive: isOld ? has(found.connection, 'keep-alive') : !has(found.connection, 'close'),
  };
}
