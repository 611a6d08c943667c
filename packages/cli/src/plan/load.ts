/** A plan as commands get it: from a file, a pipe or git, parsed, with its lists. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import {
  type CompiledPlan,
  compilePlan,
  type Finding,
  hasErrors,
  type IdList,
  type Plan,
  parsePlan,
  TinctError,
} from '@tinct/core';
import { loadLists } from '@tinct/sdk';
import type { Session } from '../frame/session.ts';
import { gitRoot, gitShow } from '../io/git.ts';
import { nameOf, readText } from '../io/read.ts';

/** More than any plan may have, so that it is the parser who says that it is too large. */
const MAX_BYTES = 8 * 1024 * 1024;

export interface PlanFile {
  /** As the user wrote it. */
  readonly file: string;
  /** As messages have it. */
  readonly name: string;
  readonly text: string;
}

export interface LoadedPlan extends PlanFile {
  readonly plan: Plan;
  /** Warnings. */
  readonly findings: readonly Finding[];
}

/** `HEAD~1:plan.yaml`, where no file has that name. */
function isGitObject(file: string, { cwd }: Session): boolean {
  return /^[^:]+:./.test(file) && !existsSync(resolve(cwd, file));
}

/** The plan's text. Rejects with TINCT_PLAN_UNREADABLE or TINCT_CLI_GIT. */
export async function readPlan(file: string, session: Session): Promise<PlanFile> {
  const text = isGitObject(file, session)
    ? await gitShow(file, session)
    : await readText(file, session, MAX_BYTES, 'TINCT_PLAN_UNREADABLE');
  return { file, name: nameOf(file), text };
}

/** A text as a plan without errors. Throws with all that is wrong. */
export function parseOrThrow(read: PlanFile, requirePinnedLists = true): LoadedPlan {
  const { plan, findings } = parsePlan(read.text, { file: read.name, requirePinnedLists });
  if (plan === undefined) throw refused(findings);
  return { ...read, plan, findings };
}

/** An error that stands for several findings. */
export function refused(findings: readonly Finding[]): TinctError {
  const first = findings.find(({ level }) => level === 'error');
  if (first === undefined || !hasErrors(findings)) throw new Error('nothing to refuse');
  return new TinctError(first.code, first.message, { hint: first.hint, findings });
}

export async function loadPlan(file: string, session: Session): Promise<LoadedPlan> {
  return parseOrThrow(await readPlan(file, session));
}

/** What the paths of a plan's lists are relative to. */
export async function baseDirOf({ file }: PlanFile, session: Session): Promise<string> {
  const { cwd } = session;
  if (file === '-') return cwd;
  if (!isGitObject(file, session)) return dirname(resolve(cwd, file));
  const path = file.slice(file.indexOf(':') + 1);
  const root = /^\.\.?\//.test(path) ? cwd : await gitRoot(session);
  return dirname(join(root, path));
}

/** A plan's lists, checked against their digests. Rejects with what is wrong with each of them. */
export async function listsOf(
  loaded: LoadedPlan,
  session: Session,
  warn?: (found: Finding) => void,
): Promise<ReadonlyMap<string, IdList>> {
  const baseDir = await baseDirOf(loaded, session);
  return loadLists(loaded.plan, baseDir, { warn, signal: session.signal });
}

/** Ready to decide. */
export async function compileFile(file: string, session: Session): Promise<CompiledPlan> {
  const loaded = await loadPlan(file, session);
  return compilePlan(loaded.plan, { lists: await listsOf(loaded, session) });
}
