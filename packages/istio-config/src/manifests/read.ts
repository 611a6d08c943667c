/** Reads files of Kubernetes objects: several documents, lists, comments and all. */
import { type ErrorCode, type Finding, finding, isRecord, Places, valueAt } from '@tinct/core';
import { type Document, LineCounter, parseAllDocuments } from 'yaml';
import type { Manifest, Path, Position } from './manifest.ts';

export interface ReadManifests {
  readonly manifests: readonly Manifest[];
  readonly findings: readonly Finding[];
}

export interface ReadOptions {
  /** Named in each finding. */
  readonly file?: string;
  /** What an object without a namespace lies in. Default `default`. */
  readonly namespace?: string;
}

/** Every object of a text. Never throws: what is no YAML or no object is a finding, and the other objects are read. */
export function readManifests(text: string, options: ReadOptions = {}): ReadManifests {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false });
  const documents = Array.isArray(parsed) ? (parsed as Document.Parsed[]) : [];
  const place = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const read = documents.map((document) => readDocument(document, place, options));
  return {
    manifests: read.flatMap(({ manifests }) => manifests),
    findings: read.flatMap(({ findings }) => findings),
  };
}

type Place = (offset: number) => Position;

function readDocument(document: Document.Parsed, place: Place, options: ReadOptions) {
  const [error] = document.errors;
  if (error !== undefined) {
    const message = error.message.charAt(0).toLowerCase() + error.message.slice(1);
    return refused('TINCT_MANIFEST_SYNTAX', message, place(error.pos[0]), options);
  }
  const value = plain(document);
  const at = place(document.contents?.range?.[0] ?? document.range[0]);
  if (value === undefined)
    return refused('TINCT_MANIFEST_SYNTAX', 'its aliases lead nowhere', at, options);
  if (value === null) return { manifests: [], findings: [] };
  const places = new Places(document, new Map());
  const objects = isListOfObjects(value)
    ? value.items.map((item, i): [unknown, Path] => [item, ['items', i]])
    : [[value, []] as [unknown, Path]];
  const read = objects.map(([object, base]) => {
    const position = (path: Path): Position => place(places.offset([...base, ...path], 'value'));
    return (
      toManifest(object, position, options) ??
      refused('TINCT_MANIFEST_SHAPE', 'this is no Kubernetes object', position([]), options)
    );
  });
  return {
    manifests: read.filter((one): one is Manifest => 'kind' in one),
    findings: read.flatMap((one) => ('findings' in one ? one.findings : [])),
  };
}

function refused(code: ErrorCode, message: string, at: Position, { file }: ReadOptions) {
  const found: Finding = {
    ...finding(code, message, []),
    ...(file === undefined ? {} : { file }),
    ...at,
  };
  return { manifests: [] as Manifest[], findings: [found] };
}

/** `undefined`: aliases that stand for nothing, or for too much. */
function plain(document: Document.Parsed): unknown {
  try {
    return document.toJS() ?? null;
  } catch {
    return undefined;
  }
}

/** What `kubectl get -o yaml` prints of several objects. */
function isListOfObjects(value: unknown): value is { items: unknown[] } {
  return isRecord(value) && value['kind'] === 'List' && Array.isArray(value['items']);
}

function toManifest(
  value: unknown,
  position: Manifest['position'],
  { file, namespace = 'default' }: ReadOptions,
): Manifest | undefined {
  if (!isRecord(value)) return undefined;
  const { kind, apiVersion } = value;
  const name = valueAt(value, ['metadata', 'name']) ?? valueAt(value, ['metadata', 'generateName']);
  if (typeof kind !== 'string' || typeof apiVersion !== 'string') return undefined;
  const own = valueAt(value, ['metadata', 'namespace']);
  return {
    file,
    kind,
    group: apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '',
    name: typeof name === 'string' ? name : '',
    namespace: typeof own === 'string' ? own : namespace,
    labels: textsAt(value, ['metadata', 'labels']),
    annotations: textsAt(value, ['metadata', 'annotations']),
    value,
    position,
  };
}

/** The texts of a map; empty where there is none. */
export function textsAt(value: unknown, path: Path): Readonly<Record<string, string>> {
  const found = valueAt(value, path);
  if (!isRecord(found)) return {};
  return Object.fromEntries(
    Object.entries(found).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  );
}

/** The items of a list with their paths; none where there is no list. */
export function itemsAt(value: unknown, path: Path): readonly (readonly [unknown, Path])[] {
  const found = valueAt(value, path);
  return Array.isArray(found) ? found.map((item, i) => [item, [...path, i]] as const) : [];
}
