/** The head of an HTTP/1.1 response, read strictly: what two programs could read differently is no answer. */
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
const UNREADABLE = /[^\t\x20-\x7e\x80-\xff]/;
const LENGTH = /^\d{1,15}$/;
const EDGES = /^[\t ]+|[\t ]+$/g;

export function malformed(what: string): UpstreamError {
  return new UpstreamError('MALFORMED', `the upstream's answer has ${what}`);
}

/** Names and values of header lines. A line that goes on in the next one (obs-fold) begins with no name. */
export function fieldsOf(lines: readonly string[], from: number): string[] {
  const fields: string[] = [];
  for (let i = from; i < lines.length; i += 1) {
    const line = lines[i] as string;
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon));
    if (!NAME.test(name) || UNREADABLE.test(line)) throw malformed('a malformed header');
    const value = line.slice(colon + 1);
    fields.push(name, value.replace(EDGES, ''));
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

const optionsOf = (connection: string): string[] =>
  connection === '' ? [] : connection.split(',').map((option) => option.trim());

/** Reads a head without its last empty line. */
export function parseHead(text: string): ResponseHead {
  const lines = text.split('\r\n');
  const [, minor, status, reason = ''] = STATUS.exec(lines[0] as string) ?? [];
  if (minor === undefined || UNREADABLE.test(reason)) throw malformed('no status line of HTTP/1.1');
  const headers = fieldsOf(lines, 1);
  const isOld = minor === '0';
  const found = said(headers);
  const options = optionsOf(found.connection);
  return {
    status: Number(status),
    reason,
    headers,
    framing: framing(found, isOld),
    keepAlive: isOld ? options.includes('keep-alive') : !options.includes('close'),
  };
}
