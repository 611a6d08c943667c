/** Writes a folder of files, each as a whole, and touches none that are the same already. */
import { mkdir, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { TinctError } from '@tinct/core/basics';
import type { Session } from '../frame/session.ts';
import { counted } from '../text/words.ts';
import { putFile } from './write.ts';

export interface NamedText {
  readonly name: string;
  readonly text: string;
}

/** Writes the files and says so on stderr, with those that lie there and are none of them. Removes nothing. */
export async function writeFolder(
  folder: string,
  files: readonly NamedText[],
  { cwd, err, signal }: Session,
): Promise<void> {
  const path = resolve(cwd, folder);
  await mkdir(path, { recursive: true }).catch((cause: unknown) => {
    throw new TinctError('TINCT_CLI_UNWRITABLE', `${folder}: this folder cannot be made`, {
      cause,
    });
  });
  const others = (await readdir(path)).filter(
    (name) => /\.ya?ml$/.test(name) && !files.some((file) => file.name === name),
  );
  let written = 0;
  for (const { name, text } of files) if (await putFile(join(path, name), text, signal)) written++;
  await err.write(`${folder}: ${counted(files.length, 'file')}, ${written} of them changed\n`);
  for (const name of others.sort())
    await err.write(`${join(folder, name)} is not of this plan: remove it if it is left over\n`);
}
