/** One Kubernetes object of a file, whose every value knows its line and column. */
import { type ErrorCode, type Finding, finding } from '@tinct/core';

/** Keys and indexes from the object's root. */
export type Path = readonly (string | number)[];

/** A place in a file: both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface Manifest {
  readonly file: string | undefined;
  readonly kind: string;
  /** `networking.istio.io`, or empty for the core group. */
  readonly group: string;
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** The whole object as plain values. */
  readonly value: Readonly<Record<string, unknown>>;
  /** Where the value of a path stands (its key, where the value is lines of its own); the nearest ancestor if it is not there. */
  position(path: Path): Position;
}

/** `VirtualService shop/web`. */
export const nameOf = ({ kind, namespace, name }: Manifest): string =>
  `${kind} ${namespace}/${name}`;

/** A finding about a place of an object. */
export function findingAt(
  manifest: Manifest,
  code: ErrorCode,
  message: string,
  path: Path,
  hint?: string,
): Finding {
  const { file } = manifest;
  return {
    ...finding(code, message, path, hint),
    ...(file === undefined ? {} : { file }),
    ...manifest.position(path),
  };
}
