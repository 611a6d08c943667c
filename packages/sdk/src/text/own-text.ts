/**
 * The same text in memory of its own, for whoever keeps a part of a header: what V8 cuts out of a text keeps all of it in
 * memory, mostly for as long as the part is kept. A lone surrogate, which no header can hold, becomes U+FFFD.
 */
export const ownText = (text: string): string => Buffer.from(text).toString();
