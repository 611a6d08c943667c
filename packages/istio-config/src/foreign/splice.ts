/**
 * Edits as changes of a text: what is added stands on lines of its own (or between its neighbours in a flow collection),
 * and what is taken out is what was added, byte for byte. Everything else stays.
 */
import {
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  parseAllDocuments,
  stringify,
} from 'yaml';
import type { Path } from '../manifests/manifest.ts';
import { type Edit, split } from './edits.ts';

/** Why an edit cannot be made; the text is not changed. */
export class Unwritable extends Error {
  readonly path: Path;

  constructor(path: Path, message: string) {
    super(message);
    this.path = path;
  }
}

/** A stream of YAML documents; `merge` as Kubernetes' own parser has it. */
export const documentsOf = (text: string) =>
  parseAllDocuments(text, { keepSourceTokens: true, prettyErrors: false, merge: true });

/** The text after edits of its document number `index`. Throws {@link Unwritable}. */
export function spliced(text: string, index: number, edits: readonly Edit[]): string {
  let root: Node | undefined;
  let last: Edit | undefined;
  return edits.reduce((now, edit) => {
    // Lines in front of the last change are where they were, and most edits go from the end to the start.
    if (last === undefined || !isBefore(edit, last) || !isLines(root, last))
      root = rootOf(now, index);
    last = edit;
    return splicedOnce(now, root, edit);
  }, text);
}

const rootOf = (text: string, index: number): Node | undefined =>
  (documentsOf(text)[index]?.contents as Node | null | undefined) ?? undefined;

/** The list that an edit changes, and where; of a map there is no order. */
const placeOf = (edit: Edit): readonly [list: string, index: unknown] =>
  edit.kind === 'insert'
    ? [edit.path.join('/'), edit.index]
    : [edit.path.slice(0, -1).join('/'), edit.kind === 'remove' ? edit.path.at(-1) : undefined];

function isBefore(edit: Edit, last: Edit): boolean {
  const [[list, index], [lastList, lastIndex]] = [placeOf(edit), placeOf(last)];
  if (list !== lastList || typeof index !== 'number' || typeof lastIndex !== 'number') return false;
  return index < lastIndex;
}

function isLines(root: Node | undefined, edit: Edit): boolean {
  const list = nodeAt(root, edit.kind === 'insert' ? edit.path : split(edit.path)[0]);
  return isSeq(list) && list.flow !== true;
}

function splicedOnce(text: string, root: Node | undefined, edit: Edit): string {
  const [holder, last] = edit.kind === 'insert' ? [edit.path, edit.index] : split(edit.path);
  const node = nodeAt(root, holder);
  const place: Place = { text, path: holder, eol: /\r?\n/.exec(text)?.[0] ?? '\n' };
  if (isSeq(node)) {
    const list = new List(place, node as unknown as ListNode);
    return edit.kind === 'insert'
      ? list.insert(edit.index, edit.values)
      : list.remove(Number(last));
  }
  if (!isMap(node)) throw new Unwritable(holder, 'there is no list or map to write into');
  const map = new Mapping(place, node as unknown as MapNode);
  return edit.kind === 'set' ? map.set(String(last), edit.value) : map.remove(String(last));
}

function nodeAt(root: Node | undefined, path: Path): Node | undefined {
  let node = root;
  for (const step of path) {
    if (isMap(node))
      node = node.items.find(({ key }) => isScalar(key) && key.value === step)?.value as Node;
    else node = isSeq(node) ? (node.items[Number(step)] as Node | undefined) : undefined;
    if (isAlias(node)) throw new Unwritable(path, 'an alias stands here');
  }
  return node;
}

interface Place {
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
interface Token {
  readonly type: string;
  readonly offset: number;
}
type ListNode = Located & { readonly items: readonly Node[] };
type MapNode = Located & {
  readonly items: readonly { readonly key: Node; readonly value: Node | null }[];
};

const cut = (text: string, from: number, to: number, by: string): string =>
  text.slice(0, from) + by + text.slice(to);

/** The start of a line. */
const lineOf = (text: string, offset: number): number => text.lastIndexOf('\n', offset - 1) + 1;

/** The white space in front of a place, when nothing else is. */
function indentOf({ text, path }: Place, offset: number): string {
  const indent = text.slice(lineOf(text, offset), offset).replace(/^\uFEFF/, '');
  if (/^ *$/.test(indent)) return indent;
  throw new Unwritable(path, 'it does not begin on a line of its own');
}

/** Where the last character of a node stands; the parser counts the line end, and comments behind a block, to it. */
function contentEnd(text: string, node: Node): number {
  const last = isCollection(node) && node.flow !== true ? node.items.at(-1) : undefined;
  const inner = (isPair(last) ? (last.value ?? last.key) : last) as Node | undefined;
  if (inner?.range) return contentEnd(text, inner);
  const [start = 0, end = 0] = node.range ?? [];
  return start + text.slice(start, end).trimEnd().length;
}

/** Whole lines, from the one of `start` to the one of `end`; those of an unfinished last line with the end of the line before. */
function withoutLines(text: string, start: number, end: number): string {
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
function lines(value: unknown, { eol }: Place, indent: string, head: string): string {
  const text = stringify(value, { lineWidth: 0, blockQuote: false, aliasDuplicateObjects: false });
  const rest = indent + ' '.repeat(head.length);
  return text
    .trimEnd()
    .split('\n')
    .map((line, i) => (i === 0 ? indent + head : rest) + line + eol)
    .join('');
}

/** A value on one line, as JSON has it. */
const inline = (value: unknown): string =>
  stringify(value, {
    collectionStyle: 'flow',
    lineWidth: 0,
    blockQuote: false,
    aliasDuplicateObjects: false,
    defaultStringType: 'QUOTE_DOUBLE',
    defaultKeyType: 'QUOTE_DOUBLE',
  }).trimEnd();

class List {
  readonly #place: Place;
  readonly #node: ListNode;

  constructor(place: Place, node: ListNode) {
    this.#place = place;
    this.#node = node;
  }

  insert(index: number, values: readonly unknown[]): string {
    const { text } = this.#place;
    const { items } = this.#node;
    if (this.#node.flow === true) return this.#insertFlow(index, values);
    if (index < items.length) {
      const dash = this.#dash(index);
      const indent = indentOf(this.#place, dash);
      const at = this.#aboveComments(index, lineOf(text, dash));
      return cut(text, at, at, this.#lines(values, indent));
    }
    return this.#append(values);
  }

  /** Comments right above an item speak of it and stay with it. */
  #aboveComments(index: number, line: number): number {
    const { text } = this.#place;
    const before = this.#node.items[index - 1];
    const least = before === undefined ? 0 : contentEnd(text, before);
    const above = lineOf(text, line - 1);
    const isComment = line > 0 && /^[ \t]*#/.test(text.slice(above, line));
    return isComment && above > least ? this.#aboveComments(index, above) : line;
  }

  /** Behind the last item's own last line: what follows, comments too, stays behind it. */
  #append(values: readonly unknown[]): string {
    const { text, eol } = this.#place;
    const { items } = this.#node;
    const last = items.at(-1);
    if (last === undefined) throw new Unwritable(this.#place.path, 'the list has no lines');
    const made = this.#lines(values, indentOf(this.#place, this.#dash(items.length - 1)));
    const newline = text.indexOf('\n', contentEnd(text, last));
    if (newline >= 0) return cut(text, newline + 1, newline + 1, made);
    return text + eol + made.slice(0, -eol.length);
  }

  #lines(values: readonly unknown[], indent: string): string {
    return values.map((value) => lines(value, this.#place, indent, '- ')).join('');
  }

  #insertFlow(index: number, values: readonly unknown[]): string {
    const { text, eol } = this.#place;
    const { items, range } = this.#node;
    const all = values.map(inline);
    if (items.length === 0) return cut(text, range[0] + 1, range[0] + 1, all.join(', '));
    if (index >= items.length) {
      const end = contentEnd(text, items.at(-1) as Node);
      return cut(text, end, end, all.map((one) => `, ${one}`).join(''));
    }
    const start = this.#start(index);
    const before = text.slice(lineOf(text, start), start);
    const gap = /^\s*$/.test(before) ? eol + before : ' ';
    return cut(text, start, start, all.map((one) => `${one},${gap}`).join(''));
  }

  remove(index: number): string {
    const { text } = this.#place;
    const { items, flow } = this.#node;
    const item = items[index] as Node;
    const end = contentEnd(text, item);
    if (flow !== true) {
      const dash = this.#dash(index);
      indentOf(this.#place, dash);
      return withoutLines(text, dash, end);
    }
    if (index < items.length - 1) return cut(text, this.#start(index), this.#start(index + 1), '');
    const from = index === 0 ? this.#start(0) : contentEnd(text, items[index - 1] as Node);
    return cut(text, from, end, '');
  }

  #tokens(index: number): readonly Token[] {
    return this.#node.srcToken?.items[index]?.start ?? [];
  }

  /** Of a list of lines: where the item's dash stands. */
  #dash(index: number): number {
    const dash = this.#tokens(index).find(({ type }) => type === 'seq-item-ind');
    if (dash === undefined) throw new Unwritable(this.#place.path, 'the list is written unusually');
    return dash.offset;
  }

  /** Of a list on one line: where the item begins, with its anchor or tag. */
  #start(index: number): number {
    const props = this.#tokens(index).find(({ type }) => type === 'anchor' || type === 'tag');
    return props?.offset ?? (this.#node.items[index] as Node).range?.[0] ?? 0;
  }
}

class Mapping {
  readonly #place: Place;
  readonly #node: MapNode;

  constructor(place: Place, node: MapNode) {
    this.#place = place;
    this.#node = node;
  }

  #index(key: string): number {
    return this.#node.items.findIndex((pair) => isScalar(pair.key) && pair.key.value === key);
  }

  /** Where a pair begins: with its key, or what is in front of it. */
  #start(index: number): number {
    const tokens = this.#node.srcToken?.items[index]?.start ?? [];
    const props = tokens.find(
      ({ type }) => type === 'anchor' || type === 'tag' || type === 'explicit-key-ind',
    );
    return props?.offset ?? this.#node.items[index]?.key.range?.[0] ?? 0;
  }

  set(key: string, value: unknown): string {
    const { text } = this.#place;
    const index = this.#index(key);
    const old = this.#node.items[index]?.value;
    if (old !== undefined) return this.#replace(old, value);
    const pair = { [key]: value };
    const { flow, range, items } = this.#node;
    if (flow === true) {
      const at = items.length === 0 ? range[0] + 1 : this.#start(0);
      const made = inline(pair).replace(/^\{\s*|\s*\}$/g, '');
      return cut(text, at, at, items.length === 0 ? made : `${made}, `);
    }
    const [first, indent] = this.#firstLine();
    const at = lineOf(text, first);
    return cut(text, at, at, lines(pair, this.#place, indent, ''));
  }

  /** The first pair that begins a line: the very first may stand behind a dash. */
  #firstLine(): readonly [offset: number, indent: string] {
    for (const index of this.#node.items.keys()) {
      const offset = this.#start(index);
      const before = this.#place.text.slice(lineOf(this.#place.text, offset), offset);
      if (/^ *$/.test(before)) return [offset, before];
    }
    throw new Unwritable(this.#place.path, 'the map has no line of its own');
  }

  #replace(old: Node | null, value: unknown): string {
    const { text } = this.#place;
    if (old === null || isAlias(old) || (isCollection(old) && old.flow !== true))
      throw new Unwritable(this.#place.path, 'what stands here cannot be replaced in its place');
    return cut(text, old.range?.[0] ?? 0, contentEnd(text, old), inline(value));
  }

  remove(key: string): string {
    const { text } = this.#place;
    const index = this.#index(key);
    const { items, flow } = this.#node;
    const pair = items[index];
    if (pair === undefined) throw new Unwritable(this.#place.path, `there is no \`${key}\``);
    const end = contentEnd(text, pair.value ?? pair.key);
    const start = this.#start(index);
    if (flow === true)
      return cut(text, start, index < items.length - 1 ? this.#start(index + 1) : end, '');
    indentOf(this.#place, start);
    return withoutLines(text, start, end);
  }
}
