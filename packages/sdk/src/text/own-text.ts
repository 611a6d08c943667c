/**
 * The same text in memory of its own, for whoever keeps a part of a header: what V8 cuts out of a text keeps all of it in
 * memory, mostly for as long as the part is kept. A text with a lone surrogate, which no header can hold, is not copied.
 */
export const ownText = (text: string): string =>
  text.isWellFormed() ? Buffer.from(text).toString() : text;
