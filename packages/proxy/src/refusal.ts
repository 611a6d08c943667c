import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { ERRORS, type ErrorCode } from '@tinct/core';
import { answerTo } from './answer/refusal-answer.ts';
import { type Exchange, LINGER_MS } from './exchange.ts';

/** The answers that the edge gives itself, by code. */
const STATUS = {
  TINCT_EDGE_REQUEST_MALFORMED: 400,
  TINCT_EDGE_OVERRIDE_REFUSED: 403,
  TINCT_EDGE_HEAD_SLOW: 408,
  TINCT_EDGE_BODY_TOO_LARGE: 413,
  TINCT_EDGE_TARGET_TOO_LONG: 414,
  TINCT_EDGE_HEAD_TOO_LARGE: 431,
  TINCT_EDGE_METHOD_REFUSED: 501,
  TINCT_EDGE_UPGRADE_REFUSED: 501,
  TINCT_EDGE_OVERLOADED: 503,
  TINCT_AUTHZ_STRANGER: 503,
  TINCT_EDGE_UPSTREAM_BROKEN: 502,
  TINCT_EDGE_UPSTREAM_INSECURE: 502,
  TINCT_EDGE_UPSTREAM_UNREACHABLE: 503,
  TINCT_EDGE_UPSTREAM_SLOW: 504,
} as const satisfies Partial<Record<ErrorCode, number>>;

export type RefusalCode = keyof typeof STATUS;

/** Why a request is answered by the edge itself. */
export class Refusal {
  readonly code: RefusalCode;
  readonly detail: string;
  /** Of this occurrence, for the answer and the log. */
  readonly id: string = randomUUID();

  constructor(code: RefusalCode, detail: string) {
    this.code = code;
    this.detail = detail;
  }

  get status(): number {
    return STATUS[this.code];
  }

  /** RFC 9457. Says what is wrong with the request or the hop, nothing of what lies behind the edge. */
  get body(): string {
    const { code, detail, status, id } = this;
    const title = STATUS_CODES[status];
    const instance = `urn:uuid:${id}`;
    return `${JSON.stringify({ type: 'about:blank', title, status, code, detail, instance })}\n`;
  }
}

/** A refusal's detail when there is nothing to add to the table. */
export function refusal(code: RefusalCode, detail: string = ERRORS[code].cause): Refusal {
  return new Refusal(code, detail);
}

/** Of HTTP/1.1, where headers tell. */
export const announcesBody = ({ rawHeaders }: Exchange['req']): boolean =>
  rawHeaders.some((name, i) => i % 2 === 0 && /^(content-length|transfer-encoding)$/i.test(name));

/** Whether more of a request of HTTP/1.1 may follow. */
const sendsOn = (req: Exchange['req']): boolean =>
  req.hasBody === undefined && !req.complete && announcesBody(req);

/** Answers, and closes where the request may not have been read as it was meant. */
export function refuse({ req, res, gone }: Exchange, given: Refusal): void {
  if (gone()) return;
  if (given.status < 502) res.shouldKeepAlive = false;
  const { status, headers, body } = answerTo(given, req);
  res.writeHead(status, STATUS_CODES[status] ?? '', headers);
  if (res.shouldKeepAlive || body === '' || !sendsOn(req))
    return void res.end(body === '' ? undefined : body);
  // To close now would throw away the answer with what the client is still sending. Nothing of that is read any more.
  res.write(Buffer.from(body));
  const timer = setTimeout(() => void res.end(), LINGER_MS).unref();
  res.on('close', () => clearTimeout(timer));
}
