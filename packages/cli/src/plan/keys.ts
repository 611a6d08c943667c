/** Key files, as commands read them. */
import { type KeySet, parseKeySet } from '@tinct/sdk';
import type { Session } from '../frame/session.ts';
import { nameOf, readText } from '../io/read.ts';

/** In bytes: hundreds of keys. */
export const MAX_KEY_FILE = 64 * 1024;

export async function readKeys(file: string, session: Session): Promise<KeySet> {
  return parseKeySet(await readText(file, session, MAX_KEY_FILE), nameOf(file));
}
