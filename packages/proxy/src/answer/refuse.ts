/** How a refused request of the reverse proxy ends. */
import { STATUS_CODES } from 'node:http';
import { type Exchange, LINGER_MS } from '../exchange.ts';
import type { Refusal } from '../refusal.ts';
import { answerTo } from './refusal-answer.ts';

/** Of HTTP/1.1, where headers tell. */
export const announcesBody = ({ rawHeaders }: Exchange['req']): boolean =>
  rawHeaders.some((name, i) => i % 2 === 0 && /^(content-length|transfer-encoding)$/i.test(name));

/** Whether more of a request of HTTP/1.1 may follow. */
const sendsOn = (req: Exchange['req']): boolean =>
  req.hasBody === undefined && !req.complete && announcesBody(req);

/** Answers, and closes where the request may not have been read as it was meant. */
export function refuse(exchange: Exchange, given: Refusal): void {
  if (exchange.gone()) return;
  const { req, res } = exchange;
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
