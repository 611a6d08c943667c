/** A verdict as people read it: one paragraph with its numbers and its reason. */
import { type AnalysisReport, type RatioReport, VERDICT_REASONS } from '@tinct/core/watching';
import type { Style } from '../frame/printer.ts';
import { wrapped } from '../text/table.ts';
import { counted, measuredText, whole } from '../text/words.ts';

/** 1/alpha and the evidence are shown as they are, not as logs. */
export function evidenceText(log: number): string {
  const value = Math.exp(Math.min(log, 700));
  if (value >= 1e6) return value.toExponential(0).replace('e+', 'e');
  return value >= 10 ? whole(Math.round(value)) : value.toFixed(value < 0.1 ? 3 : 1);
}

export function ratioText({ estimate, interval: [low, high] }: RatioReport): string {
  const bound = (value: number) => (Number.isFinite(value) ? value.toFixed(2) : '∞');
  const middle = estimate === undefined ? 'unknown' : estimate.toFixed(2);
  return `${middle} (${bound(low)} … ${bound(high)})`;
}

export function durationText(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) return counted(Math.round(seconds), 'second');
  if (minutes < 120) return counted(minutes, 'minute');
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const PAINT = { pass: 'green', fail: 'red', inconclusive: 'yellow' } as const;

/** The paragraph, under a line with the verdict. */
export function verdictLines(release: string, report: AnalysisReport, style: Style): string[] {
  const head = `${style.bold(release)}: ${style[PAINT[report.verdict]](report.verdict)}`;
  return [head, '', ...wrapped(sentences(report).join(' '), 100).map((line) => `  ${line}`)];
}

function sentences(report: AnalysisReport): string[] {
  const { verdict, reasons } = report;
  const told = reasons.map((reason) => VERDICT_REASONS[reason]);
  const why = `${verdict === 'fail' ? 'The canary is worse' : verdict === 'pass' ? 'The canary is not worse' : 'Nobody can say yet'}: ${told.join('; ')}.`;
  const { baseline } = report.settings;
  const who =
    baseline === undefined
      ? []
      : [`Control is \`${baseline}\`, a baseline: stable’s code, deployed beside the canary.`];
  if (report.start === undefined || report.at === undefined) return [why, ...who];
  return [
    why,
    ...who,
    ...armSentences(report),
    ...evidenceSentences(report),
    ...doubtSentences(report),
  ];
}

function armSentences(report: AnalysisReport): string[] {
  const { canary, control } = report.arms;
  const byRequests = `Errors are ${ratioText(report.errorsByRequest)} times control’s by requests`;
  if (canary.requests + control.requests === 0) return [];
  return [
    `In ${durationText((report.at ?? 0) - (report.start ?? 0))}, ${failedText(canary)} of the canary’s ${whole(canary.requests)} requests failed, and ${failedText(control)} of control’s ${whole(control.requests)}.`,
    report.settings.level === 'requests'
      ? `${byRequests}. These are Istio’s counts of two versions: everyone is in them, named users and staff too, and nothing is known of users, so ${report.settings.assumedDesign} requests are taken for one, which is a guess.`
      : report.settings.baseline === undefined
        ? `${byRequests}, and ${ratioText(report.errorsByUnit)} times by users that had one.`
        : `${byRequests}; users that had one are not counted by variant.`,
    ...report.custom.map(
      (each) =>
        `${each.unit} (${each.name}) are ${ratioText(each)} times control’s, and ${each.worse} are worse.`,
    ),
  ];
}

function evidenceSentences({
  logWorse,
  settings,
  logNotWorse,
  excess,
  failedAt,
  start,
}: AnalysisReport): string[] {
  const threshold = whole(Math.round(1 / settings.alpha));
  if (failedAt !== undefined)
    return [
      `The evidence against “at most ${settings.tolerance} times” passed ${threshold} after ${durationText(failedAt - (start ?? 0))}, and is ${evidenceText(logWorse)} now.`,
    ];
  return [
    `The evidence that it is worse than ${settings.tolerance} times is ${evidenceText(logWorse)} of ${threshold}; that it is below ${settings.margin} times, or exceeds control’s errors by less than ${measuredText(excess.bound)} of requests, ${evidenceText(logNotWorse.errors)} for errors and ${evidenceText(logNotWorse.latency)} for latency, of ${threshold}.`,
  ];
}

function doubtSentences({ restarts, lost, watched, warmUp, settings }: AnalysisReport): string[] {
  const { canary } = warmUp;
  return [
    ...(restarts > 0 ? [`${counted(restarts, 'restart')} of replicas in between.`] : []),
    ...(lost > 0 ? [`${measuredText(lost / watched)} of the time could not be used.`] : []),
    ...(settings.warmUp > 0 && canary.requests > 0
      ? [
          `The first ${durationText(settings.warmUp)} are no evidence: ${measuredText(canary.errors / canary.requests)} of the canary’s requests failed in them.`,
        ]
      : []),
  ];
}

/** The share of an arm's requests that failed. */
export const failedText = ({ errors, requests }: AnalysisReport['warmUp']['canary']): string =>
  requests === 0 ? 'none' : measuredText(errors / requests);
