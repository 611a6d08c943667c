/** Lines of JSON, named as the Elastic Common Schema names them. Never a cookie, a token, or a query's value. */
import { type Decision, type Finding, finding, formatFinding, TinctError } from '@tinct/core';
import { ecsFormat } from '@tinct/sdk';
import { pino } from 'pino';
import type { ProxyConfig } from '../config/schema.ts';
import type { Inquiry } from '../exchange.ts';
import type { Served, Unreadable } from '../options.ts';
import type { EdgeErrorNews } from '../record/error-news.ts';
import { causeOf } from '../record/outcome.ts';
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
  return pino({ level, ...ecsFormat({ service: 'tinct', now }) }, sink);
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
  { exchange, decisions, status, outcome, refused, span }: Served<Inquiry>,
): void {
  const { method = '', url = '', httpVersion, rawHeaders } = exchange.req;
  const trace = span ?? traceOf(rawHeaders);
  const [path] = url.split(/[?#]/, 1);
  log.info(
    {
      'http.request.method': method,
      'http.version': httpVersion,
      'url.path': path,
      'http.response.status_code': status,
      'event.duration': Math.round(exchange.elapsed() * NANOSECONDS),
      'event.outcome': outcomeOf(status, outcome, refused),
      'client.address': exchange.socket.remoteAddress,
      ...(outcome?.fault === undefined ? {} : { 'tinct.fault': outcome.fault }),
      ...(trace === undefined ? {} : { 'trace.id': trace.traceId, 'span.id': trace.spanId }),
      ...(refused === undefined ? {} : errorOf(refused, outcome?.cause)),
      ...decidedOf(decisions),
    },
    'request',
  );
}

/** `failure` is what counts as an error in metrics; `unknown`: nobody saw the end. */
function outcomeOf(
  status: number,
  outcome: Served<Inquiry>['outcome'],
  refused: Refusal | undefined,
): 'success' | 'failure' | 'unknown' {
  if (outcome === undefined && refused !== undefined) return 'failure';
  if (status === 0 || outcome?.fault === 'client' || outcome?.isSeen === false) return 'unknown';
  return outcome !== undefined && causeOf(outcome) !== undefined ? 'failure' : 'success';
}

/** All of a request's decisions are of one plan. */
function decidedOf(decisions: readonly Decision[]) {
  const [first] = decisions;
  if (first === undefined) return {};
  return {
    'tinct.variants': decisions.map(({ release, variant }) => `${release}=${variant}`),
    'tinct.revision': first.revision,
    'tinct.decisions': decisions.map(textOf),
  };
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

/** The first error of its kind that a new version has. */
function newErrorLine(log: Logger, news: EdgeErrorNews): void {
  const { release, variant, type, sample, route, traceId } = news;
  log.error(
    {
      'event.action': 'new-error',
      'tinct.variants': [`${release}=${variant}`],
      'error.type': type,
      'error.message': sample,
      ...(route === undefined ? {} : { 'tinct.route': route }),
      ...(traceId === undefined ? {} : { 'trace.id': traceId }),
    },
    'a new kind of error',
  );
}

/** What an edge has to tell its log of. */
export interface RequestNews {
  readonly onServed: (served: Served<Inquiry>) => void;
  readonly onNewError: (news: EdgeErrorNews) => void;
  readonly onUnreadable: ((unreadable: Unreadable) => void) | undefined;
}

/** Upstreams that fail are told of in any case; `all`: every request. */
export function requestNews(log: Logger, all: boolean): RequestNews {
  const onNewError = (news: EdgeErrorNews) => newErrorLine(log, news);
  if (!all)
    return {
      onNewError,
      onServed: (served) => {
        if (served.outcome?.refused !== undefined) requestLine(log, served);
      },
      onUnreadable: undefined,
    };
  return {
    onNewError,
    onServed: (served) => requestLine(log, served),
    onUnreadable: (unreadable) => unreadableLine(log, unreadable),
  };
}
