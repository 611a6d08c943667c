/** `tinct check`: is the canary worse than stable? */
import { resolve } from 'node:path';
import { ANALYSIS_DEFAULTS, type AnalysisReport, analyse } from '@tinct/core';
import { baselineOf, baselineWarning } from '../analysis/baseline.ts';
import { analysisOptions, settingsOf } from '../analysis/options.ts';
import { plotOf } from '../analysis/plot.ts';
import { PROMETHEUS_TOKEN } from '../analysis/prometheus.ts';
import { releaseName } from '../analysis/release.ts';
import {
  EDGES,
  meshSource,
  SOURCES,
  type Source,
  withBaseline,
  withMetrics,
} from '../analysis/source.ts';
import { settled } from '../analysis/wait.ts';
import { explainLines, verdictLines } from '../analysis/words.ts';
import { defineCommand } from '../frame/command.ts';
import type { ExitName } from '../frame/exit.ts';
import { judged, troubleText } from '../frame/failure.ts';
import { duration, file, number, oneOf, text, time, url } from '../frame/kinds.ts';
import { flag, optional, required, withDefault } from '../frame/options.ts';
import type { Session } from '../frame/session.ts';
import { tokenOf } from '../io/token.ts';
import { putFile } from '../io/write.ts';
import { loadPlan } from '../plan/load.ts';
import { outputOption, planOf } from '../plan/options.ts';
import { releaseOf } from '../plan/releases.ts';
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
    source: withDefault(oneOf(...SOURCES), 'edge', {
      value: 'SOURCE',
      help: 'Whose series: of Tinct’s edges, or Istio’s (versions instead of arms, requests instead of users: wider; needs --plan and --since).',
    }),
    plan: optional(file, {
      value: 'FILE',
      short: 'p',
      help: 'The plan, for its `analysis`, for --baseline and for --source istio.',
    }),
    baseline: optional(text('the name of a variant'), {
      value: 'VARIANT',
      fallback: 'as the plan says in `analysis.baseline`; else control',
      help: 'Compare with this variant instead of control: stable’s code, as freshly deployed and as large as the canary; needs a plan.',
    }),
    'design-effect': withDefault(number(1, 10_000), String(ANALYSIS_DEFAULTS.assumedDesign), {
      value: 'COUNT',
      help: 'How many requests count as one where nothing is known of users, with --source istio.',
    }),
    wait: optional(duration, {
      value: 'TIME',
      help: 'How long to wait for a verdict; inconclusive after that.',
    }),
    every: withDefault(duration, '30s', { value: 'TIME', help: 'How often to ask while waiting.' }),
    since: optional(time, {
      value: 'TIME',
      fallback: 'as the edges say',
      help: 'When the analysis began.',
    }),
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
      const source = await sourceOf(release, options, session);
      const settings = { ...settingsOf(options), ...source.settings };
      const token = await tokenOf(options['token-file'], PROMETHEUS_TOKEN, session);
      const since = options.since === undefined ? undefined : options.since / 1000;
      const look = async (): Promise<AnalysisReport> => {
        const now = session.now() / 1000;
        const { prometheus: base, timeout: timeoutMs } = options;
        const asked = { base, token, timeoutMs, signal: session.signal, release, now, since };
        return analyse(await source.read(asked), settings, { now, since });
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

interface SourceOptions {
  readonly source: (typeof SOURCES)[number];
  readonly plan: string | undefined;
  readonly 'design-effect': number;
  readonly baseline: string | undefined;
}

/** The edges' series need no plan; it may bring metrics of its own, and a baseline. */
async function sourceOf(
  name: string,
  { source, plan: file, 'design-effect': design, baseline: asked }: SourceOptions,
  session: Session,
): Promise<Source> {
  if (source === 'edge' && file === undefined && asked === undefined) return EDGES;
  const { plan } = await loadPlan(planOf(file), session);
  const release = releaseOf(plan, name);
  const variant = asked ?? release.baseline;
  const baseline = variant === undefined ? undefined : baselineOf(release, variant);
  const warning = baseline && baselineWarning(release, baseline);
  if (warning !== undefined)
    await session.err.write(troubleText(warning, session.err.style, 'warning'));
  const all = withMetrics(source === 'edge' ? EDGES : meshSource(release, design), release);
  return withBaseline(all, baseline);
}
