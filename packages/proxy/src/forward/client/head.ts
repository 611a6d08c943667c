/** The head of an HTTP/1.1 response, read strictly: what two programs could read differently is no answer. */
import { FieldReader, type Framing, framingOf, keepsAlive } from '../../http1/fields.ts';
import { UpstreamError } from './contract.ts';

export interface ResponseHead {
  readonly status: number;
  readonly reason: string;
  /** Names and values in turn, as they came. */
  readonly headers: string[];
  readonly framing: Framing;
  readonly keepAlive: boolean;
}

const STATUS = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: (.*))?$/;

export function malformed(what: string): UpstreamError {
  return new UpstreamError('MALFORMED', `the upstream's answer has ${what}`);
}

export const responseFields = new FieldReader(malformed);

/** Reads a head without its last empty line. */
export function parseHead(text: string): ResponseHead {
  const end = text.indexOf('\r\n');
  const line = end < 0 ? text : text.slice(0, end);
  const [, minor, status, reason = ''] = STATUS.exec(line) ?? [];
  if (minor === undefined) throw malformed('no status line of HTTP/1.1');
  const { headers, said } = responseFields.read(text, line.length + 2);
  const isOld = minor === '0';
  return {
    status: Number(status),
    reason,
    headers,
    framing: framingOf(said, isOld, 'close', malformed),
    keepAlive: keepsAlive(said, isOld),
  };
}
