/** A document's nodes, walked once for what no plan may hold, and turned into plain values within bounds. */
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  visit,
  type YAMLMap,
} from 'yaml';
import type { ErrorCode } from '../errors.ts';

/** How many collections a value may lie in. */
export const MAX_DEPTH = 32;
/** The most values of a plan, with its aliases written out: bounds time and memory whatever they repeat. */
export const MAX_VALUES = 200_000;

/** Something wrong at a place of the text. */
export interface Problem {
  readonly code: ErrorCode;
  readonly message: string;
  readonly offset: number;
  readonly hint?: string;
  /** Where the same stands for the first time. */
  readonly first?: number;
}

/** Each alias with what it stands for. The package's own look-up walks the whole document for each. */
export type Targets = ReadonlyMap<Alias, Node>;

export interface Inspection {
  readonly targets: Targets;
  /** Mistakes beside which the plan can still be read. */
  readonly problems: readonly Problem[];
  /** Aliases that stand for nothing, or for themselves: there is no value. */
  readonly fatal: readonly Problem[];
}

export function offsetOf(node: unknown): number {
  return (node as Node | null | undefined)?.range?.[0] ?? 0;
}

/** A key as text. Keys are scalars: the parser refuses others. */
export function keyText(key: unknown): string {
  return isScalar(key) ? String(key.value) : '';
}

/** Finds duplicate keys, `__proto__`, characters that nobody can send, and leads aliases to their anchors. */
export function inspect(document: Document.Parsed): Inspection {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  const problems: Problem[] = [];
  const fatal: Problem[] = [];
  visit(document, {
    Node(_, node, path) {
      if (isAlias(node)) {
        const target = anchors.get(node.source);
        if (target === undefined) fatal.push(strayAlias(node));
        else if (path.includes(target)) fatal.push(endlessAlias(node));
        else targets.set(node, target);
        return;
      }
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
      if (isMap(node)) problems.push(...keyProblems(node));
      else if (isScalar(node)) problems.push(...characterProblems(node));
    },
  });
  return { targets, problems, fatal };
}

function strayAlias(alias: Alias): Problem {
  return {
    code: 'TINCT_PLAN_SYNTAX',
    message: `*${alias.source} is an alias, and no anchor &${alias.source} stands above it`,
    offset: offsetOf(alias),
    hint: `a text that begins with * needs quotes: "*${alias.source}"`,
  };
}

function endlessAlias(alias: Alias): Problem {
  return {
    code: 'TINCT_PLAN_ALIAS_BOMB',
    message: `*${alias.source} stands inside what it repeats`,
    offset: offsetOf(alias),
  };
}

function keyProblems({ items }: YAMLMap): Problem[] {
  const seen = new Map<string, number>();
  return items.flatMap(({ key }): Problem[] => {
    const name = keyText(key);
    const offset = offsetOf(key);
    if (name === '__proto__') {
      return [{ code: 'TINCT_PLAN_NAME_MALFORMED', message: '`__proto__` names nothing', offset }];
    }
    const first = seen.get(name);
    seen.set(name, first ?? offset);
    if (first === undefined) return [];
    return [
      { code: 'TINCT_PLAN_KEY_DUPLICATE', message: `\`${name}\` stands twice`, offset, first },
    ];
  });
}

/** Whether a text is the same everywhere: no NUL, no lone surrogates. */
export function isClean(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

function characterProblems(node: { readonly value: unknown } & Node): Problem[] {
  if (typeof node.value !== 'string' || isClean(node.value)) return [];
  const message = `${node.value.includes('\0') ? 'NUL' : 'a lone surrogate'} in a text`;
  return [{ code: 'TINCT_PLAN_CHARACTER', message, offset: offsetOf(node) }];
}

/** The plain value of a document, or why there is none. */
export type Plain = { readonly value: unknown } | { readonly problem: Problem };

/** Follows aliases. Refuses what lies too deep, or would be too much. */
export function plainValue(root: unknown, targets: Targets): Plain {
  let left = MAX_VALUES;
  let problem: Problem | undefined;
  /** `via`: the alias through which a node is read, if there is one. */
  const plain = (node: unknown, level: number, via: Alias | undefined): unknown => {
    if (problem !== undefined) return undefined;
    if (isAlias(node)) return plain(targets.get(node), level, via ?? node);
    left--;
    if (left < 0) problem = tooMany(via, node);
    else if (level > MAX_DEPTH) problem = tooDeep(offsetOf(via ?? node));
    else if (isSeq(node)) return node.items.map((item) => plain(item, level + 1, via));
    else if (isMap(node)) {
      const pairs = node.items.filter(({ key }) => keyText(key) !== '__proto__');
      return Object.fromEntries(
        pairs.map(({ key, value }) => [keyText(key), plain(value, level + 1, via)]),
      );
    }
    return isScalar(node) ? node.value : null;
  };
  const value = plain(root, 0, undefined);
  return problem === undefined ? { value } : { problem };
}

function tooMany(via: Alias | undefined, node: unknown): Problem {
  const most = MAX_VALUES.toLocaleString('en');
  return via === undefined
    ? {
        code: 'TINCT_PLAN_TOO_LARGE',
        message: `more than ${most} values`,
        offset: offsetOf(node),
      }
    : {
        code: 'TINCT_PLAN_ALIAS_BOMB',
        message: `with its aliases written out, the plan has more than ${most} values`,
        offset: offsetOf(via),
      };
}

export function tooDeep(offset: number): Problem {
  return {
    code: 'TINCT_PLAN_TOO_LARGE',
    message: `nested more than ${MAX_DEPTH} levels deep`,
    offset,
    hint: 'write it flatter',
  };
}

/** The plain value of a path, if it exists. */
export function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (inner, step) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, step)
        ? (inner as Record<string | number, unknown>)[step]
        : undefined,
    value,
  );
}
