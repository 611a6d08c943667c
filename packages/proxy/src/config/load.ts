/** A program's configuration: file, variables and flags in, one checked value with its origins out. */
import {
  type Finding,
  finding,
  hasErrors,
  type Path,
  readSource,
  type Source,
  suggestion,
  valueAt,
} from '@tinct/core';
import { choiceFindings, findingAt, issueFindings } from './findings.ts';
import { flagLayer, type Layered, layered, type Origin, pathKey, variableLayer } from './layers.ts';
import type { ProxyConfig } from './schema.ts';
import { FILE_VARIABLE, type Setting } from './settings.ts';
import { type ConfigShape, PROXY } from './shape.ts';

export interface ConfigInput {
  readonly file?: { readonly name: string; readonly text: string } | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** By the flag's name without dashes. */
  readonly flags: Readonly<Record<string, string | undefined>>;
}

export interface LoadedConfig<C = ProxyConfig> {
  /** Absent exactly when one of the findings is an error. */
  readonly config: C | undefined;
  readonly findings: readonly Finding[];
  readonly settings: readonly Setting[];
  /** Where the value of a path came from; `place` is `proxy.yaml:3:9`, a variable, a flag or `default`. */
  originOf(path: Path): Origin & { readonly place: string };
}

/** Reads the configuration of `tinct proxy`. Never throws: everything that is wrong is in the findings. */
export const loadConfig = (input: ConfigInput): LoadedConfig => loadShaped(input, PROXY);

/** Reads a configuration of this shape. */
export function loadShaped<C>(
  { file, env, flags }: ConfigInput,
  shape: ConfigShape<C>,
): LoadedConfig<C> {
  const { settings, choices } = shape;
  const read = file === undefined ? undefined : readSource(file.text);
  const source = read?.source;
  const all = layered(
    source?.value,
    [variableLayer(env, settings), flagLayer(flags, settings)],
    choices,
  );
  const broken = (read?.findings ?? []).map(asConfig(file?.name));
  const checked = { ...all, file: file?.name, source, shape };
  const { data, error } = shape.schema.safeParse(all.value);
  const placeOf = (path: Path) => originOf(path, all, file?.name, source);
  const fallbackOf = (path: Path) =>
    settings.find((setting) => pathKey(setting.path) === pathKey(path))?.fallback;
  const isChosen = (path: Path) =>
    placeOf(path).kind !== 'default' && valueAt(data, path) !== fallbackOf(path);
  // Of a file that cannot be read, nothing is known to be missing.
  const wrong =
    file !== undefined && source === undefined
      ? []
      : [
          ...(error?.issues ?? []).flatMap((issue) => issueFindings(issue, checked)),
          ...choiceFindings(checked),
          ...(data === undefined ? [] : (shape.objections?.(data, isChosen) ?? [])).map(
            ({ code, message, path }) => findingAt(code, message, path, checked),
          ),
        ];
  const findings = [...broken, ...wrong, ...misspelt(env, settings)].sort(byPlace);
  const config = hasErrors(findings) ? undefined : data;
  return {
    config,
    findings,
    settings,
    originOf: placeOf,
  };
}

const byPlace = (a: Finding, b: Finding): number =>
  (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);

/** What the reader of documents says speaks of plans by its codes. */
const asConfig =
  (file: string | undefined) =>
  ({ message, path, hint, line, column }: Finding): Finding => ({
    ...finding('TINCT_CONFIG_SYNTAX', message, path, hint),
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
  });

/** Variables that begin like ours and are near to one of ours. Others may belong to anything. */
function misspelt(env: ConfigInput['env'], settings: readonly Setting[]): Finding[] {
  const known = [FILE_VARIABLE, 'TINCT_DEBUG', ...settings.map(({ variable }) => variable)];
  return Object.keys(env).flatMap((name) => {
    if (!name.startsWith('TINCT_') || known.includes(name)) return [];
    const near = suggestion(name, known);
    if (near === undefined) return [];
    const found = finding(
      'TINCT_CONFIG_VARIABLE_UNKNOWN',
      `there is no variable ${name}`,
      [],
      near,
    );
    return [{ ...found, file: name }];
  });
}

function originOf(
  path: Path,
  { origins }: Layered,
  file: string | undefined,
  source: Source | undefined,
): Origin & { readonly place: string } {
  const given = origins.get(pathKey(path));
  if (given !== undefined && 'name' in given) return { ...given, place: given.name };
  if (source?.node(path) === undefined) return { kind: 'default', place: 'default' };
  const { line, column } = source.position(path, 'value');
  return { kind: 'file', place: `${file}:${line}:${column}` };
}
