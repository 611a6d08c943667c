/** What the user sees of a mistake, and how the program ends after it. */
import { type Finding, TinctError } from '@tinct/core/basics';
import { findingsText } from '../text/findings.ts';
import { counted, visible } from '../text/words.ts';
import { type ExitName, exitOf } from './exit.ts';
import { type Printer, ReaderGone, type Style } from './printer.ts';
import type { Session } from './session.ts';

/** Says what went wrong. A user's mistake has a code and a hint; a mistake of tinct's own says how to see more. */
export async function fail(error: unknown, { err, env, signal }: Session): Promise<ExitName> {
  if (signal.aborted) return signal.reason === 'SIGTERM' ? 'terminated' : 'interrupted';
  if (error instanceof ReaderGone) return 'pipe';
  if (error instanceof TinctError) {
    await say(err, mistakeText(error, err));
    return exitOf(error.code);
  }
  await say(err, bugText(error, env['TINCT_DEBUG'], err));
  return 'bug';
}

/**
 * Judges, where the exit status of findings is the verdict itself: after a mistake, such as a plan with errors, the
 * program ends as after wrong usage, and no pipeline takes it for a verdict.
 */
export async function judged(session: Session, judge: () => Promise<ExitName>): Promise<ExitName> {
  try {
    return await judge();
  } catch (error) {
    const exit = await fail(error, session);
    return exit === 'findings' ? 'usage' : exit;
  }
}

/** Nobody may be left to read it. */
async function say(err: Printer, text: string): Promise<void> {
  await err.write(text).catch(() => {});
}

function mistakeText(error: TinctError, { style }: Printer): string {
  const { findings } = error;
  if (findings.length === 0) return troubleText(error, style);
  return `${findingsText(findings, style)}\n${refusalText(findings)}\n`;
}

/** A mistake, or a warning, and how to mend it. */
export function troubleText(
  { code, message, hint }: TinctError,
  style: Style,
  level: Finding['level'] = 'error',
): string {
  const said = level === 'error' ? style.red(level) : style.yellow(level);
  return `${said} ${style.dim(code)} ${visible(message)}\n    hint: ${visible(hint)}\n`;
}

function refusalText(findings: readonly Finding[]): string {
  const errors = findings.filter(({ level }) => level === 'error').length;
  return `${counted(errors, 'error')}: nothing was done.`;
}

function bugText(error: unknown, debug: string | undefined, { style }: Printer): string {
  if (debug !== undefined && debug !== '' && debug !== '0')
    return `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`;
  const message = error instanceof Error ? error.message : String(error);
  const line = message.split('\n')[0];
  return `${style.red('error')} tinct made a mistake: ${line} (TINCT_DEBUG=1 shows where)\n`;
}
