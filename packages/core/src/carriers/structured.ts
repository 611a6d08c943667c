/** RFC 9651 dictionaries, as far as Tinct reads them: strings, tokens and integers; the other types are passed over. */

export type BareItem =
  | { readonly type: 'string' | 'token'; readonly value: string }
  | { readonly type: 'integer'; readonly value: number }
  | { readonly type: 'other' };

export interface Member {
  readonly item: BareItem;
  readonly params: ReadonlyMap<string, BareItem>;
}

/** Longer texts are not read: 48 decisions fit several times over. */
const MAX_LENGTH = 16_384;

const KEY = /[a-z*][a-z0-9_\-.*]*/y;
const STRING = /"((?:[ !#-[\]-~]|\\["\\])*)"/y;
const TOKEN = /[A-Za-z*][!#$%&'*+\-.^_`|~0-9A-Za-z:/]*/y;
const INTEGER = /-?\d{1,15}(?![\d.])/y;
const DECIMAL = /-?\d{1,12}\.\d{1,3}(?!\d)/y;
const BOOLEAN = /\?[01]/y;
const DATE = /@-?\d{1,15}(?![\d.])/y;
const BYTES = /:[A-Za-z0-9+/=]*:/y;
const DISPLAY = /%"(?:[ !#$&-~]|%[0-9a-f]{2})*"/y;
const SPACES = / */y;
const OPTIONAL_WHITESPACE = /[ \t]*/y;

const TRUE: BareItem = { type: 'other' };
const OTHER: BareItem = { type: 'other' };

class Malformed extends Error {}

class Cursor {
  #at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  get done(): boolean {
    return this.#at >= this.#text.length;
  }

  /** Takes what the sticky pattern matches here. */
  take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) return undefined;
    this.#at = pattern.lastIndex;
    return match;
  }

  /** Takes this one character, if it stands here. */
  skip(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }
}

function readKey(cursor: Cursor): string {
  const match = cursor.take(KEY);
  if (match === undefined) throw new Malformed();
  return match[0];
}

function readItem(cursor: Cursor): BareItem {
  const string = cursor.take(STRING);
  if (string !== undefined)
    return { type: 'string', value: (string[1] ?? '').replaceAll(/\\(.)/g, '$1') };
  const token = cursor.take(TOKEN);
  if (token !== undefined) return { type: 'token', value: token[0] };
  const integer = cursor.take(INTEGER);
  if (integer !== undefined) return { type: 'integer', value: Number(integer[0]) };
  for (const pattern of [DECIMAL, BOOLEAN, DATE, BYTES, DISPLAY])
    if (cursor.take(pattern) !== undefined) return OTHER;
  throw new Malformed();
}

function readParams(cursor: Cursor): ReadonlyMap<string, BareItem> {
  const params = new Map<string, BareItem>();
  while (cursor.skip(';')) {
    cursor.take(SPACES);
    params.set(readKey(cursor), cursor.skip('=') ? readItem(cursor) : TRUE);
  }
  return params;
}

function passInnerList(cursor: Cursor): BareItem {
  for (let first = true; ; first = false) {
    const gap = cursor.take(SPACES)?.[0] ?? '';
    if (cursor.skip(')')) return OTHER;
    if (!first && gap === '') throw new Malformed();
    readItem(cursor);
    readParams(cursor);
  }
}

function readMember(cursor: Cursor): Member {
  const item = !cursor.skip('=')
    ? TRUE
    : cursor.skip('(')
      ? passInnerList(cursor)
      : readItem(cursor);
  return { item, params: readParams(cursor) };
}

function readMembers(cursor: Cursor): ReadonlyMap<string, Member> {
  const members = new Map<string, Member>();
  cursor.take(SPACES);
  while (!cursor.done) {
    members.set(readKey(cursor), readMember(cursor));
    cursor.take(OPTIONAL_WHITESPACE);
    if (cursor.done) break;
    if (!cursor.skip(',')) throw new Malformed();
    cursor.take(OPTIONAL_WHITESPACE);
    if (cursor.done) throw new Malformed();
  }
  return members;
}

/** The members by key; of a key that stands twice, the last. `undefined` if the text is no dictionary. */
export function parseDictionary(text: string): ReadonlyMap<string, Member> | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  try {
    return readMembers(new Cursor(text.replace(/ +$/, '')));
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}
