/** The parts of `yaml`'s nodes that splicing needs, with their places. */
import {
  isCollection,
  isMap,
  isPair,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';

export type Placed = { readonly range: [start: number, end: number, nodeEnd: number] };
export type MapNode = YAMLMap<Scalar, unknown> &
  Placed & { readonly items: readonly Pair<Scalar, unknown>[] };
export type SeqNode = YAMLSeq & Placed;

export function isMapNode(node: unknown): node is MapNode {
  return isMap(node) && Array.isArray(node.range);
}

/** `{ … }` or `[ … ]` rather than lines. */
export function isFlow(node: { readonly flow?: boolean | undefined }): boolean {
  return node.flow === true;
}

/**
 * Where the last character of a node's own stands: `yaml` counts the line end, and comments behind a block, to it.
 * Absent when its place is unknown.
 */
export function contentEnd(text: string, node: Node): number | undefined {
  if (!node.range) return undefined;
  const last = isCollection(node) && !isFlow(node) ? node.items.at(-1) : undefined;
  const inner = (isPair(last) ? (last.value ?? last.key) : last) as Node | undefined;
  if (inner?.range) return contentEnd(text, inner);
  const [start, end] = node.range;
  return start + text.slice(start, end).trimEnd().length;
}
