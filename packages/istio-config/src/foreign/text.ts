/** A file of objects: a release into it, and out of it again, byte for byte. */
import { type Finding, finding, isRecord } from '@tinct/core';
import { type Document, LineCounter, parseAllDocuments } from 'yaml';
import type { Path } from '../manifests/manifest.ts';
import { type ReadOptions, readManifests } from '../manifests/read.ts';
import { insertion, removal } from './change.ts';
import { type Edit, edited, same } from './edits.ts';
import type { Insertion } from './insertion.ts';
import { Unwritable } from './splice/place.ts';
import { documentsOf, spliced } from './splice/splice.ts';
import type { Change } from './virtual-service.ts';

export interface ChangedText {
  /** The same text where nothing changed, or where one of the findings is an error. */
  readonly text: string;
  readonly findings: readonly Finding[];
  /** Whether anything in the text leads to a service of the release, or is of it. */
  readonly concerned: boolean;
}

/** A release into the objects of a text. What leads to none of its services stays as it is, and twice is once. */
export function insertText(text: string, of: Insertion, options: ReadOptions = {}): ChangedText {
  return changeText(text, options, (object) => insertion(object, of));
}

/** A release out of the objects of a text. */
export function removeText(text: string, release: string, options: ReadOptions = {}): ChangedText {
  return changeText(text, options, (object) => {
    const edits = removal(object, release);
    return { edits, findings: [], concerned: edits.length > 0 };
  });
}

type Changer = (object: unknown) => Change;

/** One object of a text, by its document and its path in it. */
interface Found {
  readonly document: number;
  readonly base: Path;
  readonly object: unknown;
}

function changeText(text: string, options: ReadOptions, change: Changer): ChangedText {
  const { findings: unread } = readManifests(text, options);
  if (unread.some(({ level }) => level === 'error'))
    return { text, findings: unread, concerned: false };
  const findings: Finding[] = [];
  let concerned = false;
  const writer = new TextWriter(text);
  for (const found of objectsOf(text, options)) {
    const { edits, findings: own, ...also } = change(found.object);
    concerned ||= also.concerned;
    const place = placer(text, found, options);
    const refused = writer.write(found, edits);
    const all = [
      ...own,
      ...ambiguous(text, found, edits),
      ...(refused === undefined ? [] : [refused]),
    ];
    findings.push(...all.map(place));
  }
  const isRefused = findings.some(({ level }) => level === 'error');
  return { text: isRefused ? text : writer.text, findings, concerned };
}

/** Writes edits into a text, and reads the result again: the document must be the old one with exactly these edits. */
class TextWriter {
  text: string;
  readonly #meant: unknown[];

  constructor(text: string) {
    this.text = text;
    this.#meant = documentsOf(text).map((document): unknown => document.toJS());
  }

  /** Why the edits cannot be written, if so. */
  write({ document, base }: Found, edits: readonly Edit[]): Finding | undefined {
    const ours = edits.map((edit) => ({ ...edit, path: [...base, ...edit.path] }));
    try {
      const after = spliced(this.text, document, ours);
      if (ours.length > 0) this.#keep(after, document, ours);
      return undefined;
    } catch (error) {
      if (!(error instanceof Unwritable)) throw error;
      return finding('TINCT_ISTIO_EDIT', error.message, error.path.slice(base.length));
    }
  }

  #keep(after: string, document: number, edits: readonly Edit[]): void {
    const [now, meant] = [documentsOf(after)[document], edited(this.#meant[document], edits)];
    if (now === undefined || now.errors.length > 0 || !same(now.toJS(), meant))
      throw new Unwritable([], 'more than this would change (because of an alias, perhaps)');
    this.text = after;
    this.#meant[document] = meant;
  }
}

function objectsOf(text: string, { namespace }: ReadOptions): Found[] {
  return documentsOf(text).flatMap((parsed, document): Found[] => {
    const value: unknown = parsed.toJS();
    if (isRecord(value) && value['kind'] === 'List' && Array.isArray(value['items']))
      return value['items'].map((item, i) => ({
        document,
        base: ['items', i],
        object: placedIn(item, namespace),
      }));
    return [{ document, base: [], object: placedIn(value, namespace) }];
  });
}

/** Where its namespace is not written, the one that it will be applied to. */
function placedIn(object: unknown, namespace: string | undefined): unknown {
  if (!isRecord(object) || namespace === undefined) return object;
  const metadata = isRecord(object['metadata']) ? object['metadata'] : {};
  return { ...object, metadata: { namespace, ...metadata } };
}

/** Copied values that YAML 1.1 reads otherwise. */
function ambiguous(text: string, { document, base }: Found, edits: readonly Edit[]): Finding[] {
  const lists = new Map(
    edits.flatMap((edit) =>
      edit.kind === 'insert' ? [[edit.path.join(), edit.path] as const] : [],
    ),
  );
  if (lists.size === 0) return [];
  const [old, now] = (['1.1', '1.2'] as const).map(
    (version) =>
      parseAllDocuments(text, { version, merge: true, prettyErrors: false })[document] as Document,
  );
  return [...lists.values()]
    .filter((path) => !same(plain(old, [...base, ...path]), plain(now, [...base, ...path])))
    .map((path) =>
      finding('TINCT_ISTIO_AMBIGUOUS', 'YAML 1.1 and 1.2 read a value here differently', path),
    );
}

function plain(document: Document | undefined, path: Path): unknown {
  let value: unknown = document?.toJS();
  for (const step of path) value = (value as Record<string | number, unknown> | undefined)?.[step];
  return value;
}

/** Gives findings about an object their place in the text. */
function placer(text: string, { document, base }: Found, options: ReadOptions) {
  return (found: Finding): Finding => {
    const lines = new LineCounter();
    const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false })[document];
    const { line, col } = lines.linePos(
      offsetOf(parsed as Document | undefined, [...base, ...found.path]),
    );
    return at(options, { ...found, line: Math.max(line, 1), column: Math.max(col, 1) });
  };
}

/** Where the nearest thing on a path stands. */
function offsetOf(document: Document | undefined, path: Path): number {
  for (let length = path.length; length > 0; length--) {
    const node = document?.getIn(path.slice(0, length), true);
    const range = (node as { range?: readonly number[] } | undefined)?.range;
    if (range?.[0] !== undefined) return range[0];
  }
  return document?.range?.[0] ?? 0;
}

const at = ({ file }: ReadOptions, found: Finding): Finding =>
  file === undefined ? found : { ...found, file };
