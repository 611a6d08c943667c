/**
 * Edits as changes of a text: what is added stands on lines of its own (or between its neighbours in a flow collection),
 * and what is taken out is what was added, byte for byte. Everything else stays.
 */
import { isAlias, isMap, isScalar, isSeq, type Node, parseAllDocuments } from 'yaml';
import type { Path } from '../../manifests/manifest.ts';
import { type Edit, split } from '../edits.ts';
import { List } from './list.ts';
import { Mapping } from './mapping.ts';
import { type ListNode, type MapNode, type Place, Unwritable } from './place.ts';

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
