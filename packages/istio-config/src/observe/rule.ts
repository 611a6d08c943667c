/** Prometheus' rules as data, and the pieces that they are written with. Pure. */

/** How the rules look at the world. */
export interface ObserveOptions {
  /** Where runbooks are: a URL or a path, without the slash at its end. */
  readonly runbooks?: string | undefined;
  /** Every window and every wait is this many times shorter: to see alerts come and go while one watches. */
  readonly compress?: number | undefined;
}

export interface ObserveSettings {
  readonly runbooks: string;
  /** Seconds → how PromQL writes them, compressed. */
  readonly window: (seconds: number) => string;
  /** Seconds as a number, compressed. */
  readonly seconds: (seconds: number) => number;
}

export const DEFAULT_RUNBOOKS = 'docs/runbooks';

export const MINUTE = 60;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Nothing shorter is worth asking about. */
const SHORTEST_MS = 1000;

/** The largest unit that says it without a fraction. */
function durationText(ms: number): string {
  const units: readonly (readonly [string, number])[] = [
    ['d', DAY * 1000],
    ['h', HOUR * 1000],
    ['m', MINUTE * 1000],
    ['s', 1000],
    ['ms', 1],
  ];
  const [name, size] = units.find(([, unit]) => ms % unit === 0) ?? ['ms', 1];
  return `${ms / size}${name}`;
}

export function observeSettings({
  runbooks = DEFAULT_RUNBOOKS,
  compress = 1,
}: ObserveOptions): ObserveSettings {
  const window = (seconds: number) =>
    durationText(
      compress === 1
        ? seconds * 1000
        : Math.max(SHORTEST_MS, Math.round((seconds * 1000) / compress)),
    );
  return { runbooks, window, seconds: (seconds) => seconds / compress };
}

export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

export interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface RuleGroup {
  readonly name: string;
  readonly interval: string;
  readonly rules: readonly (RecordingRule | AlertingRule)[];
}

export type Severity = 'critical' | 'warning' | 'info' | 'none';

/** An alert before its name, its runbook and its windows are written out. */
export interface Alert {
  readonly name: string;
  readonly severity: Severity;
  readonly expr: string;
  /** Seconds for which it must hold. */
  readonly forSeconds: number;
  readonly summary: string;
  readonly description: string;
  /** Whether `expr` has a `release` whose owner is to be named. */
  readonly isOfRelease: boolean;
  readonly labels?: Readonly<Record<string, string>>;
}

/** `TinctCanaryErrors` → `tinct-canary-errors`. */
export const runbookName = (alert: string): string =>
  alert.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();

/** Whose release it is, as the record {@link OWNER} says. */
export const OWNER = 'release:tinct_release:owner';

const owned = (expr: string): string =>
  `(\n${expr.trim()}\n)\n* on (release) group_left (owner) ${OWNER}`;

export function alertingRule(alert: Alert, { runbooks, window }: ObserveSettings): AlertingRule {
  const { name, severity, expr, forSeconds, summary, description, isOfRelease, labels } = alert;
  return {
    alert: name,
    expr: `${isOfRelease ? owned(expr) : expr.trim()}\n`,
    ...(forSeconds === 0 ? {} : { for: window(forSeconds) }),
    labels: { severity, ...labels },
    annotations: { summary, description, runbook_url: `${runbooks}/${runbookName(name)}.md` },
  };
}
