/** The files that a configuration names, looked at before anything starts: what is wrong with them is said at once. */
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { type Finding, finding, isRecord, type Path, whyUnreadable } from '@tinct/core';
import type { LoadedConfig } from '../config/load.ts';
import { type Folders, pathOf } from './edge-options.ts';

/** Where files are named, and by which keys. The plan is not among them: an edge starts without, and waits for it. */
const SECTIONS: readonly string[] = ['keys', 'tls', 'upstreamTls', 'admin', 'gateway'];
const KEYS: ReadonlySet<string> = new Set([
  ...['keys', 'cert', 'key', 'authority', 'clientAuthority'],
  ...['tokenFile', 'secretFile'],
]);

interface Named {
  readonly path: Path;
  readonly written: string;
}

function filesIn(value: unknown, path: Path): Named[] {
  if (Array.isArray(value)) return value.flatMap((one, i) => filesIn(one, [...path, i]));
  if (isRecord(value))
    return Object.entries(value).flatMap(([key, one]) => filesIn(one, [...path, key]));
  return typeof value === 'string' && KEYS.has(`${path.at(-1)}`) ? [{ path, written: value }] : [];
}

async function whyNot(file: string): Promise<string | undefined> {
  try {
    await access(file, constants.R_OK);
    return (await stat(file)).isFile() ? undefined : 'it is no regular file';
  } catch (cause) {
    return whyUnreadable(cause);
  }
}

/** `proxy.yaml:3:9`, or the name of a variable or flag. */
function placed(place: string): Pick<Finding, 'file' | 'line' | 'column'> {
  const [, file, line, column] = /^(.+):(\d+):(\d+)$/s.exec(place) ?? [];
  return file === undefined
    ? { file: place }
    : { file, line: Number(line), column: Number(column) };
}

type Loaded = Pick<LoadedConfig<unknown>, 'config' | 'originOf'>;

/** Each file that is not there or may not be read, at the place that names it. */
export async function unreadableFiles(
  { config, originOf }: Loaded,
  folders: Folders,
): Promise<Finding[]> {
  if (!isRecord(config)) return [];
  const named = SECTIONS.flatMap((section) => filesIn(config[section], [section]));
  const found = await Promise.all(
    named.map(async ({ path, written }): Promise<Finding[]> => {
      const why = await whyNot(pathOf(path, written, { originOf }, folders));
      if (why === undefined) return [];
      const said = finding('TINCT_CONFIG_UNREADABLE', `${JSON.stringify(written)}: ${why}`, path);
      return [{ ...said, ...placed(originOf(path).place) }];
    }),
  );
  return found.flat();
}
