import { STATUS_CODES } from 'node:http';
import { ERRORS, type ErrorCode } from '@tinct/core';
import type { Exchange } from './exchange.ts';

/** The answers that the edge gives itself, by code. */
const STATUS = {
  TINCT_EDGE_REQUEST_MALFORMED: 400,
  TINCT_EDGE_OVERRIDE_REFUSED: 403,
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

  constructor(code: RefusalCode, detail: string) {
    this.code = code;
    this.detail = detail;
  }

  get status(): number {
    return STATUS[this.code];
  }

  /** RFC 9457. Says what is wrong with the request or the hop, nothing of what lies behind the edge. */
  get body(): string {
    const { code, detail, status } = this;
    return `${JSON.stringify({ type: 'about:blank', title: STATUS_CODES[status], status, code, detail })}\n`;
  }
}

/** A refusal's detail when there is nothing to add to the table. */
export function refusal(code: RefusalCode, detail: string = ERRORS[code].cause): Refusal {
  return new Refusal(code, detail);
}

/** Headers of a refusal, flat. */
export function refusalHeaders(body: string): string[] {
  const length = `${Buffer.byteLength(body)}`;
  return [
    'content-type',
    'application/problem+json',
    'content-length',
    length,
    'cache-control',
    'no-store',
  ];
}

/** Answers, and closes where the request may not have been read as it was meant. */
export function refuse({ res, gone }: Exchange, given: Refusal): void {
  if (gone()) return;
  const { body, status } = given;
  if (status < 502) res.shouldKeepAlive = false;
  const headers = refusalHeaders(body);
  // Long enough to spread out those who come back.
  if (given.code === 'TINCT_EDGE_OVERLOADED') headers.push('retry-after', '1');
  res.writeHead(status, STATUS_CODES[status] ?? '', headers).end(body);
}
