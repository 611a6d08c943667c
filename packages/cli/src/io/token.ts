/** A token, from a file or the environment: an argument would show in the list of processes. */
import type { Session } from '../frame/session.ts';
import { readText } from './read.ts';

const MAX_BYTES = 4096;

/** `undefined`: there is none. `variable`: the environment's name for it, where no file is given. */
export async function tokenOf(
  file: string | undefined,
  variable: string,
  session: Session,
): Promise<string | undefined> {
  if (file === undefined) return session.env[variable] || undefined;
  return (await readText(file, session, MAX_BYTES)).trim();
}
