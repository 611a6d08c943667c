/** What is too much before anything of a request is looked at. */
import type { RequestHead } from './exchange.ts';
import { lengthOf } from './forward/client/request-head.ts';
import type { Limits } from './options.ts';
import { type Refusal, refusal } from './refusal.ts';

export function excessOf(
  { url = '', rawHeaders }: RequestHead,
  { targetBytes, bodyBytes }: Pick<Limits, 'targetBytes' | 'bodyBytes'>,
): Refusal | undefined {
  if (targetBytes > 0 && url.length > targetBytes) return refusal('TINCT_EDGE_TARGET_TOO_LONG');
  // One that doesn't say its length is counted as it comes.
  if (bodyBytes === 0 || (lengthOf(rawHeaders) ?? 0) <= bodyBytes) return undefined;
  return refusal('TINCT_EDGE_BODY_TOO_LARGE');
}
