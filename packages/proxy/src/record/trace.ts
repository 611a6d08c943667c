/** The trace that a request belongs to, by W3C Trace Context (`traceparent`), for the log and as an example of a duration. */

export interface Trace {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** Of whoever sent the request: 16 hexadecimal digits. */
  readonly spanId: string;
  /** Whether it is recorded. */
  readonly isSampled: boolean;
}

/** Version 00 ends here; a later one may go on behind a dash. */
const TRACEPARENT =
  /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** `rawHeaders`: names and values in turn. What isn't valid, or stands there twice, is no trace. */
export function traceOf(rawHeaders: readonly string[]): Trace | undefined {
  let found: string | undefined;
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    if (name.length !== 11 || name.toLowerCase() !== 'traceparent') continue;
    if (found !== undefined) return undefined;
    found = rawHeaders[i + 1];
  }
  const [, version, traceId, spanId, flags = '', more] = TRACEPARENT.exec(found ?? '') ?? [];
  if (traceId === undefined || spanId === undefined) return undefined;
  if (version === '00' && more !== undefined) return undefined;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 };
}
