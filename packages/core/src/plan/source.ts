/** A plan's text as a document whose every value knows its place. */
import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';
import { type Finding, finding } from '../errors.ts';

/** The largest plan text, in UTF-16 code units. */
export const MAX_TEXT = 1024 * 1024;
const MAX_ALIASES = 100;
const MAX_DEPTH = 32;

export type Path = readonly (string | number)[];

/** A line and a column, both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The parsed text. */
export interface Source {
  readonly text: string;
  readonly document: Document.Parsed;
  /** The document as plain values. */
  readonly value: unknown;
  /** Where the value of a path (or its key) stands; the nearest ancestor when it does not exist. */
  position(path: Path, what: 'key' | 'value'): Position;
  /** The node of a path, not looking through aliases. */
  node(path: Path): Node | undefined;
  /** The scalar of a path as it is written, so `007` stays `007`. */
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
    return failed(
      finding(
        'TINCT_PLAN_TOO_LARGE',
        `${text.length} characters; at most ${MAX_TEXT} are read`,
        [],
      ),
    );
  }
  const lines = new LineCounter();
  try {
    return readDocument(text, lines);
  } catch (cause) {
    return failed(outOfBounds(cause));
  }
}

function failed(...findings: Finding[]): Read {
  return { source: undefined, findings };
}

/** What the parser throws: too many aliases, or a nesting that exhausts the stack. */
function outOfBounds(cause: unknown): Finding {
  return cause instanceof ReferenceError
    ? finding('TINCT_PLAN_ALIAS_BOMB', `more than ${MAX_ALIASES} values come from aliases`, [])
    : finding('TINCT_PLAN_TOO_LARGE', `nested more than ${MAX_DEPTH} levels deep`, []);
}

function readDocument(text: string, lines: LineCounter): Read {
  const document = parseDocument(text, {
    lineCounter: lines,
    version: '1.2',
    schema: 'core',
    prettyErrors: false,
    stringKeys: true,
    uniqueKeys: true,
  });
  const problems = [...document.errors, ...document.warnings];
  const findings = problems.map((problem) => syntaxFinding(problem, text, lines));
  if (problems.some(({ code }) => code !== 'DUPLICATE_KEY')) return failed(...findings);
  if (depth(document.contents, 0) > MAX_DEPTH) return failed(outOfBounds(undefined));
  const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
  const source = makeSource(text, document, value, lines);
  return { source, findings: [...findings, ...characters(document, text, lines)] };
}

function place(offset: number, lines: LineCounter): { line: number; column: number } {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

function syntaxFinding(problem: YAMLError, text: string, lines: LineCounter): Finding {
  const at = place(problem.pos[0], lines);
  if (problem.code === 'DUPLICATE_KEY') {
    const key = /^[^:\r\n]*/.exec(text.slice(problem.pos[0]))?.[0].trim() ?? '';
    return {
      ...finding('TINCT_PLAN_KEY_DUPLICATE', `the key ${key} stands twice here`, []),
      ...at,
    };
  }
  return { ...finding('TINCT_PLAN_SYNTAX', problem.message, []), ...at };
}

/** How many levels of collections lie inside a node. */
function depth(node: unknown, level: number): number {
  if (level > MAX_DEPTH || !isCollection(node)) return level;
  let deepest = level;
  for (const item of node.items) {
    deepest = Math.max(deepest, depth(isPair(item) ? item.value : item, level + 1));
  }
  return deepest;
}

/** NUL and lone surrogates, written plainly or as an escape. */
function characters(document: Document.Parsed, text: string, lines: LineCounter): Finding[] {
  const findings: Finding[] = [];
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value !== 'string' || isClean(node.value)) return;
      const at = place(node.range?.[0] ?? 0, lines);
      findings.push({
        ...finding('TINCT_PLAN_CHARACTER', 'NUL or a lone surrogate in a text', []),
        ...at,
      });
    },
  });
  if (findings.length === 0 && !isClean(text)) {
    const at = place(Math.max(text.search(/\0|\p{Surrogate}/u), 0), lines);
    findings.push({
      ...finding('TINCT_PLAN_CHARACTER', 'NUL or a lone surrogate in the plan', []),
      ...at,
    });
  }
  return findings;
}

function isClean(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

interface Found {
  readonly pair: Pair | undefined;
  readonly node: Node | undefined;
  /** Whether the whole path exists. */
  readonly whole: boolean;
}

/** Follows a path as far as it goes, through aliases. */
function follow(document: Document.Parsed, path: Path): Found {
  let node = document.contents as Node | undefined;
  let pair: Pair | undefined;
  for (const step of path) {
    const inside = isAlias(node) ? node.resolve(document) : node;
    const next = isCollection(inside) ? childOf(inside.items, step, isMap(inside)) : undefined;
    if (next === undefined) return { pair, node, whole: false };
    pair = isPair(next) ? next : pair;
    node = (isPair(next) ? (next.value ?? next.key) : next) as Node | undefined;
  }
  return { pair, node, whole: true };
}

function childOf(items: readonly unknown[], step: string | number, map: boolean): unknown {
  if (!map) return typeof step === 'number' ? items[step] : undefined;
  return items.find(
    (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(step),
  );
}

function makeSource(
  text: string,
  document: Document.Parsed,
  value: unknown,
  lines: LineCounter,
): Source {
  const at = (node: unknown) => place((node as Node | undefined)?.range?.[0] ?? 0, lines);
  return {
    text,
    document,
    value,
    position(path, what) {
      const { pair, node, whole } = follow(document, path);
      const useKey = (what === 'key' || !whole) && pair !== undefined;
      return at(useKey ? pair.key : node);
    },
    node: (path) => {
      const found = follow(document, path);
      return found.whole ? found.node : undefined;
    },
    written(path) {
      const { node, whole } = follow(document, path);
      return whole && isScalar(node) ? node.source : undefined;
    },
  };
}
