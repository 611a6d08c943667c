/** Lines of JSON by the names of the Elastic Common Schema: one way for the edge and for services. */

export interface EcsOptions {
  /** `service.name`: what every line says of its writer. */
  readonly service: string;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: (() => number) | undefined;
}

/** What pino takes; other loggers have the same under other names. */
export interface EcsFormat {
  readonly base: Readonly<Record<string, string>>;
  readonly messageKey: 'message';
  readonly errorKey: 'error';
  readonly timestamp: () => string;
  readonly formatters: { level(label: string): Record<string, unknown> };
  readonly serializers: { error(error: unknown): unknown };
}

const VERSION = '8.11.0';

function ecsError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, stack } = error;
  return { type: name, message, ...(stack !== undefined && { stack_trace: stack }) };
}

/**
 * Options of pino.
 *
 * ```ts
 * pino({ ...ecsFormat({ service: 'my-service' }), mixin: logFields(tinct) });
 * ```
 */
export function ecsFormat({ service, now = Date.now }: EcsOptions): EcsFormat {
  return {
    base: { 'ecs.version': VERSION, 'service.name': service },
    messageKey: 'message',
    errorKey: 'error',
    timestamp: () => `,"@timestamp":"${new Date(now()).toISOString()}"`,
    formatters: { level: (label) => ({ 'log.level': label }) },
    serializers: { error: ecsError },
  };
}
