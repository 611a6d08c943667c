/** What a trusted peer says of this request's decisions. */
import {
  BAGGAGE_HEADER,
  DECISION_HEADER,
  LABEL,
  parseDecisions,
  readBaggageColors,
} from '@tinct/core';
import { routingHeader } from '../color/colors.ts';
import type { KnownDecision, Origin } from '../context/types.ts';

export type ColorFailure =
  | `decision.${'several' | 'malformed'}`
  | `routing.${'several' | 'malformed'}`
  | 'baggage.malformed';

/** Decisions by release, and where they stood. */
export interface ReadColors {
  readonly decisions: ReadonlyMap<string, KnownDecision>;
  readonly origin: Origin;
}

/** Of a request that carries none, or from a peer that is not believed. */
export const NO_COLORS: ReadColors = { decisions: new Map(), origin: 'none' };
const PREFIX = routingHeader('');
/** Headers of Tinct's that are nobody's route. */
const RESERVED: ReadonlySet<string> = new Set(
  ['decision', 'served', 'routed', 'debug', 'explain', 'release', 'variant', 'seal'].map(
    routingHeader,
  ),
);

/** The values of a request that may be colors. */
interface Found {
  readonly decision: string[];
  readonly baggage: string[];
  /** Release → what its routing header says. */
  readonly routing: Map<string, string[]>;
}

/** Reads requests; `releaseOf`: routing header, in lower case → its release, where the plan gave it a name of its own. */
export class ColorReader {
  readonly #releaseOf: ReadonlyMap<string, string>;
  readonly #failed: (failure: ColorFailure) => void;

  constructor(releaseOf: ReadonlyMap<string, string>, failed: (failure: ColorFailure) => void) {
    this.#releaseOf = releaseOf;
    this.#failed = failed;
  }

  /**
   * The decision header, where there is one, is the whole truth; else the routing headers, and for releases without
   * one the baggage. What stands twice or cannot be read is not believed, and nothing weaker is taken in its place.
   * `raw`: names and values in turn.
   */
  read(raw: readonly string[]): ReadColors {
    const found = this.#gather(raw);
    if (found === undefined) return NO_COLORS;
    const { decision, routing, baggage } = found;
    if (decision.length > 0) return this.#whole(decision);
    const decisions = this.#routed(routing);
    const isRouted = decisions.size > 0;
    this.#addCarried(baggage, routing, decisions);
    if (decisions.size === 0) return NO_COLORS;
    return { decisions, origin: isRouted ? 'routing' : 'baggage' };
  }

  #gather(raw: readonly string[]): Found | undefined {
    let found: Found | undefined;
    for (let i = 0; i + 1 < raw.length; i += 2) {
      const name = raw[i] as string;
      if (!this.#mayColor(name)) continue;
      found ??= { decision: [], baggage: [], routing: new Map() };
      this.#sort(name.toLowerCase(), raw[i + 1] as string, found);
    }
    return found;
  }

  /** Cheap, for every header of every request. */
  #mayColor(name: string): boolean {
    const first = name.charCodeAt(0) | 0x20;
    // x, b
    return first === 0x78 || first === 0x62 || this.#releaseOf.size > 0;
  }

  #sort(name: string, value: string, { decision, baggage, routing }: Found): void {
    if (name === DECISION_HEADER) decision.push(value);
    if (name === BAGGAGE_HEADER) baggage.push(value);
    const release = this.#releaseOf.get(name) ?? usualRelease(name);
    if (release === undefined) return;
    const values = routing.get(release);
    if (values === undefined) routing.set(release, [value]);
    else values.push(value);
  }

  #whole([text = '', ...more]: readonly string[]): ReadColors {
    const carried = more.length > 0 ? undefined : parseDecisions(text);
    if (carried === undefined)
      this.#failed(more.length > 0 ? 'decision.several' : 'decision.malformed');
    const decisions = new Map<string, KnownDecision>();
    for (const [release, decision] of Object.entries(carried ?? {}))
      decisions.set(release, Object.freeze({ release, ...decision }));
    return decisions.size === 0 ? NO_COLORS : { decisions, origin: 'decision' };
  }

  #routed(routing: Found['routing']): Map<string, KnownDecision> {
    const decisions = new Map<string, KnownDecision>();
    for (const [release, [variant = '', ...more]] of routing) {
      if (more.length > 0) this.#failed('routing.several');
      else if (!LABEL.test(variant)) this.#failed('routing.malformed');
      else decisions.set(release, variantOnly(release, variant));
    }
    return decisions;
  }

  #addCarried(
    baggage: readonly string[],
    routing: Found['routing'],
    decisions: Map<string, KnownDecision>,
  ): void {
    if (baggage.length === 0) return;
    for (const [release, variant] of readBaggageColors(baggage)) {
      if (routing.has(release)) continue;
      if (variant === undefined) this.#failed('baggage.malformed');
      else decisions.set(release, variantOnly(release, variant));
    }
  }
}

function usualRelease(name: string): string | undefined {
  if (!name.startsWith(PREFIX) || RESERVED.has(name)) return undefined;
  const release = name.slice(PREFIX.length);
  return LABEL.test(release) ? release : undefined;
}

/** Somebody decided; why, and by which plan, got lost on the way. */
function variantOnly(release: string, variant: string): KnownDecision {
  const unknown = { revision: undefined, epoch: undefined };
  return Object.freeze({ release, variant, reason: 'CARRIED', arm: 'other', ...unknown });
}
