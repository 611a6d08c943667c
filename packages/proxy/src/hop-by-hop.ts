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
  'proxy-authentication-info',
  'proxy-authorization',
]);

/** Naming these in `Connection` would change how the message is read, not which of its options are for one hop. */
const UNNAMEABLE: ReadonlySet<string> = new Set(['host', 'content-length', 'content-type']);

/** Whether a header, by its lower-case name, never goes further than its connection. */
export const isHopByHop = (lower: string): boolean => HOP_BY_HOP.has(lower);

/** The options that `Connection` names, in lower case. */
export function connectionOptions(values: readonly string[]): string[] {
  return values.flatMap((value) => value.split(',')).map((option) => option.trim().toLowerCase());
}

/** What nearly every message says, and which names no header. */
const namesNothing = (value: string): boolean => /^(?:keep-alive|close)$/i.test(value);

/** The headers, by their lower-case names, that go no further because `Connection` names them, beside those that never do. */
export function namedBy(connection: readonly string[]): ReadonlySet<string> | undefined {
  if (connection.length === 0 || connection.every(namesNothing)) return undefined;
  const named = connectionOptions(connection).filter(
    (option) => !UNNAMEABLE.has(option) && !HOP_BY_HOP.has(option),
  );
  return named.length === 0 ? undefined : new Set(named);
}
