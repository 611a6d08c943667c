/** What a client does, what the service does, and what may come of it. */
import fc from 'fast-check';
import { type Message, valuesIn } from '../differential/wire.ts';

const SERVICE = [
  'answers',
  'answers',
  'answers',
  'answers in chunks',
  'answers and closes',
  'answers and then closes without a word',
  'answers before the body',
  'adds bytes behind its answer',
  'closes at once',
  'resets at once',
  'closes within the head',
  'resets within the body',
  'closes within the chunks',
] as const;
export type Service = (typeof SERVICE)[number];

const CLIENT = [
  'waits',
  'waits',
  'waits',
  'leaves within the head',
  'leaves within the body',
  'leaves at once',
  'resets at once',
  'leaves when the answer begins',
  'ends its side and waits',
] as const;
type Client = (typeof CLIENT)[number];

export interface Exchange {
  readonly service: Service;
  readonly client: Client;
  readonly method: 'GET' | 'POST' | 'HEAD';
  readonly size: number;
  readonly chunked: boolean;
}

export const exchange: fc.Arbitrary<Exchange> = fc.record({
  service: fc.constantFrom(...SERVICE),
  client: fc.constantFrom(...CLIENT),
  method: fc.constantFrom('GET', 'POST', 'POST', 'HEAD'),
  size: fc.constantFrom(0, 1, 100, 70_000),
  chunked: fc.boolean(),
});

/** A body that says whose it is, all over. */
export const bodyOf = (id: string, size: number): string =>
  `${id} `.repeat(Math.ceil(size / (id.length + 1))).slice(0, size);

export const CRLF = '\r\n';
export const length = (body: string) => `Content-Length: ${body.length}${CRLF}`;
export const inChunks = (body: string): string => {
  const chunk = body === '' ? '' : `${body.length.toString(16)}${CRLF}${body}${CRLF}`;
  return `${chunk}0${CRLF}${CRLF}`;
};

/** What is wrong with an answer that came, in words. */
export function fault(
  id: string,
  { service, method }: Exchange,
  message: Message,
): string | undefined {
  const [status = ''] = /\d{3}/.exec(message.start) ?? [];
  if (status === '502' || status === '503')
    // A connection may end in the moment in which it is taken; what isn't idempotent is not sent twice.
    return service.startsWith('answers') && method !== 'POST'
      ? `${status} for ${method}, and it ${service}`
      : undefined;
  if (status !== '200') return `${status} for ${service}`;
  if (valuesIn(message, 'x-id').join() !== id)
    return `${id} got the answer to ${valuesIn(message, 'x-id')}`;
  const wanted = method === 'HEAD' ? '' : bodyOf(id, 30_000);
  if (!wanted.startsWith(message.body)) return `${id} got ${message.body.slice(0, 20)}`;
  const isCut = service.includes('within');
  if (message.whole && message.body !== wanted) return `${id}: cut off, and looks whole`;
  return !message.whole && !isCut ? `${id}: cut off though it ${service}` : undefined;
}
