/** `tinct watch --serve`: the analyser as a program, until a signal. */
import { resolve } from 'node:path';
import {
  type AnalysisReport,
  type AnalysisSettings,
  TinctError,
  VERDICT_REASONS,
} from '@tinct/core';
import type { ExitName } from '../../frame/exit.ts';
import type { Session } from '../../frame/session.ts';
import { parseOrThrow, readPlan } from '../../plan/load.ts';
import { counted } from '../../text/words.ts';
import type { PrometheusOptions } from '../prometheus.ts';
import { Analyser } from './analyser.ts';
import { KeptAnalyses } from './kept.ts';
import { type ServerOptions, serveAnalyser } from './server.ts';

export interface ServeOptions {
  /** None: those of the plan that are not completed, which is read again before each round. */
  readonly releases: readonly string[];
  readonly plan: string;
  readonly settings: AnalysisSettings;
  readonly prometheus: PrometheusOptions;
  /** A folder. */
  readonly state: string | undefined;
  /** Milliseconds. */
  readonly every: number;
  readonly server: ServerOptions;
}

/** Ends in order at a signal. */
export async function serveVerdicts(options: ServeOptions, session: Session): Promise<ExitName> {
  const { signal, cwd, now } = session;
  const { settings, prometheus, every, state } = options;
  const say = sayer(session);
  const warned = new Map<string, string>();
  const analyser = new Analyser({
    ...{ settings, prometheus, every, now },
    releases: await releasesOf(options, session, say),
    kept: state === undefined ? undefined : new KeptAnalyses(resolve(cwd, state)),
    // What goes on is said once.
    warn: ({ code, message }, release) => {
      if (warned.get(release) !== message) say(`${release}: ${code} ${message}`);
      warned.set(release, message);
    },
    changed: (release, report, before) => {
      warned.delete(release);
      say(changeText(release, report, before));
    },
  });
  const server = await serveAnalyser(analyser, options.server);
  say(`verdicts, metrics and health at ${server.url}`);
  if (state === undefined)
    say('without --state a restart counts anew, from what Prometheus still has then');
  await analyser.run(signal);
  await server.close();
  return 'fine';
}

type Say = (line: string) => void;

/** Whoever reads the log may go away; the program goes on. */
const sayer =
  ({ out, now }: Session): Say =>
  (line) =>
    void out.write(`${new Date(now()).toISOString()} ${line}\n`).catch(() => {});

function changeText(
  release: string,
  { verdict, reasons }: AnalysisReport,
  before: string | undefined,
): string {
  const why = reasons.map((reason) => VERDICT_REASONS[reason]).join('; ');
  return `${release}: ${before === undefined ? '' : `${before} → `}${verdict}: ${why}`;
}

/** A plan that has errors changes nothing: the releases of the last good one stay. Rejects where there never was one. */
async function releasesOf(
  { releases, plan: file }: ServeOptions,
  session: Session,
  say: Say,
): Promise<() => Promise<readonly string[]>> {
  if (releases.length > 0) return async () => releases;
  const read = async (): Promise<string[]> => {
    const { plan } = parseOrThrow(await readPlan(file, session), false);
    const running = Object.values(plan.releases).filter(({ state }) => state !== 'completed');
    return running.map(({ name }) => name);
  };
  let last = await read();
  let trouble = '';
  say(`${file}: ${counted(last.length, 'release')}`);
  return async () => {
    try {
      last = await read();
      trouble = '';
    } catch (error) {
      if (!(error instanceof TinctError)) throw error;
      if (trouble !== error.message) say(`${file}: ${error.code} ${error.message}`);
      trouble = error.message;
    }
    return last;
  };
}
