/** Asks once, or until there is a verdict. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AnalysisReport,
  type AnalysisSettings,
  analyse,
  TinctError,
} from '@tinct/core/watching';
import type { Session } from '../frame/session.ts';

export interface WaitOptions {
  readonly settings: AnalysisSettings;
  readonly session: Session;
  /** Milliseconds; `undefined`: ask once. */
  readonly wait: number | undefined;
  readonly every: number;
}

export interface Settled {
  readonly report: AnalysisReport;
  /** Why the last question had no answer. */
  readonly trouble: TinctError | undefined;
}

export async function settled(
  look: () => Promise<AnalysisReport>,
  { settings, session, wait = 0, every }: WaitOptions,
): Promise<Settled> {
  const end = session.now() + wait;
  for (;;) {
    const found = await attempt(look, settings, session);
    const left = end - session.now();
    if (found.report.verdict !== 'inconclusive' || left <= 0) return found;
    await sleep(Math.min(every, left), undefined, { signal: session.signal });
  }
}

/** Where nothing could be read, nothing is known. */
async function attempt(
  look: () => Promise<AnalysisReport>,
  settings: AnalysisSettings,
  { now }: Session,
): Promise<Settled> {
  try {
    return { report: await look(), trouble: undefined };
  } catch (error) {
    if (!(error instanceof TinctError) || error.code !== 'TINCT_ANALYSIS_UNREAD') throw error;
    const nothing = analyse([], settings, { now: now() / 1000 });
    return { report: { ...nothing, reasons: ['source-gone'] }, trouble: error };
  }
}
