/** What the edge adds to a service's response. */
import { addVary, type Marking, makePrivate } from '@tinct/sdk';

export const EXPLAIN_HEADER = 'x-tinct-explain';

export interface Answer {
  readonly setCookie: string | undefined;
  readonly explain: string | undefined;
  readonly marking: Marking;
  /** What `Vary` names when the marking is `vary`. */
  readonly vary: readonly string[];
}

/** Response headers as the client gets them. */
export function dress(headers: string[], { setCookie, explain, marking, vary }: Answer): string[] {
  if (marking === 'none') return headers;
  const marked = marking === 'vary' ? addVary(headers, vary) : makePrivate(headers);
  if (setCookie !== undefined) marked.push('set-cookie', setCookie);
  if (explain !== undefined) marked.push(EXPLAIN_HEADER, explain);
  return marked;
}
