/** Marks a response for shared caches, whatever holds its headers. */
import { addVary, makePrivate } from './caching.ts';

/** A response's headers before they leave. */
export interface ResponseHead {
  names(): readonly string[];
  /** All values of a header, joined as HTTP allows. */
  get(name: string): string | undefined;
  set(name: string, value: string): void;
  remove(name: string): void;
}

function setVary(head: ResponseHead, names: readonly string[]): void {
  const said = head.get('vary');
  const all = addVary(said === undefined ? [] : ['vary', said], names);
  const values = all.filter((_, i) => i % 2 === 1);
  if (values.length > 0) head.set('vary', values.join(', '));
}

function setPrivate(head: ResponseHead): void {
  const before = head.names().flatMap((name) => [name, head.get(name) ?? '']);
  const after = makePrivate(before);
  const kept = new Set(after.filter((_, i) => i % 2 === 0));
  for (const name of head.names()) if (!kept.has(name)) head.remove(name);
  head.set('cache-control', after.at(-1) as string);
}

/** `vary`: what `Vary` names where the marking is `vary`. */
export function markHead(
  head: ResponseHead,
  { kind, vary }: { readonly kind: 'private' | 'vary'; readonly vary: readonly string[] },
): void {
  if (kind === 'vary') setVary(head, vary);
  else setPrivate(head);
}
