/** Where the values of a document stand. */
import { type Document, isAlias, isCollection, isMap, isSeq, type Node, type Pair } from 'yaml';
import { keyText, offsetOf, type Targets } from './tree.ts';

export type Path = readonly (string | number)[];

/** A line and a column, both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Whether a place is that of a key, or of its value (of its key too, when the value is lines of its own). */
export type What = 'key' | 'value';

interface Found {
  /** The pair of the last step, when it led into a map. */
  readonly pair: Pair | undefined;
  readonly node: Node | undefined;
  /** Whether the whole path exists. */
  readonly whole: boolean;
}

export class Places {
  readonly #document: Document.Parsed;
  readonly #targets: Targets;
  /** Plans are searched once per finding, and a map may have very many keys. */
  readonly #pairs = new WeakMap<Node, ReadonlyMap<string, Pair>>();

  constructor(document: Document.Parsed, targets: Targets) {
    this.#document = document;
    this.#targets = targets;
  }

  /** The node of a path, an alias where one stands there. */
  node(path: Path): Node | undefined {
    const { node, whole } = this.#follow(path);
    return whole ? node : undefined;
  }

  /** The node of a path, through aliases. */
  resolved(path: Path): Node | undefined {
    return this.#behind(this.node(path));
  }

  /** The offset of a path; of its nearest ancestor when it does not exist. */
  offset(path: Path, what: What): number {
    const { pair, node, whole } = this.#follow(path);
    const isBlock = isCollection(node) && node.flow !== true;
    const useKey =
      pair !== undefined && (what === 'key' || !whole || isBlock || node === undefined);
    return offsetOf(useKey ? pair.key : node);
  }

  #behind(node: Node | undefined): Node | undefined {
    return isAlias(node) ? this.#targets.get(node) : node;
  }

  #follow(path: Path): Found {
    let node: Node | undefined = this.#document.contents ?? undefined;
    let pair: Pair | undefined;
    for (const step of path) {
      const inside = this.#behind(node);
      if (isMap(inside)) {
        const next = this.#pairsOf(inside).get(String(step));
        if (next === undefined) return { pair, node, whole: false };
        pair = next;
        node = (next.value ?? undefined) as Node | undefined;
      } else {
        const next = isSeq(inside) && typeof step === 'number' ? inside.items[step] : undefined;
        if (next === undefined) return { pair, node, whole: false };
        pair = undefined;
        node = next as Node;
      }
    }
    return { pair, node, whole: true };
  }

  /** By key; of duplicates the last, whose value is the one that is read. */
  #pairsOf(map: Node & { readonly items: readonly unknown[] }): ReadonlyMap<string, Pair> {
    const known = this.#pairs.get(map);
    if (known !== undefined) return known;
    const pairs = new Map((map.items as readonly Pair[]).map((pair) => [keyText(pair.key), pair]));
    this.#pairs.set(map, pairs);
    return pairs;
  }
}
