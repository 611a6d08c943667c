/** A plan behind an HTTP(S) URL, asked with the ETag of the last answer. */
import { TinctError } from '@tinct/core';
import type { PlanSource, PlanText, Watch } from './source.ts';

/** The largest plan that is read; core refuses larger ones with the same code. */
const MAX_BYTES = 1024 * 1024;
/** Failures in a row double the wait up to this many times the usual one. */
const MAX_BACKOFF = 16;

export interface UrlSourceOptions {
  /** How often the URL is asked. Default 10,000. */
  readonly everyMs?: number | undefined;
  /** How long an answer may take, as a whole. Default 10,000. */
  readonly timeoutMs?: number | undefined;
  /** From 0 to 1; spreads the questions of many edges. Default `Math.random`. */
  readonly random?: (() => number) | undefined;
}

interface Known {
  readonly text: string;
  readonly etag: string | undefined;
}

/** A plan by URL; the paths of its lists are relative to the URL. */
export class UrlPlanSource implements PlanSource {
  /** Without query and user: they may be secrets. */
  readonly name: string;
  readonly #url: URL;
  /** Of a user and a password in the URL, which fetch refuses there. */
  readonly #authorization: string | undefined;
  readonly #everyMs: number;
  readonly #timeoutMs: number;
  readonly #random: () => number;
  #known: Known | undefined;

  constructor(url: string | URL, options: UrlSourceOptions = {}) {
    this.#url = new URL(url);
    this.#authorization = basic(this.#url);
    this.#url.username = '';
    this.#url.password = '';
    this.name = `${this.#url.origin}${this.#url.pathname}`;
    this.#everyMs = options.everyMs ?? 10_000;
    this.#timeoutMs = options.timeoutMs ?? 10_000;
    this.#random = options.random ?? Math.random;
  }

  async read(signal: AbortSignal): Promise<PlanText> {
    this.#known = await this.#fetch(signal);
    return { text: this.#known.text, file: this.name, baseDir: new URL('.', this.#url).href };
  }

  /** Asks again and again. Calls back when the text is another one, and when asking begins to fail. */
  watch(onChange: () => void): Watch {
    const closing = new AbortController();
    let failures = 0;
    let timer: NodeJS.Timeout | undefined;
    const ask = async () => {
      const told = this.#known?.text;
      try {
        const { text } = await this.#fetch(closing.signal);
        failures = 0;
        if (text !== told) onChange();
      } catch {
        failures += 1;
        // Whoever reads now finds out why.
        if (failures === 1 && !closing.signal.aborted) onChange();
      }
      if (!closing.signal.aborted) later();
    };
    const later = () => {
      timer = setTimeout(() => void ask(), this.#wait(failures)).unref();
    };
    later();
    return {
      close() {
        closing.abort();
        clearTimeout(timer);
      },
    };
  }

  #wait(failures: number): number {
    const usual = this.#everyMs * Math.min(2 ** failures, MAX_BACKOFF);
    return usual * (0.9 + 0.2 * this.#random());
  }

  async #fetch(signal: AbortSignal): Promise<Known> {
    const deadline = AbortSignal.timeout(this.#timeoutMs);
    try {
      return await this.#ask(AbortSignal.any([signal, deadline]));
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof TinctError) throw error;
      throw this.#unreadable(
        deadline.aborted ? 'it did not answer in time' : reasonOf(error),
        error,
      );
    }
  }

  async #ask(signal: AbortSignal): Promise<Known> {
    const known = this.#known;
    const headers: Record<string, string> = { accept: 'application/yaml, application/json, */*' };
    if (this.#authorization !== undefined) headers['authorization'] = this.#authorization;
    if (known?.etag !== undefined) headers['if-none-match'] = known.etag;
    // A redirect could lead anywhere, and nobody would know whose plan this is.
    const response = await fetch(this.#url, { headers, signal, redirect: 'manual' });
    if (response.status === 304 && known !== undefined) {
      await response.body?.cancel();
      return known;
    }
    if (response.status !== 200) {
      await response.body?.cancel();
      throw this.#unreadable(`it answers ${response.status}`);
    }
    const text = this.#decode(await this.#bytes(response));
    return { text, etag: response.headers.get('etag') ?? undefined };
  }

  async #bytes({ body }: Response): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of body ?? []) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > MAX_BYTES)
        throw new TinctError(
          'TINCT_PLAN_TOO_LARGE',
          `${this.name} has more than ${MAX_BYTES} bytes; a plan has at most so many`,
        );
    }
    return Buffer.concat(chunks);
  }

  #decode(bytes: Buffer): string {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes);
    } catch (error) {
      throw this.#unreadable('it is not UTF-8', error);
    }
  }

  #unreadable(why: string, cause?: unknown): TinctError {
    return new TinctError('TINCT_PLAN_UNREADABLE', `${this.name}: ${why}`, {
      cause,
      hint: 'Check the URL and what answers there. The plan in force stays until this is mended.',
    });
  }
}

function basic({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`;
}

function reasonOf(error: unknown): string {
  const { cause, message } = error as Error & { cause?: NodeJS.ErrnoException };
  return cause?.code ?? cause?.message ?? message;
}
