/** `tinct check`: is the canary worse than stable? */
import { resolve } from 'node:path';
import { type AnalysisReport, analyse, TinctError } from '@tinct/core/watching';
import { needsPlan } from '../analysis/choice.ts';
import { explainLines } from '../analysis/explained.ts';
import {
  analysisOptions,
  choiceOf,
  settingsOf,
  sinceOf,
  sourceOptions,
} from '../analysis/options.ts';
import { plotOf } from '../analysis/plot.ts';
import { PROMETHEUS_TOKEN } from '../analysis/prometheus.ts';
import { releaseName } from '../analysis/release.ts';
import { EDGES, readWhole, type Source, sourceOf } from '../analysis/source.ts';
import { settled } from '../analysis/wait.ts';
import { verdictLines } from '../analysis/words.ts';
import { defineCommand } from '../frame/command.ts';
import type { ExitName } from '../frame/exit.ts';
import { judged, troubleText } from '../frame/failure.ts';
import { duration, file, url } from '../frame/kinds.ts';
import { flag, optional, required, type Values, withDefault } from '../frame/options.ts';
import type { Session } from '../frame/session.ts';
import { tokenOf } from '../io/token.ts';
import { putFile } from '../io/write.ts';
import { outputOption, planOf } from '../plan/options.ts';
import { jsonText } from '../text/json.ts';

const EXIT_OF: Readonly<Record<AnalysisReport['verdict'], ExitName>> = {
  pass: 'fine',
  fail: 'findings',
  inconclusive: 'inconclusive',
};

export const checkCommand = defineCommand({
  name: 'check',
  group: 'Watch a release',
  summary: 'Say whether the canary is worse than stable: fail, pass or inconclusive.',
  description: [
    'Compares the canary with control since the analysis began, from the raw samples of the edges’ series in Prometheus: errors by users and by requests, latency and 4xx. It may be asked as often as you like: the chance of a false fail is 5 % over the whole release, not each time.',
    'No data never passes. docs/analysis.md says what is computed.',
    `With --wait it asks until there is a verdict. A token for Prometheus is taken from ${PROMETHEUS_TOKEN} or --token-file, never from an argument.`,
  ],
  arguments: {
    release: required(releaseName, { value: 'RELEASE', help: 'The release.' }),
  },
  options: {
    prometheus: required(url, {
      value: 'URL',
      help: 'Where Prometheus answers: http://prometheus:9090.',
    }),
    plan: optional(file, {
      value: 'FILE',
      short: 'p',
      help: 'The plan, for its `analysis`, for --baseline and for --source istio.',
    }),
    ...sourceOptions,
    wait: optional(duration, {
      value: 'TIME',
      help: 'How long to wait for a verdict; inconclusive after that.',
    }),
    every: withDefault(duration, '30s', { value: 'TIME', help: 'How often to ask while waiting.' }),
    ...analysisOptions,
    plot: optional(file, {
      value: 'FILE',
      help: 'Draw evidence and errors over time into an SVG file.',
    }),
    explain: flag('Show everything that went into it.'),
    'token-file': optional(file, { value: 'FILE', help: 'A file that holds the token.' }),
    timeout: withDefault(duration, '10s', {
      value: 'TIME',
      help: 'How long Prometheus may take to answer.',
    }),
    output: outputOption,
  },
  examples: [
    {
      does: 'How does it look now?',
      line: 'tinct check my-service --prometheus http://prometheus.monitoring:9090',
    },
    {
      does: 'The step of a pipeline: wait for a verdict, with a picture',
      line: 'tinct check my-service --prometheus http://prometheus.monitoring:9090 --wait 1h --plot verdict.svg',
    },
    {
      does: 'Without Tinct’s edge: by what Istio counts',
      line: 'tinct check my-service --prometheus http://prometheus.monitoring:9090 --source istio --plan plan.yaml --since 2026-03-01T12:00:00Z',
    },
  ],
  exits: {
    fine: 'Pass.',
    findings: 'Fail: the canary is worse.',
    usage: 'Wrong usage, or a plan with errors: nobody was asked.',
    inconclusive: 'Inconclusive: nobody can say yet, or Prometheus cannot be asked.',
  },
  run: ({ options, arguments: { release } }, session) =>
    judged(session, async () => {
      const source = await chosenSource(release, options, session);
      const settings = { ...settingsOf(options), ...source.settings };
      const token = await tokenOf(options['token-file'], PROMETHEUS_TOKEN, session);
      const { prometheus: base, timeout: timeoutMs } = options;
      const asked = { base, token, timeoutMs, signal: session.signal, release };
      const look = async (): Promise<AnalysisReport> => {
        const when = { now: session.now() / 1000, since: sinceOf(options) };
        return analyse(await readWhole(source, when, asked), settings, when);
      };
      const { report, trouble } = await settled(look, { settings, session, ...options });
      if (trouble !== undefined) await session.err.write(troubleText(trouble, session.err.style));
      if (options.plot !== undefined)
        await putFile(resolve(session.cwd, options.plot), plotOf(release, report), session.signal);
      const { out } = session;
      await out.write(
        options.output === 'json'
          ? jsonText({ release, ...report })
          : `${[...verdictLines(release, report, out.style), ...(options.explain ? explainLines(report) : [])].join('\n')}\n`,
      );
      return EXIT_OF[report.verdict];
    }),
});

/** The edges' series need no plan; it may bring metrics of its own, and a baseline. Who has none does without the parsers. */
async function chosenSource(
  name: string,
  options: Values<typeof sourceOptions> & { readonly plan: string | undefined },
  session: Session,
): Promise<Source> {
  const choice = choiceOf(options);
  if (options.plan === undefined && !needsPlan(choice)) return EDGES;
  const [{ loadPlan }, { releaseOf }] = await Promise.all([
    import('../plan/load.ts'),
    import('../plan/releases.ts'),
  ]);
  const { plan } = await loadPlan(planOf(options.plan), session);
  const { source, warning } = sourceOf(releaseOf(plan, name), choice);
  if (warning !== undefined)
    await session.err.write(troubleText(warning, session.err.style, 'warning'));
  if (source.saysStart || options.since !== undefined) return source;
  throw new TinctError('TINCT_CLI_ARGUMENTS', '--since is missing', {
    hint: 'Istio’s series do not say when the analysis began: --since 2026-03-01T12:00:00Z',
  });
}
