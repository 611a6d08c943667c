/** `tinct watch --serve`: the analyser as a program, until a signal. */
import { resolve } from 'node:path';
import { type AnalysisReport, type AnalysisSettings, VERDICT_REASONS } from '@tinct/core/watching';
import type { ExitName } from '../../frame/exit.ts';
import type { Session } from '../../frame/session.ts';
import type { PrometheusOptions } from '../prometheus.ts';
import { Analyser } from './analyser.ts';
import { KeptAnalyses } from './kept.ts';
import { type ServerOptions, serveAnalyser } from './server.ts';
import { type Followed, type Say, sourcesOf } from './sources.ts';

export interface ServeOptions {
  readonly followed: Followed;
  readonly settings: AnalysisSettings;
  /** Seconds since the epoch. */
  readonly since: number | undefined;
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
  const { settings, since, prometheus, every, state } = options;
  const say = sayer(session);
  const warned = new Map<string, string>();
  const analyser = new Analyser({
    ...{ settings, since, prometheus, every, now },
    releases: await sourcesOf(options.followed, session, say),
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
