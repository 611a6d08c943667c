/**
 * Messages that carry the color of the request that sent them. No client of Kafka is needed: headers go in and out.
 *
 * ```ts
 * await producer.send({ messages: [{ topic, value, headers: messageHeaders(tinct, { source: 'web' }) }] });
 * for await (const message of stream) await handleMessage(tinct, message, () => work(message));
 * ```
 */
import type { Tinct } from '../tinct.ts';
import type { Peer } from '../trust/trusted-hops.ts';

type HeaderText = string | Uint8Array;
/** As clients give them: a record, whose values may be several, or a Map. */
export type MessageHeaders =
  | Readonly<Record<string, HeaderText | readonly HeaderText[] | undefined>>
  | ReadonlyMap<HeaderText, HeaderText>;

export interface CarryingMessage {
  readonly headers?: MessageHeaders | undefined;
}

/** Nothing longer is a color. */
const MAX_BYTES = 16_384;

const textOf = (value: HeaderText): string | undefined => {
  if (typeof value === 'string') return value;
  return value.byteLength > MAX_BYTES ? undefined : new TextDecoder().decode(value);
};

type Pair = readonly [HeaderText, HeaderText | readonly HeaderText[] | undefined];

function pairsOf(headers: MessageHeaders): readonly Pair[] {
  return headers instanceof Map ? [...headers] : Object.entries(headers);
}

/** Names and values in turn, as HTTP's raw headers are. */
function rawHeaders(headers: MessageHeaders): string[] {
  return pairsOf(headers).flatMap(([name, given]) => {
    const key = textOf(name) ?? '';
    const values = typeof given === 'string' || given instanceof Uint8Array ? [given] : given;
    return (values ?? []).flatMap((value) => [key, textOf(value) ?? '']);
  });
}

/**
 * A message's headers with the colors of the request that is being served, in place of any that stood there before. Others keep their
 * values. Whoever may read the topic sees them: colors, never who the user is.
 */
export function messageHeaders(
  tinct: Pick<Tinct, 'outbound'>,
  headers: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const flat = Object.entries(headers).flat();
  const colored = tinct.outbound.colored(flat).map(String);
  const names = colored.filter((_, i) => i % 2 === 0);
  return Object.fromEntries(names.map((name, i) => [name, colored[2 * i + 1] ?? '']));
}

/**
 * Runs a handler in the context of the request that sent a message; what the handler calls and sends goes on in the same
 * color. Headers are believed as `trust: 'mesh'` says, or by the `peer` that is named, the broker. Where the service has a
 * plan, a decision of an epoch that was aborted while the message waited is dropped: the message is handled as stable.
 *
 * Answers with what the handler answers, and rejects with what it rejects with.
 */
export async function handleMessage<T>(
  tinct: Pick<Tinct, 'enter'>,
  { headers = {} }: CarryingMessage,
  handler: () => T | Promise<T>,
  peer?: Peer,
): Promise<T> {
  const start = performance.now();
  // A message is asked for nothing by nobody: no host and no path bring a release of the plan in.
  const incoming = { rawHeaders: rawHeaders(headers), peer, method: 'POST', host: '', path: '/' };
  const entered = await tinct.enter(incoming);
  const finish = (status: number) =>
    entered.finished?.({ status, durationMs: performance.now() - start });
  try {
    const answer = await entered.run(handler);
    finish(200);
    return answer;
  } catch (error) {
    finish(500);
    throw error;
  }
}
