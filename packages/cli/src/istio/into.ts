/** Releases into the files that people wrote, and out of them. */
import { basename } from 'node:path';
import { type Finding, finding, hasErrors, type Plan, placed, TinctError } from '@tinct/core';
import {
  type ChangedText,
  insertionOf,
  insertText,
  needed,
  readManifests,
  removeText,
  renderFolder,
} from '@tinct/istio-config';
import type { Session } from '../frame/session.ts';
import { writeFolder } from '../io/folder.ts';
import { nameOf, readText } from '../io/read.ts';
import { type LoadedPlan, refused } from '../plan/load.ts';
import { releaseOf } from '../plan/releases.ts';
import { findingsText } from '../text/findings.ts';
import { withoutTheirs } from './kustomization.ts';

const MAX_BYTES = 8 * 1024 * 1024;

export interface IntoOptions {
  readonly into: readonly string[];
  /** None means all. */
  readonly release: readonly string[];
  readonly abort: readonly string[];
  readonly carrier: 'header' | 'both' | undefined;
  readonly folder: string | undefined;
  /** What objects without a namespace lie in; none means `default`. */
  readonly namespace: string | undefined;
}

interface File {
  readonly name: string;
  readonly text: string;
}

/** Puts a plan's releases into files, and writes the result. */
export async function insertInto(
  loaded: LoadedPlan,
  options: IntoOptions,
  session: Session,
): Promise<void> {
  const { plan } = loaded;
  const files = await readFiles(options.into, options.folder, session);
  const releases = wantedReleases(plan, options);
  const changed = files.map((file) => insertAll(loaded, file, releases, options));
  const seen = new Set(changed.flatMap(({ concerned }) => concerned));
  const findings = [
    ...changed.flatMap((one) => one.findings),
    // Where no file leads to anything, each has said so.
    ...options.release.filter((name) => seen.size > 0 && !seen.has(name)).map(nothing),
  ];
  const manifests = changed.flatMap(
    ({ name, text }) => readManifests(text, placeOf(name, options)).manifests,
  );
  const own = needed(plan, [...seen], manifests);
  const isFolder = options.folder !== undefined && options.folder !== '-';
  if (own.length > 0 && !isFolder) {
    const names = own.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`);
    findings.push(finding('TINCT_ISTIO_NEEDED', `the routes need ${names.join(', ')}`, []));
  }
  await tell(findings, session);
  await write(changed, options.folder, session, own);
}

/** Takes a release out of files, and writes the result. */
export async function removeFrom(
  release: string,
  { from, folder }: { readonly from: readonly string[]; readonly folder: string | undefined },
  session: Session,
): Promise<void> {
  if (from.length === 0)
    throw new TinctError('TINCT_CLI_ARGUMENTS', '--from is missing', {
      hint: `name each file that the release was put into; in a cluster it is \`tinct istio delete --release ${release}\``,
    });
  const files = await readFiles(from, folder, session);
  const changed = files.map(({ name, text }) => ({
    name,
    ...removeText(text, release, { file: name }),
  }));
  await tell(
    changed.flatMap(({ findings }) => findings),
    session,
  );
  if (!changed.some(({ concerned }) => concerned)) {
    const names = files.map(({ name }) => name).join(', ');
    await session.err.write(`${names}: nothing of \`${release}\` here\n`);
  }
  await write(changed, folder, session, []);
}

async function readFiles(
  names: readonly string[],
  folder: string | undefined,
  session: Session,
): Promise<File[]> {
  const isFolder = folder !== undefined && folder !== '-';
  if (names.length > 1 && !isFolder)
    throw new TinctError('TINCT_CLI_ARGUMENTS', 'several files need a folder to be written to', {
      hint: 'add `-o DIR`, or give one file',
    });
  refuseDoubles(names);
  const files: File[] = [];
  for (const name of names)
    files.push({ name: nameOf(name), text: await readText(name, session, MAX_BYTES) });
  return files;
}

/** A folder has room for one file of a name. */
function refuseDoubles(names: readonly string[]): void {
  for (const [i, name] of names.entries()) {
    const other = names.slice(0, i).find((one) => basename(one) === basename(name));
    if (other === undefined) continue;
    const message = `${other} and ${name} would both become \`${basename(name)}\``;
    const hint = 'give each of them a run and a folder of its own';
    throw new TinctError('TINCT_CLI_ARGUMENTS', message, { hint });
  }
}

function wantedReleases({ releases }: Plan, { release, abort }: IntoOptions): string[] {
  if (release.length === 0) return Object.keys(releases).sort();
  const missing = abort.filter((name) => !release.includes(name));
  if (missing.length > 0)
    throw new TinctError('TINCT_CLI_ARGUMENTS', `--abort ${missing[0]} is none of --release`);
  return [...release];
}

interface Inserted extends File {
  readonly findings: readonly Finding[];
  readonly concerned: readonly string[];
}

function insertAll(
  { plan, text: planText, name: planName }: LoadedPlan,
  file: File,
  releases: readonly string[],
  { abort, carrier, namespace }: IntoOptions,
): Inserted {
  const findings: Finding[] = [];
  const concerned: string[] = [];
  let { text } = file;
  for (const name of releases) {
    releaseOf(plan, name);
    const more = carrier === undefined ? {} : { carrier };
    const made = insertionOf(plan, name, { abort: abort.includes(name), ...more });
    findings.push(...placed(made.findings, planText, planName));
    if (made.insertion === undefined || hasErrors(made.findings)) continue;
    const changed = insertText(text, made.insertion, placeOf(file.name, { namespace }));
    findings.push(...changed.findings.filter((one) => !findings.some((f) => isSame(f, one))));
    text = changed.text;
    if (changed.concerned) concerned.push(name);
  }
  if (concerned.length === 0 && !hasErrors(findings))
    findings.push({ ...nothing(releases.join('`, `')), file: file.name });
  return { name: file.name, text, findings, concerned };
}

const placeOf = (file: string, { namespace }: Pick<IntoOptions, 'namespace'>) => ({
  file,
  ...(namespace !== undefined && { namespace }),
});

const isSame = (a: Finding, b: Finding): boolean =>
  a.code === b.code && a.message === b.message && a.line === b.line && a.column === b.column;

const nothing = (release: string): Finding =>
  finding('TINCT_ISTIO_NOTHING', `no route leads to a service of \`${release}\``, []);

async function tell(findings: readonly Finding[], { err }: Session): Promise<void> {
  if (hasErrors(findings)) throw refused(findings);
  if (findings.length > 0) await err.write(findingsText(findings, err.style));
}

async function write(
  changed: readonly (File & Pick<ChangedText, 'text'>)[],
  folder: string | undefined,
  session: Session,
  own: Parameters<typeof renderFolder>[0],
): Promise<void> {
  if (folder === undefined || folder === '-') {
    for (const { text } of changed) await session.out.write(text);
    return;
  }
  const theirs = changed.map(({ name, text }) => ({ name: basename(name), text }));
  await writeFolder(
    folder,
    await withoutTheirs(folder, renderFolder(own, theirs), session),
    session,
  );
}
