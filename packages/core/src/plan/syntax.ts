/** What the YAML parser says, at the place where the mistake is, with a hint for those new to YAML. */
import {
  type Document,
  isCollection,
  isScalar,
  type Node,
  visit,
  type YAMLError,
  type ErrorCode as YamlCode,
} from 'yaml';
import { offsetOf, type Problem, tooDeep } from './tree.ts';

/** One mistake confuses a parser for many lines: more than these say nothing new. */
const MAX_PROBLEMS = 10;

const NO_COLON = 'a line without a key and a colon';
const COLON = 'a key is followed by a colon and a space';

const HINTS: Partial<Record<YamlCode, string>> = {
  BAD_INDENT: 'indent it like its neighbours',
  BAD_SCALAR_START: 'put the text in quotes',
  BLOCK_AS_IMPLICIT_KEY:
    'indent it like its neighbours; a text with a colon and a space in it needs quotes',
  MULTILINE_IMPLICIT_KEY: COLON,
  MULTIPLE_DOCS: 'one file holds one plan: remove the line `---` and what follows',
  UNEXPECTED_TOKEN: 'a comma or a quote may be missing before it',
  NON_STRING_KEY: 'write the key as text; aliases and lists are no keys',
  TAB_AS_INDENT: 'indent with spaces',
  TAG_RESOLVE_FAILED: 'remove the tag; a text that begins with ! needs quotes',
};

const MESSAGES: Partial<Record<YamlCode, string>> = {
  BLOCK_AS_IMPLICIT_KEY: 'a key inside a value, or a line that is indented wrongly',
  MULTILINE_IMPLICIT_KEY: NO_COLON,
  MULTIPLE_DOCS: 'a second document begins here',
  NON_STRING_KEY: 'a key that is no text',
};

/** The parser's errors and warnings: the first of each line. */
export function syntaxProblems(
  document: Document.Parsed,
  errors: readonly YAMLError[],
  lineOf: (offset: number) => number,
): Problem[] {
  const exhausted = errors.find(({ code }) => code === 'RESOURCE_EXHAUSTION');
  if (exhausted !== undefined) return [tooDeep(exhausted.pos[0])];
  const seen = new Set<string>();
  const byLine = new Map<number, Problem>();
  for (const error of errors) {
    const same = `${error.pos[0]} ${error.message}`;
    if (seen.has(same)) continue;
    seen.add(same);
    const problem = toProblem(document, error);
    const line = lineOf(problem.offset);
    if (!byLine.has(line)) byLine.set(line, problem);
    if (byLine.size === MAX_PROBLEMS) break;
  }
  return [...byLine.values()];
}

function toProblem(document: Document.Parsed, { code, message, pos }: YAMLError): Problem {
  const open = unclosed(document, message, pos[0]);
  if (open !== undefined) return open;
  if (message.startsWith('Implicit map keys need')) return syntaxProblem(NO_COLON, pos[0], COLON);
  const words = MESSAGES[code] ?? message.charAt(0).toLowerCase() + message.slice(1);
  return syntaxProblem(words, pos[0], HINTS[code]);
}

function syntaxProblem(message: string, offset: number, hint: string | undefined): Problem {
  return { code: 'TINCT_PLAN_SYNTAX', message, offset, ...(hint === undefined ? {} : { hint }) };
}

/** The parser names the end of a text, list or map that is not closed; the mistake is nearer to its beginning. */
function unclosed(document: Document.Parsed, message: string, end: number): Problem | undefined {
  const closing = /^Missing closing (["'])|^Flow .* end with a ([\]}])$/.exec(message);
  const mark = closing?.[1] ?? closing?.[2];
  if (mark === undefined) return undefined;
  let begin: Node | undefined;
  visit(document, {
    Node(_, node) {
      if (node.range?.[1] === end && closes(node, mark)) begin = node;
    },
  });
  if (begin === undefined) return undefined;
  const what = mark === ']' ? 'list' : mark === '}' ? 'map' : 'text';
  const words = `the ${what} that begins here is not closed`;
  return syntaxProblem(words, offsetOf(begin), `add the closing ${mark}`);
}

function closes(node: Node, mark: string): boolean {
  if (isScalar(node)) return node.type === (mark === '"' ? 'QUOTE_DOUBLE' : 'QUOTE_SINGLE');
  return isCollection(node) && node.flow === true && /[\]}]/.test(mark);
}
