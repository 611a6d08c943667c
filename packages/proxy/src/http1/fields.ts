/** Header lines of HTTP/1.1, read strictly and the same from clients and from services. */
import { NameTable } from '../name-table.ts';

/** Makes the error for what two programs could read differently, from words for it. */
export type Objection = (what: string) => Error;

/** How a body ends: after so many bytes, by its last chunk, or with the connection. */
export type Framing = number | 'chunked' | 'close';

/** What header lines say of the message that they stand before. */
export interface Said {
  length: string | undefined;
  coding: string | undefined;
  /** In lower case; several lines joined by commas. */
  connection: string;
  expect: string | undefined;
  upgrade: string | undefined;
}

export interface Fields {
  /** Names and values in turn, as they came. */
  readonly headers: string[];
  readonly said: Said;
}

const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Lines without control characters, and no half of a line break. In one pass: no part of a text fits it in two ways. */
const READABLE = /^(?:[\t\x20-\x7e\x80-\xff]*\r\n)*[\t\x20-\x7e\x80-\xff]*$/;
const LENGTH = /^\d{1,15}$/;
const SPACE = 32;
const TAB = 9;
const COLON = 58;

const isBlank = (code: number): boolean => code === SPACE || code === TAB;

/** A part of a text without the white space around it. */
function trimmed(text: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

/** The headers that say something of the message itself, by their lower-case names. */
const TELLING: Readonly<Record<string, keyof Said>> = {
  'content-length': 'length',
  'transfer-encoding': 'coding',
  connection: 'connection',
  expect: 'expect',
  upgrade: 'upgrade',
};

interface Name {
  readonly text: string;
  readonly tells: keyof Said | undefined;
}

function nameOf(text: string): Name | undefined {
  if (!NAME.test(text)) return undefined;
  const lower = text.toLowerCase();
  const tells = Object.hasOwn(TELLING, lower) ? TELLING[lower] : undefined;
  return { text, tells };
}

const joined = (before: string | undefined, value: string): string =>
  before === undefined ? value : `${before}, ${value}`;

function note(said: Said, what: keyof Said, value: string, objection: Objection): void {
  if (what === 'connection') said.connection += `,${value.toLowerCase()}`;
  else if (what === 'expect' || what === 'upgrade') said[what] = joined(said[what], value);
  else if (said[what] === undefined) said[what] = value;
  else throw objection('its length said twice');
}

/** Reads the header lines of one kind of message: those who send it write the same few names again and again. */
export class FieldReader {
  readonly #names = new NameTable(nameOf);
  readonly #objection: Objection;

  constructor(objection: Objection) {
    this.#objection = objection;
  }

  /** Lines from a place of a text on, without the empty one behind them. One that goes on in the next (obs-fold) begins with no name. */
  read(text: string, from = 0): Fields {
    if (!READABLE.test(text)) throw this.#objection('a malformed header');
    const headers: string[] = [];
    const said: Said = {
      length: undefined,
      coding: undefined,
      connection: '',
      expect: undefined,
      upgrade: undefined,
    };
    for (let at = from; at < text.length; ) {
      const found = text.indexOf('\r\n', at);
      const end = found < 0 ? text.length : found;
      const name = this.#nameAt(text, at, headers.length >> 1);
      if (name === undefined) throw this.#objection('a malformed header');
      const value = trimmed(text, at + name.text.length + 1, end);
      headers.push(name.text, value);
      if (name.tells !== undefined) note(said, name.tells, value, this.#objection);
      at = end + 2;
    }
    return { headers, said };
  }

  /** The name that a line begins with; mostly the one that stood in its place last. */
  #nameAt(text: string, at: number, place: number): Name | undefined {
    const guess = this.#names.nameAt(place);
    const isGuessed =
      guess !== undefined &&
      text.charCodeAt(at + guess.length) === COLON &&
      text.startsWith(guess, at);
    if (isGuessed) return this.#names.kindOf(guess, place);
    // A colon of a later line is none of this one's: what stands before it holds a line break.
    const colon = text.indexOf(':', at);
    return this.#names.kindOf(text.slice(at, Math.max(at, colon)), place);
  }
}

/** `isOld`: HTTP/1.0. `otherwise`: how a body ends where nothing is said of it. */
export function framingOf(
  { length, coding }: Said,
  isOld: boolean,
  otherwise: Framing,
  objection: Objection,
): Framing {
  if (coding !== undefined) {
    if (length !== undefined || isOld || coding.toLowerCase() !== 'chunked')
      throw objection('a transfer coding that is not chunked alone');
    return 'chunked';
  }
  if (length === undefined) return otherwise;
  if (!LENGTH.test(length)) throw objection('a length that is no number');
  return Number(length);
}

/** Whether `Connection` has an option; both in lower case. */
export const hasOption = (connection: string, option: string): boolean =>
  connection.includes(option) && connection.split(',').some((each) => each.trim() === option);

/** Whether a connection goes on behind a message. */
export const keepsAlive = ({ connection }: Said, isOld: boolean): boolean =>
  isOld ? hasOption(connection, 'keep-alive') : !hasOption(connection, 'close');
