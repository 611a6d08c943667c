/** Carrying: a trusted peer's decisions become the request's context. No plan is needed. */

import { DECISION_HEADER } from '@tinct/core';
import { type Colored, colorsOf } from '../color/colors.ts';
import type { KnownDecision, Origin, RequestContext } from '../context/types.ts';
import type { ColorReader, ReadColors } from './read-colors.ts';

/** A request of which nothing is known. */
export const EMPTY_CONTEXT: RequestContext = Object.freeze({
  decisions: new Map<string, KnownDecision>(),
  colors: { headers: [], baggage: [] },
  origin: 'none',
});

/** How many different decision headers are known by their text: few, since decisions are few. */
const MAX_KNOWN = 1024;
const MAX_KNOWN_LENGTH = 2048;

/** A context of decisions that came from somewhere. */
export function contextOf(
  decisions: ReadonlyMap<string, KnownDecision>,
  origin: Origin,
  headerOf: ReadonlyMap<string, string>,
): RequestContext {
  if (decisions.size === 0) return EMPTY_CONTEXT;
  const all: Colored[] = [...decisions.values()];
  return Object.freeze({ decisions, colors: colorsOf(all, headerOf), origin });
}

/** Requests with the same decision header share one context: it is read once. */
export class Carrier {
  readonly #reader: ColorReader;
  readonly #headerOf: ReadonlyMap<string, string>;
  readonly #known = new Map<string, RequestContext>();

  /** `headerOf`: release → routing header, where the plan gave it a name of its own. */
  constructor(reader: ColorReader, headerOf: ReadonlyMap<string, string>) {
    this.#reader = reader;
    this.#headerOf = headerOf;
  }

  /** `raw`: a trusted peer's headers, names and values in turn. */
  contextOf(raw: readonly string[]): RequestContext {
    const text = onlyDecision(raw);
    const known = text === undefined ? undefined : this.#known.get(text);
    if (known !== undefined) return known;
    const context = this.#made(this.#reader.read(raw));
    if (text !== undefined && context.origin === 'decision') this.#remember(text, context);
    return context;
  }

  #made({ decisions, origin }: ReadColors): RequestContext {
    return contextOf(decisions, origin, this.#headerOf);
  }

  #remember(text: string, context: RequestContext): void {
    if (text.length > MAX_KNOWN_LENGTH) return;
    const [oldest] = this.#known.size < MAX_KNOWN ? [] : this.#known.keys();
    if (oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(text, context);
  }
}

/** The decision header's text, if there is exactly one: it is then all that counts. */
function onlyDecision(raw: readonly string[]): string | undefined {
  let text: string | undefined;
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] as string;
    if (name.length !== DECISION_HEADER.length) continue;
    if (name !== DECISION_HEADER && name.toLowerCase() !== DECISION_HEADER) continue;
    if (text !== undefined) return undefined;
    text = raw[i + 1];
  }
  return text;
}
