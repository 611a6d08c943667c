/** What the admin server says when it says no: RFC 9457. */
import { STATUS_CODES } from 'node:http';
import { ERRORS, type ErrorCode } from '@tinct/core';

const STATUS = {
  TINCT_ADMIN_REQUEST_MALFORMED: 400,
  TINCT_ADMIN_UNAUTHORIZED: 401,
  TINCT_ADMIN_ROUTE_UNKNOWN: 404,
  TINCT_PLAN_RELEASE_UNKNOWN: 404,
  TINCT_ADMIN_HOST_REFUSED: 421,
  TINCT_STATE_UNWRITABLE: 500,
} as const satisfies Partial<Record<ErrorCode, number>>;

export type ProblemCode = keyof typeof STATUS;

export class Problem extends Error {
  readonly code: ProblemCode;
  readonly status: number;

  constructor(code: ProblemCode, detail: string = ERRORS[code].cause) {
    super(detail);
    this.code = code;
    this.status = STATUS[code];
  }

  get body(): Record<string, unknown> {
    const { code, status, message: detail } = this;
    const title = STATUS_CODES[status];
    return { type: 'about:blank', title, status, code, detail, hint: ERRORS[code].mend };
  }
}
