/** The keys that sign cookies and override links, from their file. */
import { type KeySet, parseKeySet } from '@tinct/sdk';
import type { LoadedConfig } from '../config/load.ts';
import { type Folders, pathOf } from './edge-options.ts';
import type { ProgramConfig } from './engine.ts';
import { readSmall } from './files.ts';

/** Reads the key file of a configuration, as often as it is called. Rejects with a `TinctError`. */
export function keyReader(
  { keys }: Pick<ProgramConfig, 'keys'>,
  loaded: Pick<LoadedConfig, 'originOf'>,
  folders: Folders,
): () => Promise<KeySet | undefined> {
  if (keys === undefined) return async () => undefined;
  const file = pathOf(['keys'], keys, loaded, folders);
  return async () => parseKeySet(await readSmall(file), file);
}
