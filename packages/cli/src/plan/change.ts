/** Changes a plan's file: what validate refuses is refused, the rest stays byte for byte, the write is whole or not at all. */
import { resolve } from 'node:path';
import {
  type Change,
  changePlan,
  diffPlans,
  hasErrors,
  type Plan,
  type PlanDiff,
  placed,
  TinctError,
} from '@tinct/core';
import type { Session } from '../frame/session.ts';
import { readText } from '../io/read.ts';
import { replaceFile } from '../io/write.ts';
import { diffText, lineDiff } from '../text/diff.ts';
import { jsonText } from '../text/json.ts';
import { listsOf, type PlanFile, refused } from './load.ts';

/** A plan file before and after. */
export interface Rewrite {
  readonly file: PlanFile;
  readonly text: string;
  readonly before: Plan | undefined;
  readonly after: Plan;
}

export interface RewriteOptions {
  readonly dryRun: boolean;
  readonly output: 'text' | 'json';
  /** Whether lists are looked at too; a kill switch must not wait for them. */
  readonly lists?: boolean;
}

const MAX_BYTES = 8 * 1024 * 1024;

/** A file that can be written back: no stdin, nothing of git. */
export async function readFileOf(file: string, session: Session): Promise<PlanFile> {
  if (file === '-')
    throw new TinctError('TINCT_CLI_ARGUMENTS', 'a plan on stdin cannot be written back', {
      hint: 'name the file with --plan',
    });
  const text = await readText(file, session, MAX_BYTES, 'TINCT_PLAN_UNREADABLE');
  return { file, name: file, text };
}

/** Applies a change to a plan's file and prints what it changed. */
export async function changeFile(
  file: string,
  change: Change,
  options: RewriteOptions,
  session: Session,
): Promise<'fine'> {
  const read = await readFileOf(file, session);
  const changed = changePlan(read.text, change, { file: read.name, now: session.now() });
  return rewrite({ file: read, ...changed }, options, session);
}

/** Checks, writes and prints. */
export async function rewrite(
  { file, text, before, after }: Rewrite,
  { dryRun, output, lists = true }: RewriteOptions,
  session: Session,
): Promise<'fine'> {
  const changed = text !== file.text;
  const changes = before === undefined ? undefined : diffPlans(before, after);
  if (changed) {
    if (changes !== undefined && hasErrors(changes.findings))
      throw refused(placed(changes.findings, text, file.name));
    if (lists) await listsOf({ ...file, plan: after, findings: [] }, session);
    if (!dryRun)
      await replaceFile(resolve(session.cwd, file.file), text, {
        expected: file.text,
        signal: session.signal,
      });
  }
  const told = { file, text, before, after, changes, written: changed && !dryRun };
  const { out } = session;
  await out.write(output === 'json' ? asJson(told) : asText(told, session));
  return 'fine';
}

interface Told extends Rewrite {
  readonly changes: PlanDiff | undefined;
  readonly written: boolean;
}

function asText({ file, text, before, changes, written }: Told, { out }: Session): string {
  if (text === file.text) return `${file.name}: nothing to change, it is so already.\n`;
  const { style } = out;
  const told =
    before === undefined || changes === undefined ? [] : [...diffText(changes, style), ''];
  const end = written ? `${file.name} written.` : `${file.name} not written: a dry run.`;
  return `${[...told, ...lineDiff(file.text, text, style), '', end].join('\n')}\n`;
}

function asJson({ file, before, after, changes, written }: Told): string {
  const revision = { from: before?.revision, to: after.revision };
  return jsonText({ file: file.name, written, revision, ...changes });
}
