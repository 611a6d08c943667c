/** UTF-8 without the platform: the same bytes everywhere, and lone surrogates are refused, never replaced. */

const ENCODER = new TextEncoder();

/** The UTF-8 bytes of a text; `undefined` for a text with a lone surrogate. */
export function encodeUtf8(text: string): Uint8Array | undefined {
  return text.isWellFormed() ? ENCODER.encode(text) : undefined;
}
