/** Requests as a client sends them, and what came back. */
import { Agent, type OutgoingHttpHeaders, request } from 'node:http';
import { text } from 'node:stream/consumers';

/** What a service of the mesh says of a request that reached it. */
export interface Seen {
  readonly service: string;
  readonly version: string;
  readonly method: string;
  readonly url: string;
  /** Names and values in turn, as they came. */
  readonly raw: readonly string[];
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** Which version answered: its own word. Undefined if no service did. */
  readonly version: string | undefined;
  readonly seen: Seen | undefined;
}

export interface AskOptions {
  readonly method?: string;
  readonly path?: string;
  /** `host` is the name that is asked for, wherever the URL leads. */
  readonly headers?: OutgoingHttpHeaders;
  readonly agent?: Agent | false;
  readonly body?: string;
  /** The address that it comes from; then by a connection of its own. */
  readonly localAddress?: string;
}

/** Names and values of a request, in turn → all values of one name. */
export const valuesOf = (raw: readonly string[], name: string): string[] =>
  raw.filter((_, i) => i % 2 === 1 && raw[i - 1]?.toLowerCase() === name);

const kept = new Agent({ keepAlive: true });

/** @throws whatever breaks the connection: an answer with any status is an answer. */
export function ask(url: string, options: AskOptions = {}): Promise<Answer> {
  const { method = 'GET', path = '/', headers = {}, body, localAddress } = options;
  const { agent = localAddress === undefined ? kept : false } = options;
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  request(new URL(path, url), { method, headers, agent, localAddress }, async (res) => {
    try {
      resolve(answerOf(res.statusCode ?? 0, res.headers, await text(res)));
    } catch (error) {
      reject(error);
    }
  })
    .on('error', reject)
    .end(body);
  return promise;
}

export function answerOf(status: number, headers: Answer['headers'], said: string): Answer {
  const isEcho = headers['x-mesh-echo'] !== undefined;
  const seen = isEcho ? (JSON.parse(said) as Seen) : undefined;
  return { status, headers, text: said, version: seen?.version, seen };
}
