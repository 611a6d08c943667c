/** What the structure tests ask about a source file, read from its syntax tree. */
import { globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type ParserOptions, parse } from '@babel/parser';

export const ROOT = join(import.meta.dirname, '../..');

/** The folders under `packages`. */
export const PACKAGES = ['core', 'sdk', 'proxy', 'istio-config', 'cli'] as const;
export type PackageFolder = (typeof PACKAGES)[number];

export interface Source {
  /** From the root, with slashes. */
  readonly file: string;
  readonly tree: Node;
}

/** Any node of the tree: the walk below needs no more than its type and its members. */
export interface Node {
  readonly type: string;
  readonly [member: string]: unknown;
}

const OPTIONS: ParserOptions = { sourceType: 'module', plugins: ['typescript'] };

export function readSource(file: string): Source {
  return parseSource(file, readFileSync(join(ROOT, file), 'utf8'));
}

export function parseSource(file: string, text: string): Source {
  return { file, tree: parse(text, OPTIONS).program as unknown as Node };
}

/** Every TypeScript file that matches, in a stable order. */
export function sources(pattern: string): Source[] {
  const files = globSync(pattern, { cwd: ROOT, exclude: ['**/node_modules', '**/dist'] });
  return files.sort().map((file) => readSource(relative('', file)));
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';

/** Calls `visit` with each node below `node` and its parents, nearest last. */
export function walk(
  node: Node,
  visit: (node: Node, parents: readonly Node[]) => void,
  parents: readonly Node[] = [],
): void {
  visit(node, parents);
  const below = [...parents, node];
  for (const child of Object.values(node).flat()) {
    if (isNode(child)) walk(child, visit, below);
  }
}

/** Stands for a specifier that is known only when the program runs. */
export const COMPUTED = '(computed)';

/** The specifiers that a file imports or re-exports, types and `import()` included. */
export function importsOf(source: Source, wanted: (node: Node) => boolean = () => true): string[] {
  const found = new Set<string>();
  walk(source.tree, (node) => {
    const from = node['source'];
    if (isNode(from) && wanted(node)) found.add(String(from['value'] ?? COMPUTED));
  });
  return [...found].sort();
}

/** What is loaded with it: not what it asks for by `import()` once that is needed. */
export const eagerImportsOf = (source: Source): string[] =>
  importsOf(source, ({ type }) => type !== 'ImportExpression');

/** The specifiers that a file imports for more than their types. */
export const valueImportsOf = (source: Source): string[] =>
  importsOf(
    source,
    ({ type, importKind, exportKind }) =>
      type !== 'TSImportType' && importKind !== 'type' && exportKind !== 'type',
  );

/** Names that a file refers to as values without a dot before them: its globals are among them. */
export function referencesOf({ tree }: Source): Set<string> {
  const found = new Set<string>();
  walk(tree, (node, parents) => {
    if (node.type !== 'Identifier' || parents.some(isType)) return;
    if (!isMemberName(node, parents.at(-1))) found.add(String(node['name']));
  });
  return found;
}

const isType = ({ type }: Node): boolean => /^TS(?!.*Expression$)/.test(type);

function isMemberName(node: Node, parent: Node | undefined): boolean {
  if (parent === undefined || parent['computed'] === true) return false;
  if (parent['property'] === node) return true;
  return parent['key'] === node && parent['shorthand'] !== true;
}

/** `Date.now`, `Math.random`: the dotted names that a file reads. */
export function dottedNamesOf({ tree }: Source): Set<string> {
  const found = new Set<string>();
  walk(tree, (node) => {
    const { object, property } = node as { object?: unknown; property?: unknown };
    if (isNode(object) && isNode(property)) found.add(`${object['name']}.${property['name']}`);
  });
  return found;
}

/** Whether a file reads the clock by `new Date()` or `Date()`. */
export function asksTheDate({ tree }: Source): boolean {
  let found = false;
  walk(tree, (node) => {
    const { callee, arguments: given } = node as { callee?: unknown; arguments?: unknown[] };
    if (!isNode(callee) || callee['name'] !== 'Date') return;
    if (node.type === 'CallExpression' || given?.length === 0) found = true;
  });
  return found;
}

/** Whether a file awaits outside of every function: CommonJS could not `require` it. */
export function awaitsAtTop({ tree }: Source): boolean {
  let found = false;
  walk(tree, (node, parents) => {
    const awaits = node.type === 'AwaitExpression' || node['await'] === true;
    if (awaits && !parents.some(({ type }) => /Function|Method/.test(type))) found = true;
  });
  return found;
}

/** Every text that stands in a file's strings and templates. */
export function textsOf({ tree }: Source): string[] {
  const found: string[] = [];
  walk(tree, (node) => {
    if (node.type === 'StringLiteral') found.push(String(node['value']));
    if (node.type === 'TemplateElement') {
      found.push(String((node['value'] as { cooked: string }).cooked));
    }
  });
  return found;
}
