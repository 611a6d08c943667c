/** Lines of JSON, named as the Elastic Common Schema names them. Never a cookie, a token, or a query's value. */
import { type Decision, type Finding, finding, formatFinding, TinctError } from '@tinct/core';
import { pino } from 'pino';
import type { ProxyConfig } from '../config/schema.ts';
import type { Inquiry } from '../exchange.ts';
import type { Served, Unreadable } from '../options.ts';
import { traceOf } from '../record/trace.ts';
import type { Refusal } from '../refusal.ts';

/** Takes whole lines. */
export interface LogSink {
  write(line: string): void;
}

export type Logger = Pick<pino.Logger, 'debug' | 'info' | 'warn' | 'error' | 'level'>;

export function createLogger(
  { level }: Pick<ProxyConfig['log'], 'level'>,
  sink: LogSink,
  now: () => number,
): Logger {
  const options = {
    level,
    base: { 'ecs.version': '8.11.0', 'service.name': 'tinct' },
    messageKey: 'message',
    timestamp: () => `,"@timestamp":"${new Date(now()).toISOString()}"`,
    formatters: { level: (label: string) => ({ 'log.level': label }) },
  };
  return pino(options, sink);
}

/** What a failure has to say, as findings. */
export function asFindings(error: unknown): readonly Finding[] {
  if (!(error instanceof TinctError)) throw error;
  const { findings, code, message, hint } = error;
  return findings.length > 0 ? findings : [finding(code, message, [], hint)];
}

/** One line per finding. */
export function logFindings(log: Logger, findings: readonly Finding[], message: string): void {
  for (const found of findings) {
    const line = { 'error.code': found.code, 'error.message': formatFinding(found) };
    if (found.level === 'error') log.error(line, message);
    else log.warn(line, message);
  }
}

const NANOSECONDS = 1_000_000;

/** One request: what it asked without its query, what it got, which versions. */
export function requestLine(
  log: Logger,
  { exchange, decisions, status, outcome, refused }: Served<Inquiry>,
): void {
  const { method = '', url = '', httpVersion, rawHeaders } = exchange.req;
  const trace = traceOf(rawHeaders);
  const [path] = url.split(/[?#]/, 1);
  log.info(
    {
      'http.request.method': method,
      'http.version': httpVersion,
      'url.path': path,
      'http.response.status_code': status,
      'event.duration': Math.round(exchange.elapsed() * NANOSECONDS),
      'event.outcome':
        outcome === undefined || outcome.fault !== undefined || status >= 500
          ? 'failure'
          : 'success',
      'client.address': exchange.socket.remoteAddress,
      ...(outcome?.fault === undefined ? {} : { 'tinct.fault': outcome.fault }),
      ...(trace === undefined ? {} : { 'trace.id': trace.traceId, 'span.id': trace.spanId }),
      ...(refused === undefined ? {} : errorOf(refused, outcome?.cause)),
      ...(decisions.length === 0 ? {} : { 'tinct.decisions': decisions.map(textOf) }),
    },
    'request',
  );
}

/** By `error.id` whoever was refused can be told why. */
const errorOf = ({ id, code }: Refusal, cause?: Error) => ({
  'error.id': id,
  'error.code': code,
  ...(cause === undefined ? {} : { 'error.message': cause.message }),
});

/** What was no request: who sent it, and what they were told. */
export function unreadableLine(log: Logger, { peer, refused }: Unreadable): void {
  log.info(
    {
      'http.response.status_code': refused.status,
      'event.outcome': 'failure',
      'client.address': peer.remoteAddress,
      ...errorOf(refused),
    },
    'no request',
  );
}

/** `my-service=v2 SPLIT`. */
const textOf = ({ release, variant, reason }: Decision): string =>
  `${release}=${variant} ${reason}`;

/** What an edge has to tell its log of. */
export interface RequestNews {
  readonly onServed: (served: Served<Inquiry>) => void;
  readonly onUnreadable: ((unreadable: Unreadable) => void) | undefined;
}

/** Upstreams that fail are told of in any case; `all`: every request. */
export function requestNews(log: Logger, all: boolean): RequestNews {
  if (!all)
    return {
      onServed: (served) => {
        if (served.outcome?.refused !== undefined) requestLine(log, served);
      },
      onUnreadable: undefined,
    };
  return {
    onServed: (served) => requestLine(log, served),
    onUnreadable: (unreadable) => unreadableLine(log, unreadable),
  };
}
