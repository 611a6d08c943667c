/** All values of a request header, in order, by its lower-case name. Adapters give one; nothing here knows a server. */
export type HeaderValues = (name: string) => readonly string[];

/** Reads from a flat array of names and values, as `rawHeaders` is: no value is joined or lost. */
export function rawHeaderValues(raw: readonly string[]): HeaderValues {
  return (name) => {
    const values: string[] = [];
    for (let i = 0; i + 1 < raw.length; i += 2) {
      const candidate = raw[i] as string;
      if (candidate.length === name.length && candidate.toLowerCase() === name)
        values.push(raw[i + 1] as string);
    }
    return values;
  };
}

const BEYOND_ASCII = /[\u0080-\u00ff]/;

/**
 * Servers hand header bytes over as Latin-1; ids in a plan are UTF-8 and compare byte for byte. Bytes that are no
 * UTF-8 are no id.
 */
export function headerText(value: string): string | undefined {
  if (!BEYOND_ASCII.test(value)) return value;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(value, 'latin1'));
  } catch {
    return undefined;
  }
}
