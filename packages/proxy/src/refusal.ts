import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { ERRORS, type ErrorCode } from '@tinct/core';

/** The answers that the edge gives itself, by code. */
const STATUS = {
  TINCT_EDGE_REQUEST_MALFORMED: 400,
  TINCT_EDGE_OVERRIDE_REFUSED: 403,
  TINCT_EDGE_HEAD_SLOW: 408,
  TINCT_EDGE_BODY_SLOW: 408,
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
  readonly id: string;
  readonly status: number;

  constructor(
    code: RefusalCode,
    detail: string,
    status: number = STATUS[code],
    id: string = randomUUID(),
  ) {
    this.code = code;
    this.detail = detail;
    this.status = status;
    this.id = id;
  }

  /** The same occurrence, told by another status. */
  as(status: number): Refusal {
    return status === this.status ? this : new Refusal(this.code, this.detail, status, this.id);
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
