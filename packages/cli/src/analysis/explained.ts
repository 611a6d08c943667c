/** Everything that went into a verdict, as tables. */
import type { AnalysisReport, RatioReport } from '@tinct/core/watching';
import { columns, indented } from '../text/table.ts';
import { counted, measuredText, whole } from '../text/words.ts';
import { durationText, evidenceText, failedText, ratioText } from './words.ts';

/** What is said of something, its value, and what it means. */
type Fact = readonly [string, string, string];

/** Canary beside control, then the evidence, then what it stands on. */
export function explainLines(report: AnalysisReport): string[] {
  const facts = [...comparisonFacts(report), ...evidenceFacts(report), ...groundFacts(report)];
  return [
    '',
    ...indented(columns(ratios(report), ['left', 'right', 'right', 'left'])),
    '',
    ...indented(
      columns(
        facts.map((fact) => [...fact]),
        ['left', 'right', 'left'],
      ),
    ),
  ];
}

function ratios({ settings, custom, latency, ...report }: AnalysisReport): string[][] {
  const row = (name: string, ratio: RatioReport) => [
    name,
    ...ratio.events.map((count) => whole(Math.round(count))),
    ratioText(ratio),
  ];
  return [
    ['', 'canary', 'control', 'ratio (95 %, at all times)'],
    ...(settings.baseline === undefined ? [row('users with an error', report.errorsByUnit)] : []),
    row('failed requests', report.errorsByRequest),
    row('4xx', report.refusals),
    ...custom.map((each) => row(each.unit, each)),
    ...latency.map((each) => row(`slower than ${each.boundary} s`, each)),
  ];
}

function comparisonFacts({ settings, warmUp: cold }: AnalysisReport): Fact[] {
  const facts: Fact[] = [];
  if (settings.baseline !== undefined)
    facts.push(['compared with', settings.baseline, 'a baseline, instead of control']);
  if (settings.warmUp > 0)
    facts.push([
      `failed in the first ${durationText(settings.warmUp)}`,
      failedText(cold.canary),
      `of the canary’s requests, ${failedText(cold.control)} of control’s: no evidence`,
    ]);
  return facts;
}

function evidenceFacts({ settings, history, custom, logWorse, excess }: AnalysisReport): Fact[] {
  const { weights, alpha } = settings;
  const last = history.at(-1)?.metrics;
  const of = (what: string, metric: 'errors' | 'latency' | 'refusals'): Fact => [
    what,
    evidenceText(last?.[metric] ?? 0),
    `weighs ${weights[metric]}`,
  ];
  return [
    of('evidence of worse errors', 'errors'),
    of('of worse latency', 'latency'),
    of('of more 4xx', 'refusals'),
    ...custom.map(
      (each): Fact => [
        `of ${each.worse} ${each.unit}`,
        evidenceText(each.logWorse),
        'weighs its part of 0.2',
      ],
    ),
    ['together', evidenceText(logWorse), `fails at ${whole(Math.round(1 / alpha))}`],
    [
      'evidence of few errors more',
      evidenceText(excess.logBelow),
      `at most ${measuredText(excess.upper)} of requests more, bound ${measuredText(excess.bound)}`,
    ],
  ];
}

/** What the evidence stands on. */
const groundFacts = ({ settings, ...report }: AnalysisReport): Fact[] => [
  [
    'evidence of mismatch',
    evidenceText(report.logMismatch),
    `doubts at ${whole(Math.round(1 / settings.mismatchAlpha))}`,
  ],
  ['design effect of errors', report.design?.toFixed(2) ?? 'unknown', '1 is independent requests'],
  ['requests of a user', report.excess.perUnit.toFixed(1), 'may all fail together'],
  [
    'users of the canary',
    whole(Math.round(report.units.canary)),
    `passes from ${whole(settings.minimumUnits)}`,
  ],
  [
    'replicas',
    whole(report.replicas),
    `scraped every ${report.step.toFixed(0)} s, ${counted(report.restarts, 'restart')}`,
  ],
];
