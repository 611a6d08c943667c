/** The parts of `yaml`'s nodes that splicing needs, with their places. */
import { isMap, type Pair, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml';

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
