/** Override tokens that a visitor's cookie holds. docs/spec/override.md is their specification. */
import type { Override } from '@tinct/core';
import type { KeySet } from '../keys/keyset.ts';
import { type OverrideRefusal, verifyOverride } from '../keys/override.ts';

export type OverrideFailure = OverrideRefusal | 'several' | 'expired';

import { ownText } from '../text/own-text.ts';

/** Release → override, as `DecisionContext.overrides` takes it. */
export type Overrides = Readonly<Record<string, Override>>;

export interface DeskOptions {
  readonly now: () => number;
  readonly failed: (failure: `override.${OverrideFailure}`) => void;
}

/** Tokens whose signature was checked already: testers are few. */
const MAX_KNOWN = 256;

/** Believes tokens that its keys signed, and says how many it did not. */
export class OverrideDesk {
  readonly #options: DeskOptions;
  #keys: KeySet | undefined;
  #known = new Map<string, Override | OverrideRefusal>();

  constructor(keys: KeySet | undefined, options: DeskOptions) {
    this.#options = options;
    this.#keys = keys;
  }

  /** What other keys signed is refused from now on. */
  use(keys: KeySet | undefined): void {
    this.#keys = keys;
    this.#known = new Map();
  }

  /** Whether links are looked at. */
  get isOpen(): boolean {
    return this.#keys !== undefined;
  }

  /** What the request's override cookie asks for. A promise only for a token that was not seen before. */
  read([token, ...more]: readonly string[]):
    | Overrides
    | Promise<Overrides | undefined>
    | undefined {
    if (token === undefined || this.#keys === undefined) return undefined;
    if (more.length > 0) return void this.#options.failed('override.several');
    const known = this.#known.get(token);
    return known === undefined
      ? this.verify(token).then((result) => this.#granted(result))
      : this.#granted(this.#timely(known));
  }

  /** Whether a token holds now, as far as it says itself. */
  async verify(token: string): Promise<Override | OverrideFailure> {
    const keys = this.#keys;
    if (keys === undefined) return 'key';
    const result = await verifyOverride(token, keys);
    const [oldest] = this.#known.size < MAX_KNOWN ? [] : this.#known.keys();
    if (oldest !== undefined) this.#known.delete(oldest);
    if (keys === this.#keys) this.#known.set(ownText(token), result);
    return this.#timely(result);
  }

  #timely(result: Override | OverrideRefusal): Override | OverrideFailure {
    if (typeof result === 'string') return result;
    return result.expires > this.#options.now() ? result : 'expired';
  }

  #granted(result: Override | OverrideFailure): Overrides | undefined {
    if (typeof result !== 'string') return { [result.release]: result };
    return void this.#options.failed(`override.${result}`);
  }
}
