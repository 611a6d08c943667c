import { NameTable } from '../../name-table.ts';
import { UpstreamError, type UpstreamRequest } from './contract.ts';

const PATH = /^[\x21-\x7e\x80-\xff]+$/;
const UNWRITABLE = /[^\t\x20-\x7e\x80-\xff]/;

/** How the body of a request ends: after so many bytes, by its last chunk, or there is none. */
export type RequestFraming = number | 'chunked' | undefined;

export function lengthOf(headers: readonly string[]): number | undefined {
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i] as string;
    if (name.length === 14 && name.toLowerCase() === 'content-length')
      return Number(headers[i + 1]);
  }
  return undefined;
}

export function framingOf({ body, headers }: UpstreamRequest): RequestFraming {
  return body === null ? undefined : (lengthOf(headers) ?? 'chunked');
}

function connectionLines({ upgrade, wantsTrailers }: UpstreamRequest): string {
  if (upgrade !== undefined) return `connection: upgrade\r\nupgrade: ${upgrade}\r\n`;
  return wantsTrailers === true ? 'te: trailers\r\nconnection: te\r\n' : '';
}

/** What stands before a header's value. Pieces of a text cost more than its bytes: so there are few. */
const lines = new NameTable((name) => `\r\n${name}: `);

/** The head as it is written. What could end a line early is not written at all. */
export function requestHead(
  request: UpstreamRequest,
  framing: RequestFraming,
  defaultHost: string,
): string {
  const { method, path, headers } = request;
  if (!PATH.test(path)) throw new UpstreamError('UNWRITABLE', 'the path cannot be written');
  let head = `${method} ${path} HTTP/1.1`;
  let hasHost = false;
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i] as string;
    const value = headers[i + 1] as string;
    hasHost ||= name.length === 4 && name.toLowerCase() === 'host';
    if (UNWRITABLE.test(value)) throw new UpstreamError('UNWRITABLE', 'a header cannot be written');
    head += lines.kindOf(name, i >> 1);
    head += value;
  }
  // HTTP/1.0 may leave it out, HTTP/1.1 may not.
  if (!hasHost) head += `\r\nhost: ${defaultHost}`;
  head += `\r\n${connectionLines(request)}`;
  return framing === 'chunked' ? `${head}transfer-encoding: chunked\r\n\r\n` : `${head}\r\n`;
}
