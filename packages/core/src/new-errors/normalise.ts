/** A message without what differs each time it is written: so that the same fault is known again. */

/** What is looked at; the rest says nothing new. */
const MAX_READ = 1000;
const MAX_KEPT = 200;

/**
 * In this order: a time has numbers, an address too. No expression can be made slow by a hostile text: none has a
 * repetition whose neighbour matches the same characters.
 */
const CHANGING: readonly (readonly [RegExp, string])[] = [
  [/"[^"\n]*"|“[^”\n]*”|`[^`\n]*`|(?<![\p{L}\d])'[^'\n]*'/gu, '<text>'],
  [/\b[a-z][a-z0-9+.-]{1,15}:\/\/[^\s<>]+/gi, '<url>'],
  [/[^\s@<>()[\],;:]+@[^\s@<>()[\],;:]+/g, '<email>'],
  [/\b[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\b/gi, '<id>'],
  [/\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?/g, '<time>'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?\b/g, '<address>'],
  [/\[?(?<![\w:])(?:[\da-f]{0,4}:){2,7}[\da-f]{0,4}(?![\w:])\]?(?::\d{1,5}\b)?/gi, '<address>'],
  [/\b0x[\da-f]+\b/gi, '<number>'],
  [/\b(?=[a-z_-]*\d)[\w-]{16,}\b/gi, '<id>'],
  [/\b(?=[a-f]*\d)[\da-f]{8,}\b/gi, '<id>'],
  [/-?\d+(?:[.,]\d+)*/g, '<number>'],
];

/**
 * The first line of a message, with ids, numbers, times, addresses and quoted texts in angle brackets. Linear in the
 * length, at most 200 characters.
 */
export function normaliseMessage(message: string): string {
  const [line = ''] = message.slice(0, MAX_READ).trimStart().split('\n', 1);
  const steady = CHANGING.reduce((text, [pattern, name]) => text.replaceAll(pattern, name), line);
  return steady.replaceAll(/\s+/g, ' ').trim().slice(0, MAX_KEPT);
}

const FRAME = /^\s*at (?:async )?(?:(.+?) \()?([^()]+?)(?::\d+){0,2}\)?$/;
/** Node's own code and that of packages says less of the fault than the service's. */
const FOREIGN = /^node:|[\\/]node_modules[\\/]|^native$|^<anonymous>$/;
const MAX_LINES = 30;

/** Where the service's own code was: function and file without folders and lines, since both move with each build. */
export function topFrame(stack: string): string | undefined {
  for (const line of stack.slice(0, 10 * MAX_READ).split('\n', MAX_LINES)) {
    const [, name, place = ''] = line.length > MAX_READ ? [] : (FRAME.exec(line) ?? []);
    if (place === '' || FOREIGN.test(place)) continue;
    const file = place.split(/[\\/]/).at(-1) ?? '';
    return `${name ?? '<anonymous>'} ${file}`.slice(0, MAX_KEPT);
  }
  return undefined;
}
