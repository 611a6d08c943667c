/** Changes of an object as data. The same edits become text, a JSON Patch, or another object. */
import { isRecord, valueAt } from '@tinct/core';
import type { Path } from '../manifests/manifest.ts';

/** Each is meant for what the edits before it have left. */
export type Edit =
  /** Puts values into a list, in front of the item at `index`. */
  | {
      readonly kind: 'insert';
      readonly path: Path;
      readonly index: number;
      readonly values: readonly unknown[];
    }
  /** Takes an item out of a list, or a key out of a map. */
  | { readonly kind: 'remove'; readonly path: Path }
  /** Writes a key of a map. */
  | { readonly kind: 'set'; readonly path: Path; readonly value: unknown };

/** The object that edits make of another; that one stays as it is. */
export function edited(value: unknown, edits: readonly Edit[]): unknown {
  return edits.reduce(applied, value);
}

function applied(value: unknown, edit: Edit): unknown {
  const [holder, last] = edit.kind === 'insert' ? [edit.path, undefined] : split(edit.path);
  return within(value, holder, (inner) => {
    if (edit.kind === 'insert')
      return (inner as unknown[]).toSpliced(edit.index, 0, ...edit.values);
    if (Array.isArray(inner)) return inner.toSpliced(Number(last), 1);
    const { [String(last)]: _gone, ...rest } = inner as Record<string, unknown>;
    return edit.kind === 'remove' ? rest : { ...(inner as object), [String(last)]: edit.value };
  });
}

/** A path as its holder and its last step. */
export const split = (path: Path): readonly [holder: Path, last: string | number] => [
  path.slice(0, -1),
  path.at(-1) ?? '',
];

function within(
  value: unknown,
  [step, ...rest]: Path,
  change: (inner: unknown) => unknown,
): unknown {
  if (step === undefined) return change(value);
  if (Array.isArray(value))
    return value.map((inner, i) => (i === step ? within(inner, rest, change) : inner));
  const map = isRecord(value) ? value : {};
  return { ...map, [step]: within(map[step], rest, change) };
}

/** One operation of RFC 6902. */
export type Operation =
  | { readonly op: 'test' | 'add' | 'replace'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

/**
 * The edits as a JSON Patch that fails as a whole when somebody else was faster: it tests the object's
 * resourceVersion, where it has one, and each list and map that it changes. Empty where there are no edits.
 */
export function jsonPatch(object: unknown, edits: readonly Edit[]): Operation[] {
  if (edits.length === 0) return [];
  const version = valueAt(object, ['metadata', 'resourceVersion']);
  const tests = new Map<string, Operation>();
  for (const edit of edits) {
    const path = edit.kind === 'insert' ? edit.path : split(edit.path)[0];
    const value = valueAt(object, path);
    if (Array.isArray(value)) tests.set(pointer(path), { op: 'test', path: pointer(path), value });
  }
  const versionTest: Operation[] =
    version === undefined
      ? []
      : [{ op: 'test', path: '/metadata/resourceVersion', value: version }];
  return [...versionTest, ...tests.values(), ...operations(object, edits)];
}

function operations(object: unknown, edits: readonly Edit[]): Operation[] {
  let now = object;
  return edits.flatMap((edit): Operation[] => {
    const before = now;
    now = applied(now, edit);
    if (edit.kind === 'remove') return [{ op: 'remove', path: pointer(edit.path) }];
    if (edit.kind === 'insert')
      return edit.values.map((value, i) => ({
        op: 'add',
        path: pointer([...edit.path, edit.index + i]),
        value,
      }));
    const op = valueAt(before, edit.path) === undefined ? 'add' : 'replace';
    return [{ op, path: pointer(edit.path), value: edit.value }];
  });
}

/** A JSON Pointer (RFC 6901). */
export const pointer = (path: Path): string =>
  path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** Whether two plain values are the same, whatever the order of their keys. */
export function same(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

function canonical(value: unknown): string {
  return JSON.stringify(value ?? null, (_, inner: unknown) =>
    isRecord(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
