/** An issuer's public keys, fetched and kept. A server that is dead or slow is waited for a bounded time, and not by everyone. */
import { TinctError } from '@tinct/core';
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';

/** The longest document that is read. */
const MAX_BYTES = 1_048_576;
const FIRST_DELAY_MS = 1000;

export interface RemoteKeysOptions {
  readonly now: () => number;
  /** As long as this, keys are used without asking again. */
  readonly freshMs: number;
  /** As long as this, keys are used although the server doesn't answer. */
  readonly staleMs: number;
  /** Between two fetches that unknown key ids ask for; also the longest delay after failures. */
  readonly cooldownMs: number;
  /** How long a fetch may take. */
  readonly timeoutMs: number;
  /** Hears when an issuer's keys begin not to come, and when they come again. */
  readonly onIssuer?: ((news: IssuerNews) => void) | undefined;
}

/** What became of an issuer's keys; without `error` they are there again. */
export interface IssuerNews {
  /** Where the keys are. */
  readonly url: string;
  readonly error: TinctError | undefined;
}

/** Without query and user: they may be secrets. */
function shown(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

/** `fetch` quotes a URL that it doesn't take. */
function reasonOf(error: unknown, url: string): string {
  if (error instanceof SyntaxError || error instanceof errors.JWKSInvalid)
    return 'it is no JWK Set';
  const { name, cause, message } = error as Error & { cause?: NodeJS.ErrnoException };
  if (name === 'TimeoutError') return 'it did not answer in time';
  return (cause?.code ?? cause?.message ?? message).replaceAll(url, shown(url));
}

/** The keys of one fetch. A new object whenever they were fetched anew. */
export interface FetchedKeys {
  readonly find: JWTVerifyGetKey;
}

async function bodyOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > MAX_BYTES) throw new Error('the key set is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** A redirect is no answer: it could lead to keys of somebody else, or into the inside of a network. */
async function fetchKeys(
  url: string,
  timeoutMs: number,
  closed: AbortSignal,
): Promise<FetchedKeys> {
  const signal = AbortSignal.any([closed, AbortSignal.timeout(timeoutMs)]);
  const headers = { accept: 'application/jwk-set+json, application/json' };
  const response = await fetch(url, { signal, headers, redirect: 'error' });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`status ${response.status}`);
  }
  return { find: createLocalJWKSet(JSON.parse(await bodyOf(response)) as JSONWebKeySet) };
}

function withinMs<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  const { promise: over, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, ms, undefined);
  return Promise.race([promise, over]).finally(() => clearTimeout(timer));
}

export class RemoteKeys {
  readonly #url: string;
  readonly #options: RemoteKeysOptions;
  readonly #closed: AbortSignal;
  #keys: FetchedKeys | undefined;
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #triedAt = Number.NEGATIVE_INFINITY;
  #failures = 0;
  #pending: Promise<void> | undefined;

  /** `closed`: ends a fetch that runs; none begins after it. */
  constructor(url: string, options: RemoteKeysOptions, closed: AbortSignal) {
    this.#url = url;
    this.#options = options;
    this.#closed = closed;
  }

  /** The keys in hand; fetched anew in the background when they are no longer fresh. Never waits. */
  current(): FetchedKeys | undefined {
    const { now, freshMs, staleMs } = this.#options;
    const age = now() - this.#fetchedAt;
    if (age > freshMs) this.#fetch(this.#backOffMs());
    return age <= staleMs ? this.#keys : undefined;
  }

  /** Keys newer than those that did not help; `undefined` when they cannot be had within this time. */
  async newer(than: FetchedKeys | undefined, waitMs: number): Promise<FetchedKeys | undefined> {
    const { cooldownMs } = this.#options;
    const pending = this.#fetch(than === undefined ? this.#backOffMs() : cooldownMs);
    if (pending !== undefined) await withinMs(pending, waitMs);
    return this.#keys === than ? undefined : this.current();
  }

  #backOffMs(): number {
    if (this.#failures === 0) return 0;
    return Math.min(this.#options.cooldownMs, FIRST_DELAY_MS * 2 ** (this.#failures - 1));
  }

  /** One fetch at a time, and none within the delay after the last. */
  #fetch(delayMs: number): Promise<void> | undefined {
    const { now, timeoutMs } = this.#options;
    if (this.#pending === undefined && now() - this.#triedAt >= delayMs) {
      this.#triedAt = now();
      this.#pending = fetchKeys(this.#url, timeoutMs, this.#closed)
        .then(
          (keys) => this.#succeeded(keys),
          (error: unknown) => this.#failed(error),
        )
        .finally(() => {
          this.#pending = undefined;
        });
    }
    return this.#pending;
  }

  #succeeded(keys: FetchedKeys): void {
    this.#keys = keys;
    this.#fetchedAt = this.#options.now();
    if (this.#failures > 0) this.#tell(undefined);
    this.#failures = 0;
  }

  #failed(cause: unknown): void {
    this.#failures += 1;
    if (this.#failures > 1 || this.#closed.aborted) return;
    const message = `${shown(this.#url)}: ${reasonOf(cause, this.#url)}`;
    this.#tell(new TinctError('TINCT_JWKS_UNREADABLE', message, { cause }));
  }

  #tell(error: TinctError | undefined): void {
    this.#options.onIssuer?.({ url: shown(this.#url), error });
  }
}
