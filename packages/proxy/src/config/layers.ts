/** File, variables and flags, laid over each other, each value with the layer that it came from. */
import { isRecord } from '@tinct/core';
import type { Choice } from './schema.ts';
import { readSetting, type Setting } from './settings.ts';

/** Where a value came from: `listen.port` of a file, a variable, a flag. */
export type Origin =
  | { readonly kind: 'default' }
  | { readonly kind: 'file' }
  | { readonly kind: 'variable' | 'flag'; readonly name: string };

/** Single values by their path, joined with dots. */
export interface Layer {
  readonly values: ReadonlyMap<Setting, unknown>;
  readonly originOf: (setting: Setting) => Origin;
}

export interface Layered {
  /** What the layers say together, not yet held against the shape. */
  readonly value: unknown;
  /** The settings that a variable or a flag gave. */
  readonly origins: ReadonlyMap<string, Origin>;
}

export const pathKey = (path: readonly (string | number)[]): string => path.join('.');

/**
 * A Kubernetes Service called `tinct-admin` puts `TINCT_ADMIN_PORT=tcp://10.0.0.7:9900` into every pod of its
 * namespace. That is no setting.
 */
const isServiceLink = (text: string): boolean => /^(tcp|udp|sctp):\/\//.test(text);

/** The variables that say something; an empty one does not. */
export function variableLayer(
  env: Readonly<Record<string, string | undefined>>,
  settings: readonly Setting[],
): Layer {
  const given = settings.flatMap((setting) => {
    const text = env[setting.variable] ?? '';
    return text === '' || isServiceLink(text)
      ? []
      : [[setting, readSetting(setting, text)] as const];
  });
  const originOf = ({ variable: name }: Setting) => ({ kind: 'variable', name }) as const;
  return { values: new Map(given), originOf };
}

/** Flags by their names without dashes. */
export function flagLayer(
  flags: Readonly<Record<string, string | undefined>>,
  settings: readonly Setting[],
): Layer {
  const given = settings.flatMap((setting) => {
    const text = setting.flag === undefined ? undefined : flags[setting.flag];
    return text === undefined ? [] : [[setting, readSetting(setting, text)] as const];
  });
  const originOf = ({ flag }: Setting) => ({ kind: 'flag', name: `--${flag}` }) as const;
  return { values: new Map(given), originOf };
}

/** Lays stronger layers over the file's value, which stays as it is. */
export function layered(
  file: unknown,
  layers: readonly Layer[],
  choices: readonly Choice[],
): Layered {
  const value = structuredClone(file);
  const origins = new Map<string, Origin>();
  const root = isRecord(value) ? value : value === null || value === undefined ? {} : undefined;
  // Not a map at all: that is what has to be reported.
  if (root === undefined) return { value, origins };
  for (const { values, originOf } of layers) {
    for (const setting of values.keys()) forgetRivals(root, setting, choices);
    for (const [setting, given] of values) {
      put(root, setting.path, given);
      origins.set(pathKey(setting.path), originOf(setting));
    }
  }
  return { value: root, origins };
}

/** A flag that names a URL takes the file's `plan.file` away. Before anything of a layer is put: its own rivals stay. */
function forgetRivals(
  root: Record<string, unknown>,
  { path }: Setting,
  choices: readonly Choice[],
): void {
  const key = path.at(-1) ?? '';
  const choice = choices.find(
    (one) => pathKey(one.path) === pathKey(path.slice(0, -1)) && one.keys.includes(key),
  );
  const holder = choice?.path.reduce<unknown>(
    (inner, step) => (isRecord(inner) ? inner[step] : undefined),
    root,
  );
  if (choice === undefined || !isRecord(holder)) return;
  for (const rival of choice.keys) delete holder[rival];
}

function put(root: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [key = '', ...rest] = path;
  if (rest.length === 0) {
    root[key] = value;
    return;
  }
  const inner = root[key];
  // A wrong kind of value in the file stays, and is reported.
  if (inner !== undefined && inner !== null && !isRecord(inner)) return;
  const next = isRecord(inner) ? inner : {};
  root[key] = next;
  put(next, rest, value);
}
