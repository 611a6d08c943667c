import { type CompiledPlan, canonicalName } from '@tinct/core';
import { type Carriers, carriersOf } from '../caching/caching.ts';
import { attributeReader, type ReadAttributes } from '../identity/attributes.ts';
import { identityReader, type ReadUnits } from '../identity/identity.ts';
import type { ReadTokens, TokenVerifier } from '../jwt/tokens.ts';

/** What is worked out from one plan once, for all requests under it. */
export interface PlanView {
  /** Absent before the first plan: then nothing is decided, and what looks like a color is removed all the same. */
  readonly compiled: CompiledPlan | undefined;
  /** The routing headers of all releases, whether they apply or not, as {@link canonicalName} writes them. */
  readonly routingHeaders: ReadonlySet<string>;
  /** Release → its routing header, as it is written. */
  readonly headerOf: ReadonlyMap<string, string>;
  readonly readUnits: ReadUnits;
  readonly readAttributes: ReadAttributes;
  readonly readTokens: ReadTokens;
  /** The unit type that Tinct issues ids for, if there is one. */
  readonly issued: string | undefined;
  /** What decisions hang on, for caches. */
  readonly carriers: Carriers;
}

const NO_TOKENS: ReadTokens = () => undefined;
const NO_CARRIERS: Carriers = { named: [], hidden: false };

/** The view of the plan in force; made when the plan is new. */
export class PlanViews {
  readonly #tokens: TokenVerifier | undefined;
  readonly #signs: boolean;
  #latest: PlanView;

  /** Without `tokens` there are none; `signs`: whether there is a cookie to remember in. */
  constructor(tokens?: TokenVerifier, signs = false) {
    this.#tokens = tokens;
    this.#signs = signs;
    this.#latest = this.#viewOf(undefined);
  }

  of(compiled: CompiledPlan | undefined): PlanView {
    if (compiled !== this.#latest.compiled) this.#latest = this.#viewOf(compiled);
    return this.#latest;
  }

  #viewOf(compiled: CompiledPlan | undefined): PlanView {
    const releases = compiled?.releases ?? [];
    const identity = compiled?.plan.identity ?? [];
    return {
      compiled,
      routingHeaders: new Set(releases.map(({ header }) => canonicalName(header))),
      headerOf: new Map(releases.map(({ name, header }) => [name, header])),
      readUnits: identityReader(identity),
      readAttributes: attributeReader(compiled?.plan.attributes ?? {}),
      readTokens: this.#tokens?.reader(identity) ?? NO_TOKENS,
      issued: identity.find(({ kind }) => kind === 'issued')?.unit,
      carriers: compiled === undefined ? NO_CARRIERS : carriersOf(compiled.plan, this.#signs),
    };
  }
}
