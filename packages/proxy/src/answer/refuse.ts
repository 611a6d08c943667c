/** How a refused request of the reverse proxy ends. */
import { STATUS_CODES } from 'node:http';
import type { Exchange } from '../exchange.ts';
import type { Refusal } from '../refusal.ts';
import { answerTo } from './refusal-answer.ts';

/** Answers, and closes where the request may not have been read as it was meant. */
export function refuse(exchange: Exchange, given: Refusal): void {
  if (exchange.gone()) return;
  const { req, res } = exchange;
  if (given.status < 502) res.shouldKeepAlive = false;
  const { status, headers, body } = answerTo(given, req);
  res.writeHead(status, STATUS_CODES[status] ?? '', headers);
  res.end(body === '' ? undefined : body);
}
