/** A list of a YAML text, on lines or between brackets: items into it and out of it. */
import type { Node } from 'yaml';
import {
  contentEnd,
  cut,
  indentOf,
  inline,
  type ListNode,
  lineOf,
  lines,
  type Place,
  type Token,
  Unwritable,
  withoutLines,
} from './place.ts';

export class List {
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
