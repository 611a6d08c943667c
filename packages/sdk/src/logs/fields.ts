/** What log lines of a request say of its versions. */
import { currentContext } from '../context/storage.ts';
import type { RequestContext } from '../context/types.ts';
import type { Tinct } from '../tinct.ts';

/** One array of keywords, however many releases there are: an index of logs keeps its number of fields. */
export interface LogFields {
  /** `<release>=<variant>` for each release of the request. */
  'tinct.variants'?: string[];
  /** The version that this service says it is, as the Elastic Common Schema calls it. */
  'service.version'?: string;
}

const known = new WeakMap<RequestContext, readonly string[]>();

function variantsOf(context: RequestContext): readonly string[] {
  const before = known.get(context);
  if (before !== undefined) return before;
  const all = [...context.decisions.values()];
  const variants = all.map(({ release, variant }) => `${release}=${variant}`);
  known.set(context, variants);
  return variants;
}

/**
 * A function that yields the fields of a line that is logged now: pino's `mixin`, or a part of winston's `format`. Each
 * call yields an object of its own.
 *
 * ```ts
 * pino({ mixin: logFields(tinct) });
 * ```
 */
export function logFields({ served }: Pick<Tinct, 'served'>): () => LogFields {
  return () => {
    const context = currentContext();
    const isDecided = context !== undefined && context.decisions.size > 0;
    return {
      ...(isDecided && { 'tinct.variants': [...variantsOf(context)] }),
      ...(served !== undefined && { 'service.version': served }),
    };
  };
}
