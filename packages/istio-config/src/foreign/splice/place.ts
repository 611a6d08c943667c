/** Where things stand in a YAML text, and how values are written between them. */
import { isCollection, isPair, type Node, stringify } from 'yaml';
import type { Path } from '../../manifests/manifest.ts';

/** Why an edit cannot be made; the text is not changed. */
export class Unwritable extends Error {
  readonly path: Path;

  constructor(path: Path, message: string) {
    super(message);
    this.path = path;
  }
}

export interface Place {
  readonly text: string;
  readonly path: Path;
  readonly eol: string;
}

/** Where a node of the parser's stands, and the tokens in front of its items. */
interface Located {
  readonly range: readonly [start: number, valueEnd: number, nodeEnd: number];
  readonly flow?: boolean;
  readonly srcToken?: { readonly items: readonly { readonly start: readonly Token[] }[] };
}
export interface Token {
  readonly type: string;
  readonly offset: number;
}
export type ListNode = Located & { readonly items: readonly Node[] };
export type MapNode = Located & {
  readonly items: readonly { readonly key: Node; readonly value: Node | null }[];
};

export const cut = (text: string, from: number, to: number, by: string): string =>
  text.slice(0, from) + by + text.slice(to);

/** The start of a line. */
export const lineOf = (text: string, offset: number): number =>
  text.lastIndexOf('\n', offset - 1) + 1;

/** The white space in front of a place, when nothing else is. */
export function indentOf({ text, path }: Place, offset: number): string {
  const indent = text.slice(lineOf(text, offset), offset).replace(/^\uFEFF/, '');
  if (/^ *$/.test(indent)) return indent;
  throw new Unwritable(path, 'it does not begin on a line of its own');
}

/** Where the last character of a node stands; the parser counts the line end, and comments behind a block, to it. */
export function contentEnd(text: string, node: Node): number {
  const last = isCollection(node) && node.flow !== true ? node.items.at(-1) : undefined;
  const inner = (isPair(last) ? (last.value ?? last.key) : last) as Node | undefined;
  if (inner?.range) return contentEnd(text, inner);
  const [start = 0, end = 0] = node.range ?? [];
  return start + text.slice(start, end).trimEnd().length;
}

/** Whole lines, from the one of `start` to the one of `end`; those of an unfinished last line with the end of the line before. */
export function withoutLines(text: string, start: number, end: number): string {
  const from = lineOf(text, start);
  const newline = text.indexOf('\n', end);
  if (newline >= 0) return cut(text, from, newline + 1, '');
  return cut(
    text,
    text.charAt(from - 2) === '\r' ? from - 2 : Math.max(from - 1, 0),
    text.length,
    '',
  );
}

/** A value as lines that begin at an indent, the first of them behind `head`. */
export function lines(value: unknown, { eol }: Place, indent: string, head: string): string {
  const text = stringify(value, { lineWidth: 0, blockQuote: false, aliasDuplicateObjects: false });
  const rest = indent + ' '.repeat(head.length);
  return text
    .trimEnd()
    .split('\n')
    .map((line, i) => (i === 0 ? indent + head : rest) + line + eol)
    .join('');
}

/** A value on one line, as JSON has it. */
export const inline = (value: unknown): string =>
  stringify(value, {
    collectionStyle: 'flow',
    lineWidth: 0,
    blockQuote: false,
    aliasDuplicateObjects: false,
    defaultStringType: 'QUOTE_DOUBLE',
    defaultKeyType: 'QUOTE_DOUBLE',
  }).trimEnd();
