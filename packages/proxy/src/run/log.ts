/** Lines of JSON, named as the Elastic Common Schema names them. Never a cookie, a token, or a query's value. */
import { type Finding, formatFinding } from '@tinct/core';
import { pino } from 'pino';
import type { ProxyConfig } from '../config/schema.ts';

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

/** One line per finding. */
export function logFindings(log: Logger, findings: readonly Finding[], message: string): void {
  for (const found of findings) {
    const line = { 'error.code': found.code, 'error.message': formatFinding(found) };
    if (found.level === 'error') log.error(line, message);
    else log.warn(line, message);
  }
}
