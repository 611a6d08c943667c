/**
 * Changes values of a plan's text and nothing else: comments, order, quotes and line ends stay byte for byte.
 *
 * The `yaml` package would rewrite nearly every line, so the text is spliced at the places of its nodes,
 * and the result is read again and compared with what was meant.
 */

import {
  isCollection,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type Scalar as ScalarNode,
} from 'yaml';
import { formatPath, TinctError } from '../errors.ts';
import { contentEnd, isFlow, isMapNode, type MapNode, type SeqNode } from './nodes.ts';
import { type Path, readSource, type Source } from './source.ts';

/** A value as it may be written into a plan. */
export type Written = string | number | readonly Written[] | { readonly [key: string]: Written };

/** Sets the value of a path (its map must exist; its key need not), or appends to the list of a path. */
export type Edit =
  | { readonly kind: 'set'; readonly path: Path; readonly value: Written }
  | { readonly kind: 'append'; readonly path: Path; readonly value: Written };

/** The edit that sets a value. */
export function set(path: Path, value: Written): Edit {
  return { kind: 'set', path, value };
}

/** Applies edits one after the other. Throws a TinctError when an edit would change more than it says. */
export function splice(text: string, edits: readonly Edit[]): string {
  return edits.reduce((before, edit) => {
    const source = read(before, edit);
    const after = edit.kind === 'set' ? setValue(source, edit) : appendValue(source, edit);
    verify(source, after, edit);
    return after;
  }, text);
}

function refuse(edit: Edit, why: string): never {
  throw new TinctError('TINCT_PLAN_EDIT', `cannot write ${formatPath(edit.path)} here: ${why}`);
}

function read(text: string, edit: Edit): Source {
  return readSource(text).source ?? refuse(edit, 'the plan cannot be read');
}

function replace(text: string, from: number, to: number, by: string): string {
  return text.slice(0, from) + by + text.slice(to);
}

function setValue(source: Source, edit: Edit): string {
  const { text } = source;
  const node = source.node(edit.path);
  if (node === undefined) return insertKey(source, edit);
  const from = node.range?.[0];
  const to = contentEnd(text, node);
  if (from === undefined || to === undefined) return refuse(edit, 'its place is unknown');
  const quote = isScalar(node) ? quoteOf(node) : undefined;
  const value = render(edit.value, { quote, json: isJson(source) });
  return replace(text, from, to, `${isLines(node) ? ' ' : ''}${value}`);
}

/** Lines of a list may stand as far left as their key; what takes their place on one line may not. */
function isLines(node: Node): boolean {
  return isCollection(node) && !isFlow(node);
}

function quoteOf({ type }: ScalarNode): '"' | "'" | undefined {
  if (type === 'QUOTE_DOUBLE') return '"';
  return type === 'QUOTE_SINGLE' ? "'" : undefined;
}

/** Whether the document is written as JSON, whose keys and texts need double quotes. */
function isJson({ document }: Source): boolean {
  const root = document.contents;
  if (!isMapNode(root) || !isFlow(root)) return false;
  const key = (root.items[0] as Pair | undefined)?.key;
  return isScalar(key) && key.type === 'QUOTE_DOUBLE';
}

interface Style {
  readonly quote?: '"' | "'" | undefined;
  readonly json: boolean;
}

/** Writes a value on one line. */
function render(value: Written, style: Style): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return renderText(value, style);
  if (Array.isArray(value))
    return `[${value.map((inner) => render(inner, { json: style.json })).join(', ')}]`;
  const pairs = Object.entries(value as Record<string, Written>).map(
    ([key, inner]) =>
      `${style.json ? JSON.stringify(key) : key}: ${render(inner, { json: style.json })}`,
  );
  return `{ ${pairs.join(', ')} }`;
}

/** Plain only where no parser could read anything else into it: names, but not every digest or moment. */
function renderText(text: string, { quote, json }: Style): string {
  const plain =
    /^[a-zA-Z][a-zA-Z0-9-]{0,39}$/.test(text) &&
    !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text);
  if (quote === "'" && !text.includes("'")) return `'${text}'`;
  return plain && quote === undefined && !json ? text : JSON.stringify(text);
}

function endOfLine(text: string): string {
  return /\r?\n/.exec(text)?.[0] ?? '\n';
}

/** How far a position is from the start of its line, when only spaces, dashes or braces stand before it. */
function indentBefore(text: string, offset: number): string | undefined {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  return /^[ \t-]*$/.test(line) ? line.replaceAll('-', ' ') : undefined;
}

/** Writes a new key in front of the first one of its map, in that one's manner. */
function insertKey(source: Source, edit: Edit): string {
  const { text } = source;
  const map = source.node(edit.path.slice(0, -1));
  const key = String(edit.path.at(-1));
  if (!isMapNode(map)) return refuse(edit, 'there is no map to write it into');
  const json = isJson(source);
  const pair = `${json ? JSON.stringify(key) : key}: ${render(edit.value, { json })}`;
  const first = firstKey(map);
  const open = map.range[0] + 1;
  if (first === undefined) return replace(text, open, open, ` ${pair} `);
  const indent = indentBefore(text, first);
  const comma = isFlow(map) ? ',' : '';
  const gap = indent === undefined ? ' ' : endOfLine(text) + indent;
  return replace(text, first, first, `${pair}${comma}${gap}`);
}

function firstKey(map: MapNode): number | undefined {
  const key = map.items[0]?.key;
  return isScalar(key) ? key.range?.[0] : undefined;
}

function appendValue(source: Source, edit: Edit): string {
  const list = source.node(edit.path);
  if (list === undefined) return insertKey(source, { ...edit, value: [edit.value] });
  if (!isSeq(list) || !list.range) return refuse(edit, 'there is no list to append to');
  return appendItem(source, list as SeqNode, render(edit.value, { json: isJson(source) }));
}

/** Appends after the last item, in the manner of the list. */
function appendItem({ text }: Source, list: SeqNode, item: string): string {
  const [start] = list.range;
  const end = lastContent(text, list);
  if (end === undefined) return replace(text, start + 1, start + 1, item);
  return isFlow(list) ? appendToFlow(text, list, end, item) : appendLine(text, start, end, item);
}

function lastContent(text: string, { items }: SeqNode): number | undefined {
  const last = items.at(-1) as Node | undefined;
  return last && contentEnd(text, last);
}

function appendToFlow(text: string, list: SeqNode, end: number, item: string): string {
  const first = (list.items[0] as Node).range?.[0] ?? end;
  const indent = indentBefore(text, first);
  const gap = indent === undefined ? ' ' : endOfLine(text) + indent;
  return replace(text, end, end, `,${gap}${item}`);
}

/** `start` is where the first dash stands. A comment behind the last item stays with it. */
function appendLine(text: string, start: number, end: number, item: string): string {
  const eol = endOfLine(text);
  const indent = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  const lineEnd = text.indexOf('\n', end);
  if (lineEnd < 0) return `${text}${eol}${indent}- ${item}`;
  return replace(text, lineEnd + 1, lineEnd + 1, `${indent}- ${item}${eol}`);
}

/** Reads the result again: it must be the old value with exactly this edit. */
function verify(before: Source, after: string, edit: Edit): void {
  const result = readSource(after);
  const meant = JSON.stringify(sorted(withEdit(before.value, edit.path, edit)));
  if (result.source === undefined || JSON.stringify(sorted(result.source.value)) !== meant) {
    refuse(edit, 'the change would touch more than this value (an alias, perhaps)');
  }
}

function withEdit(value: unknown, path: Path, edit: Edit): unknown {
  const [step, ...rest] = path;
  if (step === undefined)
    return edit.kind === 'set'
      ? edit.value
      : [...((value as unknown[] | undefined) ?? []), edit.value];
  if (Array.isArray(value))
    return value.map((inner, i) => (i === step ? withEdit(inner, rest, edit) : inner));
  const map = (value ?? {}) as Record<string, unknown>;
  return { ...map, [step]: withEdit(map[step], rest, edit) };
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
