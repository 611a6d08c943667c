/** Override tokens: taken from a link once, then from a cookie. docs/spec/override.md is their specification. */
import type { Override } from '@tinct/core';
import { type KeySet, type OverrideRefusal, verifyOverride } from '@tinct/sdk';

export type OverrideFailure = OverrideRefusal | 'several' | 'expired';

/** Release → override, as `DecisionContext.overrides` takes it. */
export type Overrides = Readonly<Record<string, Override>>;

export interface DeskOptions {
  readonly now: () => number;
  readonly failed: (failure: `override.${OverrideFailure}`) => void;
}

/** The query parameter of override links. */
const PARAMETER = 'tinct-override=';
const MAX_KNOWN = 256;

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
    if (keys === this.#keys) this.#known.set(token, result);
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

/** An override link: its tokens, and where it leads without them. */
export interface OverrideLink {
  readonly tokens: readonly string[];
  readonly location: string;
}

/** `path` with its query. `undefined` when it is no override link. */
export function overrideLink(path: string): OverrideLink | undefined {
  if (!path.includes(PARAMETER)) return undefined;
  const start = path.indexOf('?');
  const members = start === -1 ? [] : path.slice(start + 1).split('&');
  const ours = members.filter((member) => member.startsWith(PARAMETER));
  if (ours.length === 0) return undefined;
  const others = members.filter((member) => !member.startsWith(PARAMETER));
  const rest = others.length === 0 ? '' : `?${others.join('&')}`;
  return {
    tokens: ours.map((member) => member.slice(PARAMETER.length)),
    location: onThisHost(path.slice(0, start)) + rest,
  };
}

/** `//evil.example` and `/\evil.example` would lead a browser to another host. */
function onThisHost(path: string): string {
  return path[1] === '/' || path[1] === '\\' ? `/.${path}` : path;
}
