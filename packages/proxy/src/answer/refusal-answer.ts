/** How a refusal is told: small, in a form that whoever asked can read, with an id that the log has too. */
import { STATUS_CODES } from 'node:http';
import type { RequestHead } from '../exchange.ts';
import type { Refusal } from '../refusal.ts';

/** On every answer that the edge gives itself. No routing header: those begin with `x-tinct-`. */
export const ERROR_ID_HEADER = 'tinct-error-id';

export interface RefusalAnswer {
  readonly status: number;
  /** Names and values in turn. */
  readonly headers: string[];
  /** Empty: the answer ends with its head. */
  readonly body: string;
}

function headerOf(
  { rawHeaders }: Pick<RequestHead, 'rawHeaders'>,
  lower: string,
): string | undefined {
  const at = rawHeaders.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === lower);
  return at < 0 ? undefined : rawHeaders[at + 1];
}

const RANGE = /^\s*([^;,\s]+)\s*(?:;(.*))?$/;
const WEIGHT = /(?:^|;)\s*q=([01](?:\.\d{0,3})?)\s*(?:;|$)/i;
const TEXT: ReadonlySet<string> = new Set(['text/plain', 'text/html', 'text/*']);
const JSON_TYPES: ReadonlySet<string> = new Set([
  'application/problem+json',
  'application/json',
  'application/*',
  '*/*',
]);

/** Whether somebody would rather read text than JSON (RFC 9110, 12.5.1); on equal terms not. */
export function prefersText(accept: string): boolean {
  let [text, json] = [0, 0];
  for (const part of accept.split(',')) {
    const [, range = '', parameters = ''] = RANGE.exec(part) ?? [];
    const type = range.toLowerCase();
    const weight = Number(WEIGHT.exec(parameters)?.[1] ?? 1);
    if (TEXT.has(type)) text = Math.max(text, weight);
    else if (JSON_TYPES.has(type)) json = Math.max(json, weight);
  }
  return text > json;
}

/** By gRPC's own table of HTTP statuses, where it has one; else what means the same. */
const GRPC_STATUS: Readonly<Record<number, number>> = {
  400: 13, // INTERNAL
  403: 7, // PERMISSION_DENIED
  413: 8, // RESOURCE_EXHAUSTED
  414: 8,
  431: 8,
  501: 12, // UNIMPLEMENTED
};
const UNAVAILABLE = 14;

const isGrpc = (asked: RequestHead): boolean =>
  asked.httpVersion === '2.0' &&
  /^application\/grpc(?:$|[+;])/i.test(headerOf(asked, 'content-type') ?? '');

/** What a `grpc-message` has to percent-encode. */
const UNPRINTABLE = /[^\x20-\x24\x26-\x7e]/g;

function byGrpc({ status, code, detail, id }: Refusal): RefusalAnswer {
  const message = `${code}: ${detail} (${id})`.replace(UNPRINTABLE, encodeURIComponent);
  const grpcStatus = `${GRPC_STATUS[status] ?? UNAVAILABLE}`;
  const headers = ['content-type', 'application/grpc', 'grpc-status', grpcStatus];
  return {
    status: 200,
    headers: [...headers, 'grpc-message', message, ERROR_ID_HEADER, id],
    body: '',
  };
}

function byText(given: Refusal): readonly [type: string, body: string] {
  const { status, code, detail, id } = given;
  const title = `${status} ${STATUS_CODES[status]}`;
  return ['text/plain; charset=utf-8', `${title}\n${detail}\n${code} ${id}\n`];
}

/** `asked`: what is known of the request; nothing where it could not be read. */
export function answerTo(given: Refusal, asked?: RequestHead): RefusalAnswer {
  if (asked !== undefined && isGrpc(asked)) return byGrpc(given);
  const accept = asked === undefined ? undefined : headerOf(asked, 'accept');
  const isText = accept !== undefined && prefersText(accept);
  const [type, body] = isText ? byText(given) : ['application/problem+json', given.body];
  const headers = ['content-type', type, 'content-length', `${Buffer.byteLength(body)}`];
  headers.push('cache-control', 'no-store', ERROR_ID_HEADER, given.id);
  // Long enough to spread out those who come back.
  if (given.code === 'TINCT_EDGE_OVERLOADED') headers.push('retry-after', '1');
  return { status: given.status, headers, body: asked?.method === 'HEAD' ? '' : body };
}

/** For a connection of HTTP/1.1 that has no other way to answer; it ends with this. */
export function lastWords(given: Refusal, asked?: RequestHead): string {
  const { status, headers, body } = answerTo(given, asked);
  const lines = headers.map((part, i) => (i % 2 === 0 ? `${part}: ` : `${part}\r\n`)).join('');
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\n${lines}\r\n${body}`;
}
