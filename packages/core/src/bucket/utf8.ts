/** UTF-8 without the platform: the same bytes everywhere, and lone surrogates are refused, never replaced. */

/** Whether every code unit is ASCII, so that the text's length is its number of bytes. */
export function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 0x7f) return false;
  }
  return true;
}

/** The UTF-8 bytes of a text; `undefined` for a text with a lone surrogate. */
export function encodeUtf8(text: string): Uint8Array | undefined {
  return text.isWellFormed() ? new TextEncoder().encode(text) : undefined;
}
