/** Headers that concern one connection only (RFC 9110, 7.6.1). They never pass the edge, in either direction. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'proxy-connection',
  'keep-alive',
  'te',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
  'proxy-authenticate',
  'proxy-authorization',
]);

/** Naming these in `Connection` would change how the message is read, not which of its options are for one hop. */
const UNNAMEABLE: ReadonlySet<string> = new Set(['host', 'content-length', 'content-type']);

/** Whether a header, by its lower-case name, goes no further than this connection. */
export type IsHopByHop = (lower: string) => boolean;

/** Whether a header is for one connection whatever `Connection` says. */
export const isHopByHopAlways: IsHopByHop = (lower) => HOP_BY_HOP.has(lower);

/** The options that `Connection` names, in lower case. */
export function connectionOptions(values: readonly string[]): string[] {
  return values.flatMap((value) => value.split(',')).map((option) => option.trim().toLowerCase());
}

/** What nearly every message says, and which names no header. */
const namesNothing = (value: string): boolean => /^(?:keep-alive|close)$/i.test(value);

/** What is hop-by-hop in a message with these `Connection` values: what always is, and what they name. */
export function hopByHop(connection: readonly string[]): IsHopByHop {
  if (connection.every(namesNothing)) return isHopByHopAlways;
  const named = connectionOptions(connection).filter((option) => !UNNAMEABLE.has(option));
  const all = new Set([...HOP_BY_HOP, ...named]);
  return (lower) => all.has(lower);
}
