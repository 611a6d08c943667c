/** Kubernetes objects as commands get them: from files, folders or stdin. */
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Finding } from '@tinct/core';
import { type Manifest, readManifests } from '@tinct/istio-config';
import type { Session } from '../frame/session.ts';
import { nameOf, readText } from './read.ts';

const MAX_BYTES = 32 * 1024 * 1024;
const IS_MANIFEST = /\.(ya?ml|json)$/;

export interface ManifestFiles {
  readonly files: readonly string[];
  readonly manifests: readonly Manifest[];
  /** What could not be read as objects. */
  readonly findings: readonly Finding[];
}

/** All objects of files and of folders with what is below them, in the order given, then by name. */
export async function readManifestFiles(
  given: readonly string[],
  session: Session,
  namespace?: string,
): Promise<ManifestFiles> {
  const files: string[] = [];
  for (const each of given) files.push(...(await filesOf(each, session)));
  const manifests: Manifest[] = [];
  const findings: Finding[] = [];
  for (const file of files) {
    const text = await readText(file, session, MAX_BYTES);
    const options = { file: nameOf(file), ...(namespace !== undefined && { namespace }) };
    const read = readManifests(text, options);
    manifests.push(...read.manifests);
    findings.push(...read.findings);
  }
  return { files, manifests, findings };
}

async function filesOf(given: string, { cwd }: Session): Promise<string[]> {
  const at = resolve(cwd, given);
  const found = given === '-' ? undefined : await stat(at).catch(() => undefined);
  if (found?.isDirectory() !== true) return [given];
  const inside = await readdir(at, { recursive: true, withFileTypes: true });
  return inside
    .filter((entry) => entry.isFile() && IS_MANIFEST.test(entry.name))
    .map((entry) => join(given, join(entry.parentPath, entry.name).slice(at.length + 1)))
    .sort();
}
