/** The head of an HTTP/1.1 response, read strictly: what two programs could read differently is no answer. */
import { FieldReader, type Framing, framingOf, keepsAlive } from '../../http1/fields.ts';
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

const STATUS = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: (.*))?$/;

export function malformed(what: string): UpstreamError {
  return new UpstreamError('MALFORMED', `the upstream's answer has ${what}`);
}

export const responseFields = new FieldReader(malformed);

interface StatusLine {
  readonly isOld: boolean;
  readonly status: number;
  readonly reason: string;
}

function statusOf(line: string): StatusLine | undefined {
  const [, minor, status, reason = ''] = STATUS.exec(line) ?? [];
  return minor === undefined ? undefined : { isOld: minor === '0', status: Number(status), reason };
}

/** Services answer with the same few lines again and again. */
const statusLines = new NameTable(statusOf);

/** Reads a head without its last empty line. */
export function parseHead(text: string): ResponseHead {
  const end = text.indexOf('\r\n');
  const line = end < 0 ? text : text.slice(0, end);
  const begun = statusLines.kindOf(line, 0);
  if (begun === undefined) throw malformed('no status line of HTTP/1.1');
  const { headers, said } = responseFields.read(text, line.length + 2);
  const { isOld, status, reason } = begun;
  return {
    status,
    reason,
    headers,
    framing: framingOf(said, isOld, 'close', malformed),
    keepAlive: keepsAlive(said, isOld),
  };
}
