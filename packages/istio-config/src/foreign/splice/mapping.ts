/** A map of a YAML text, on lines or between braces: keys written and taken out. */
import { isAlias, isCollection, isScalar, type Node } from 'yaml';
import {
  contentEnd,
  cut,
  indentOf,
  inline,
  lineOf,
  lines,
  type MapNode,
  type Place,
  Unwritable,
  withoutLines,
} from './place.ts';

export class Mapping {
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
