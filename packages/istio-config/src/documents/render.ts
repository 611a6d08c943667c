/** Documents → bytes: the same documents are the same bytes, everywhere. */
import { stringify } from 'yaml';
import type { Document } from './document.ts';
import { KUSTOMIZATION, renderKustomization } from './kustomization.ts';

/** One document as YAML. */
export function renderDocument(document: object): string {
  return stringify(document, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** A stream of documents. */
export function renderStream(documents: readonly object[]): string {
  return documents.map(renderDocument).join('---\n');
}

export interface RenderedFile {
  readonly name: string;
  readonly text: string;
}

/**
 * A folder for `kubectl apply -k` and for GitOps: one file per document, and the list of them in the order of writing.
 * `more` are files that come behind them.
 */
export function renderFolder(
  documents: readonly Document[],
  more: readonly RenderedFile[] = [],
): RenderedFile[] {
  const own = documents.map((document) => ({
    name: fileName(document),
    text: renderDocument(document),
  }));
  const files = [...own, ...more];
  const names = files.map(({ name }) => name);
  return [...files, { name: KUSTOMIZATION, text: renderKustomization(names) }];
}

function fileName({ kind, metadata }: Document): string {
  return `${metadata.namespace}.${metadata.name}.${kind.toLowerCase()}.yaml`;
}
