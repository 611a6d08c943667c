/** A list of resources that people keep by hand, beside the routes that they wrote. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { KUSTOMIZATION, lackingInTheirs, type RenderedFile } from '@tinct/istio-config';
import type { Session } from '../frame/session.ts';

/**
 * The files without `kustomization.yaml`, where one is there that Tinct did not write or that lists more than these
 * files; what it lacks is said on stderr.
 */
export async function withoutTheirs(
  folder: string,
  files: readonly RenderedFile[],
  { cwd, err }: Session,
): Promise<readonly RenderedFile[]> {
  // What is there and cannot be read is said when it is to be written.
  const text = await readFile(resolve(cwd, folder, KUSTOMIZATION), 'utf8').catch(() => undefined);
  const others = files.filter(({ name }) => name !== KUSTOMIZATION);
  const lacking =
    text === undefined
      ? undefined
      : lackingInTheirs(
          text,
          others.map(({ name }) => name),
        );
  if (lacking === undefined) return files;
  if (lacking.length > 0)
    await err.write(
      `${join(folder, KUSTOMIZATION)} stays as it is: add \`${lacking.join('`, `')}\` to its resources\n`,
    );
  return others;
}
