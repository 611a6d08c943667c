/** What is computed once for alerts and dashboards: rates, shares and quantiles per release. Pure. */
import { SERIES } from '@tinct/core';
import {
  DAY,
  HOUR,
  MINUTE,
  type ObserveSettings,
  OWNER,
  type RecordingRule,
  type RuleGroup,
} from './rule.ts';

/** What the edge saw of the release's own service. */
export const ANSWERED = 'reach="service",reporter="edge"';
/** Without what nobody saw the end of. */
const ENDED = `${ANSWERED},class!~"abandoned|unseen"`;

/** The window of comparisons, in seconds. */
export const COMPARED = 5 * MINUTE;
const QUANTILES = [0.5, 0.95, 0.99];

/** Windows of the error budget, by their names. */
export const BUDGET_WINDOWS: Readonly<Record<string, number>> = {
  '5m': 5 * MINUTE,
  '30m': 30 * MINUTE,
  '1h': HOUR,
  '2h': 2 * HOUR,
  '6h': 6 * HOUR,
  '1d': DAY,
  '3d': 3 * DAY,
};

const { requests, errors, slow, duration, releaseInfo } = SERIES;

/** Per arm: what is compared. Variants other than stable form one canary. */
function comparison(window: string): RecordingRule[] {
  const rate = (selector: string) => `sum by (release, arm) (rate(${selector}[${window}]))`;
  const quantile = (q: number): RecordingRule => ({
    record: `release_arm:${duration.name}:p${q * 100}`,
    expr: `histogram_quantile(${q}, sum by (release, arm, le) (rate(${duration.name}_bucket{${ANSWERED}}[${window}])))`,
  });
  return [
    { record: 'release_arm:tinct_requests:rate', expr: rate(`${requests.name}{${ENDED}}`) },
    { record: 'release_arm:tinct_errors:rate', expr: rate(`${errors.name}{${ANSWERED}}`) },
    {
      record: 'release_arm:tinct_errors:ratio',
      expr: 'release_arm:tinct_errors:rate / (release_arm:tinct_requests:rate > 0)',
    },
    {
      record: 'release_arm:tinct_errors:increase',
      expr: `sum by (release, arm) (increase(${errors.name}{${ANSWERED}}[${window}]))`,
    },
    {
      record: 'release_arm:tinct_requests:increase',
      expr: `sum by (release, arm) (increase(${requests.name}{${ENDED}}[${window}]))`,
    },
    ...QUANTILES.map(quantile),
  ];
}

/** Per variant, whatever the arm: what users of the version get. */
function versions(window: string): RecordingRule[] {
  const rate = (selector: string) => `sum by (release, variant) (rate(${selector}[${window}]))`;
  const quantile = (q: number): RecordingRule => ({
    record: `release_variant:${duration.name}:p${q * 100}`,
    expr: `histogram_quantile(${q}, sum by (release, variant, le) (rate(${duration.name}_bucket{${ANSWERED}}[${window}])))`,
  });
  return [
    { record: 'release_variant:tinct_requests:rate', expr: rate(`${requests.name}{${ENDED}}`) },
    { record: 'release_variant:tinct_errors:rate', expr: rate(`${errors.name}{${ANSWERED}}`) },
    {
      record: 'release_variant:tinct_client_errors:ratio',
      expr: `${rate(`${requests.name}{${ANSWERED},class="4xx"}`)} / (release_variant:tinct_requests:rate > 0)`,
    },
    ...QUANTILES.map(quantile),
  ];
}

/** The share of a variant's requests that were no good, over one window. */
function budget(name: string, window: string): RecordingRule[] {
  const rate = (selector: string) => `sum by (release, variant) (rate(${selector}[${window}]))`;
  return [
    {
      record: `release_variant:tinct_errors:ratio_rate${name}`,
      expr: `${rate(`${errors.name}{${ANSWERED}}`)} / (${rate(`${requests.name}{${ENDED}}`)} > 0)`,
    },
    {
      record: `release_variant:tinct_slow:ratio_rate${name}`,
      expr: `${rate(`${slow.name}{${ANSWERED}}`)} / (${rate(`${duration.name}_count{${ANSWERED}}`)} > 0)`,
    },
  ];
}

const owner: RecordingRule = {
  record: OWNER,
  expr: `topk by (release) (1, max by (release, owner) (${releaseInfo.name}))`,
};

export function recordingGroups({ window }: ObserveSettings): RuleGroup[] {
  const budgets = Object.entries(BUDGET_WINDOWS).flatMap(([name, seconds]) =>
    budget(name, window(seconds)),
  );
  const compared = window(COMPARED);
  return [
    {
      name: 'tinct.releases',
      interval: window(30),
      rules: [owner, ...comparison(compared), ...versions(compared)],
    },
    { name: 'tinct.budgets', interval: window(30), rules: budgets },
  ];
}
