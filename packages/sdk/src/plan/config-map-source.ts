/**
 * A plan in a Kubernetes ConfigMap, read from the API server and watched there: the kubelet takes up to a minute to
 * bring a change into a mounted volume, and never brings it into a `subPath`.
 */
import { readFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import { TinctError } from '@tinct/core';
import type { PlanSource, PlanText, Watch } from './source.ts';

/** An object has at most 1 MiB of data; its JSON form may be a little longer. */
const MAX_BYTES = 4 * 1024 * 1024;
const TIMEOUT_MS = 10_000;
/** After this the API server is asked to end a watch; one that says nothing for longer is dead. */
const WATCH_SECONDS = 300;
const MAX_BACKOFF = 32;

export interface ConfigMapSourceOptions {
  /** `https://10.96.0.1:443`. */
  readonly server: string;
  /** Holds `token` and `ca.crt`, as Kubernetes mounts a service account. Read again for each request: tokens expire. */
  readonly account: string;
  readonly namespace: string;
  readonly name: string;
  /** Which key of its data holds the plan. Default `plan.yaml`. */
  readonly key?: string | undefined;
  /** The first wait before a broken watch is begun again; doubles. Default 1000. */
  readonly retryMs?: number | undefined;
}

const messageOf = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
};

export class ConfigMapPlanSource implements PlanSource {
  readonly name: string;
  readonly #options: ConfigMapSourceOptions;
  readonly #key: string;

  constructor(options: ConfigMapSourceOptions) {
    this.#options = options;
    this.#key = options.key ?? 'plan.yaml';
    this.name = `configmap ${options.namespace}/${options.name} ${this.#key}`;
  }

  /** Lists are URLs of their own, or absolute paths. */
  async read(signal: AbortSignal): Promise<PlanText> {
    const deadline = AbortSignal.timeout(TIMEOUT_MS);
    try {
      const answer = await this.#ask(this.#path, AbortSignal.any([signal, deadline]));
      return {
        text: this.#textOf(JSON.parse(await bodyOf(answer))),
        file: this.name,
        baseDir: '/',
      };
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof TinctError) throw error;
      throw this.#unreadable(
        deadline.aborted ? 'it did not answer in time' : messageOf(error),
        error,
      );
    }
  }

  /**
   * Each event only says that there may be something new; a watch that ends is begun again. Its beginning counts as an
   * event: of an object that went while nobody watched, it brings none.
   */
  watch(onChange: () => void): Watch {
    const closing = new AbortController();
    const { retryMs = 1000 } = this.#options;
    let failures = 0;
    let timer: NodeJS.Timeout | undefined;
    const follow = async () => {
      try {
        await this.#follow(closing.signal, () => {
          failures = 0;
          onChange();
        });
      } catch {
        failures += 1;
        // Whoever reads now finds out why.
        if (failures === 1 && !closing.signal.aborted) onChange();
      }
      if (closing.signal.aborted) return;
      const wait = retryMs * Math.min(2 ** Math.max(0, failures - 1), MAX_BACKOFF);
      timer = setTimeout(() => void follow(), wait).unref();
    };
    void follow();
    return {
      close() {
        closing.abort();
        clearTimeout(timer);
      },
    };
  }

  get #path(): string {
    const { namespace, name } = this.#options;
    return `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps/${encodeURIComponent(name)}`;
  }

  async #follow(signal: AbortSignal, onEvent: () => void): Promise<void> {
    const { namespace, name } = this.#options;
    const query = new URLSearchParams({
      watch: '1',
      fieldSelector: `metadata.name=${name}`,
      timeoutSeconds: String(WATCH_SECONDS),
    });
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps?${query}`;
    const answer = await this.#ask(path, signal);
    answer.setTimeout((WATCH_SECONDS + 30) * 1000, () => answer.destroy());
    onEvent();
    let rest = '';
    for await (const chunk of answer.setEncoding('utf8')) {
      const lines = `${rest}${chunk}`.split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > MAX_BYTES) throw new TypeError('an event is too large');
      for (const line of lines) if (isChange(line)) onEvent();
    }
  }

  /** An answer of 200, or a rejection. */
  async #ask(path: string, signal: AbortSignal): Promise<IncomingMessage> {
    const { server, account } = this.#options;
    const [token, ca] = await Promise.all([
      readFile(join(account, 'token'), 'utf8'),
      readFile(join(account, 'ca.crt'), 'utf8'),
    ]);
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const url = new URL(path, server);
    const headers = { authorization: `Bearer ${token.trim()}`, accept: 'application/json' };
    const options = { headers, signal, agent: false } as const;
    const asked =
      url.protocol === 'https:'
        ? httpsRequest(url, { ...options, ca }, resolve)
        : httpRequest(url, options, resolve);
    asked.on('error', reject).end();
    const answer = await promise;
    // Errors after the answer began are the reader's.
    if (answer.statusCode === 200) return answer;
    answer.destroy();
    throw this.#unreadable(`the API server answers ${answer.statusCode}`);
  }

  #textOf(object: unknown): string {
    const data = (object as { data?: Record<string, unknown> } | null)?.data ?? {};
    const text = Object.hasOwn(data, this.#key) ? data[this.#key] : undefined;
    if (typeof text !== 'string') throw this.#unreadable(`it has no key \`${this.#key}\``);
    return text;
  }

  #unreadable(why: string, cause?: unknown): TinctError {
    return new TinctError('TINCT_PLAN_UNREADABLE', `${this.name}: ${why}`, {
      cause,
      hint: 'Look at the ConfigMap, and at the service account’s right to get and watch it. The plan in force stays until this is mended.',
    });
  }
}

async function bodyOf(answer: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of answer.setEncoding('utf8')) {
    text += chunk;
    if (text.length > MAX_BYTES) throw new TypeError('it is too large');
  }
  return text;
}

/** An ERROR event (an expired watch, say) ends the watch; the others say that something changed. */
function isChange(line: string): boolean {
  if (line === '') return false;
  const { type } = JSON.parse(line) as { type?: unknown };
  if (type === 'ERROR') throw new TypeError('the API server ended the watch');
  return type !== 'BOOKMARK';
}
