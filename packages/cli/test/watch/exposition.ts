/** A small edge in numbers: what its /metrics says after so many rounds. */

export interface Round {
  /** How often the canary's requests fail, of a hundred. */
  readonly failing?: number;
  readonly revision?: number;
  readonly flips?: number;
  readonly mismatches?: number;
  readonly state?: string;
  readonly unknown?: number;
  /** What an analyser says. */
  readonly verdict?: string;
}

const OWN = 'release="my-service"';

function arm(name: string, variant: string, requests: number, errors: number): string[] {
  const own = `${OWN},variant="${variant}",arm="${name}",reach="service",reporter="edge"`;
  const within = (share: number) => Math.round(requests * share);
  return [
    `tinct_requests_total{${own},class="2xx"} ${requests - errors - within(0.02)}`,
    `tinct_requests_total{${own},class="4xx"} ${within(0.02)}`,
    `tinct_requests_total{${own},class="5xx"} ${errors}`,
    `tinct_requests_total{${own},class="abandoned"} ${within(0.5)}`,
    `tinct_errors_total{${own},cause="status"} ${errors}`,
    `tinct_request_duration_seconds_bucket{${own},le="0.02"} ${within(0.5)}`,
    `tinct_request_duration_seconds_bucket{${own},le="0.1"} ${within(0.95)}`,
    `tinct_request_duration_seconds_bucket{${own},le="2"} ${within(1)}`,
    `tinct_request_duration_seconds_bucket{${own},le="+Inf"} ${requests}`,
  ];
}

const analyser = (verdict: string): string[] => [
  ...['pass', 'fail', 'inconclusive'].map(
    (each) => `tinct_analysis_verdict{${OWN},verdict="${each}"} ${each === verdict ? 1 : 0}`,
  ),
  `tinct_analysis_evalue_log{${OWN},metric="all"} 7.5`,
  `tinct_analysis_convicted{${OWN},metric="errors"} ${verdict === 'fail' ? 1 : 0}`,
  `tinct_analysis_convicted{${OWN},metric="latency"} 0`,
];

/** `rounds`: each is 1,000 requests of control, 50 of the canary and 4 of named users. */
export function exposition(rounds: number, round: Round = {}): string {
  const { failing = 0, revision = 12, flips = 0, mismatches = 0 } = round;
  const { state = 'running', unknown = 0, verdict } = round;
  const people = (name: string, units: number, affected: number) => [
    `tinct_units{${OWN},arm="${name}"} ${units}`,
    `tinct_step_units{${OWN},arm="${name}"} ${units}`,
    `tinct_affected_units_total{${OWN},arm="${name}"} ${affected}`,
  ];
  const lines = [
    '# HELP tinct_requests_total Requests.\n# TYPE tinct_requests_total counter',
    ...arm('canary', 'v2', 50 * rounds, Math.round(0.5 * rounds * failing)),
    ...arm('control', 'v1', 1000 * rounds, 5 * rounds),
    ...arm('other', 'v2', 4 * rounds, 0),
    `tinct_requests_total{${OWN},variant="v2",arm="canary",reach="unknown",reporter="edge",class="2xx"} ${unknown * rounds}`,
    ...people('canary', 51, failing),
    ...people('control', 949, 20),
    `tinct_exposed_units{${OWN},variant="v1"} 949`,
    `tinct_exposed_units{${OWN},variant="v2"} 55`,
    `tinct_assignments_total{${OWN},variant="v1",served="match"} ${1000 * rounds}`,
    `tinct_assignments_total{${OWN},variant="v2",served="mismatch"} ${mismatches * rounds}`,
    `tinct_version_comparisons_total{${OWN}} ${900 * rounds}`,
    `tinct_version_flips_total{${OWN}} ${flips * rounds}`,
    `tinct_canary_nominal_ratio{${OWN}} 0.05`,
    `tinct_release_info{${OWN},plan="shop",owner="team-shop",stable="v1",state="${state}"} 1`,
    `tinct_analysis_start_timestamp_seconds{${OWN}} 1772366000`,
    `tinct_release_aborted{${OWN}} ${state === 'aborted' ? 1 : 0}`,
    `tinct_plan_revision ${revision}`,
    ...(verdict === undefined ? [] : analyser(verdict)),
    'tinct_plan_refused 0',
    'tinct_ready 1',
  ];
  return `${lines.join('\n')}\n`;
}
