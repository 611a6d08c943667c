/** The whole configuration as YAML that could be a file again, each value with where it came from. */
import { isRecord, valueAt } from '@tinct/core';
import type { LoadedConfig } from './load.ts';

type Loaded = Pick<LoadedConfig, 'settings' | 'originOf'>;

const isSecret = (path: readonly string[], { settings }: Loaded): boolean =>
  settings.some(({ flag, path: own }) => flag === undefined && own.join('.') === path.join('.'));

/** A text as it stands in YAML and means the same; `no` and `0755` don't without quotes. */
function scalar(value: unknown): string {
  const isPlain =
    typeof value === 'string' &&
    /^[a-z][\w./:@*-]*[\w/]$/i.test(value) &&
    !/^(true|false|null|yes|no|on|off)$/i.test(value);
  return isPlain ? (value as string) : JSON.stringify(value);
}

const isEmpty = (value: unknown): boolean =>
  Array.isArray(value) ? value.length === 0 : isRecord(value) && Object.keys(value).length === 0;

/** A list of texts, or what holds nothing: on one line. */
function inline(value: unknown): string | undefined {
  if (isEmpty(value)) return Array.isArray(value) ? '[]' : '{}';
  if (Array.isArray(value))
    return value.some((item) => isRecord(item)) ? undefined : `[${value.map(scalar).join(', ')}]`;
  return isRecord(value) ? undefined : scalar(value);
}

interface Line {
  readonly text: string;
  readonly place: string;
}

function linesOf(value: unknown, path: readonly string[], loaded: Loaded): Line[] {
  if (!isRecord(value)) return [];
  const indent = '  '.repeat(path.length);
  return Object.entries(value).flatMap(([key, inner]): Line[] => {
    if (inner === undefined) return [];
    const at = [...path, key];
    const { place } = loaded.originOf(at);
    const name = `${indent}${scalar(key)}:`;
    if (isSecret(at, loaded)) return [{ text: `${indent}# ${key}: hidden`, place }];
    const short = inline(inner);
    if (short !== undefined) return [{ text: `${name} ${short}`, place }];
    if (!isRecord(inner)) return [{ text: `${name} ${JSON.stringify(inner)}`, place }];
    return [{ text: name, place: '' }, ...linesOf(inner, at, loaded)];
  });
}

/** What has no value, so that it is seen that it could have one. */
const unset = ({ settings, config }: LoadedConfig<unknown>): string[] =>
  settings.flatMap(({ path }) =>
    valueAt(config, path) === undefined ? [`# ${path.join('.')}: not set\n`] : [],
  );

/** What `--print-config` prints. Secrets are not shown. */
export function printConfig(loaded: LoadedConfig<unknown>): string {
  const lines = linesOf(loaded.config, [], loaded);
  const width = Math.min(48, Math.max(0, ...lines.map(({ text }) => text.length)));
  const set = lines.map(({ text, place }) => {
    return `${place === '' ? text : `${text.padEnd(width)}  # ${place}`}\n`;
  });
  return [...set, ...unset(loaded)].join('');
}
