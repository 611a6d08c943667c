/** A plan's text as a document whose every value knows its place. */
import { type Document, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import { type Finding, finding } from '../errors.ts';
import { type Path, Places, type Position, type What } from './places.ts';
import { syntaxProblems } from './syntax.ts';
import { inspect, isClean, type Problem, plainValue, tooDeep } from './tree.ts';

export type { Path, Position } from './places.ts';

/** The largest plan text, in UTF-16 code units. */
export const MAX_TEXT = 1024 * 1024;

/** The parsed text. */
export interface Source {
  readonly text: string;
  readonly document: Document.Parsed;
  /** The document as plain values, aliases written out. */
  readonly value: unknown;
  /** Where the value of a path (or its key) stands; the nearest ancestor when it does not exist. */
  position(path: Path, what: What): Position;
  /** The node of a path, not looking through aliases. */
  node(path: Path): Node | undefined;
  /** The scalar of a path as it is written, so `007` stays `007`; through aliases. */
  written(path: Path): string | undefined;
}

export interface Read {
  /** Absent when the text could not be understood at all. */
  readonly source: Source | undefined;
  readonly findings: readonly Finding[];
}

/** Reads YAML 1.2 or JSON. Never throws. */
export function readSource(text: string): Read {
  if (text.length > MAX_TEXT) {
    const [has, most] = [text.length, MAX_TEXT].map((length) => length.toLocaleString('en'));
    const message = `${has} characters; at most ${most} are read`;
    return refused([{ code: 'TINCT_PLAN_TOO_LARGE', message, offset: 0 }], () => START);
  }
  try {
    return readDocument(text);
  } catch {
    // Nothing but an exhausted stack makes the parser throw.
    return refused([tooDeep(0)], () => START);
  }
}

const START: Position = { line: 1, column: 1 };

function refused(problems: readonly Problem[], place: (offset: number) => Position): Read {
  return { source: undefined, findings: toFindings(problems, place) };
}

function toFindings(
  problems: readonly Problem[],
  place: (offset: number) => Position,
): readonly Finding[] {
  return problems.map(({ code, message, offset, hint, first }) => {
    const also = first === undefined ? '' : `, first in line ${place(first).line}`;
    return { ...finding(code, message + also, [], hint), ...place(offset) };
  });
}

function readDocument(text: string): Read {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    version: '1.2',
    schema: 'core',
    prettyErrors: false,
    stringKeys: true,
    resolveKnownTags: false,
    // Its check takes quadratic time; ours is in `inspect`.
    uniqueKeys: false,
  });
  const place = placer(text, lines);
  const errors = [...document.errors, ...document.warnings];
  if (errors.length > 0) {
    return refused(
      syntaxProblems(document, errors, (offset) => place(offset).line),
      place,
    );
  }
  const { targets, problems, fatal } = inspect(document);
  const read = plainValue(document.contents, targets);
  const refusals = [...versionProblems(document, text), ...fatal];
  if (refusals.length > 0 || 'problem' in read) {
    return refused('problem' in read && fatal.length === 0 ? [read.problem] : refusals, place);
  }
  const places = new Places(document, targets);
  const source = makeSource(text, document, read.value, places, place);
  const all = problems.length > 0 ? problems : strayCharacters(text);
  return { source, findings: toFindings(all, place) };
}

/** `%YAML 1.1` would read `010` and `yes` otherwise. */
function versionProblems({ directives }: Document.Parsed, text: string): Problem[] {
  const { version } = directives.yaml;
  if (version === '1.2') return [];
  const message = `a plan is YAML 1.2, not ${version}`;
  const offset = text.indexOf('%YAML');
  return [{ code: 'TINCT_PLAN_SYNTAX', message, offset, hint: 'remove the line `%YAML`' }];
}

/** Outside of texts: in comments, say. */
function strayCharacters(text: string): Problem[] {
  if (isClean(text)) return [];
  const offset = text.search(/\0|\p{Surrogate}/u);
  const message = `${text.charAt(offset) === '\0' ? 'NUL' : 'a lone surrogate'} in the plan`;
  return [{ code: 'TINCT_PLAN_CHARACTER', message, offset }];
}

/** Offset → line and column. A byte order mark takes no column. */
function placer(text: string, lines: LineCounter): (offset: number) => Position {
  const mark = text.startsWith('\ufeff') ? 1 : 0;
  return (offset) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(line > 1 ? col : col - mark, 1) };
  };
}

function makeSource(
  text: string,
  document: Document.Parsed,
  value: unknown,
  places: Places,
  place: (offset: number) => Position,
): Source {
  return {
    text,
    document,
    value,
    position: (path, what) => place(places.offset(path, what)),
    node: (path) => places.node(path),
    written: (path) => {
      const node = places.resolved(path);
      return isScalar(node) ? node.source : undefined;
    },
  };
}
