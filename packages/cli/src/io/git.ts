/** Asks git for earlier content. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { TinctError } from '@tinct/core/basics';
import type { Session } from '../frame/session.ts';
import { decode } from './read.ts';

const execute = promisify(execFile);
/** A plan has at most a mebibyte of text; a little more lets the parser say so. */
const MAX_BYTES = 4 * 1024 * 1024;

/** The content of `HEAD~1:plan.yaml`. Rejects with TINCT_CLI_GIT. */
export async function gitShow(object: string, { cwd, signal, env }: Session): Promise<string> {
  // A name that begins with a dash would be an option; no revision does.
  if (object.startsWith('-')) throw refused(object, 'no revision begins with a dash');
  const options = { cwd, signal, env, encoding: 'buffer', maxBuffer: MAX_BYTES } as const;
  try {
    const { stdout } = await execute('git', ['show', '--end-of-options', object], options);
    return decode(stdout, object, 'TINCT_PLAN_UNREADABLE');
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof TinctError) throw error;
    throw refused(object, whyNot(error), error);
  }
}

function whyNot(error: unknown): string {
  const { code, stderr } = error as { code?: unknown; stderr?: Buffer };
  if (code === 'ENOENT') return 'git is not installed';
  const said =
    stderr
      ?.toString()
      .split('\n')[0]
      ?.replace(/^fatal: /, '') ?? '';
  return said === '' ? `git failed (${code})` : said;
}

function refused(object: string, why: string, cause?: unknown): TinctError {
  return new TinctError('TINCT_CLI_GIT', `${object}: ${why}`, { cause });
}

/** The folder that `REV:FILE` starts from. */
export async function gitRoot({ cwd, signal, env }: Session): Promise<string> {
  const { stdout } = await execute('git', ['rev-parse', '--show-toplevel'], { cwd, signal, env });
  return stdout.trimEnd();
}
