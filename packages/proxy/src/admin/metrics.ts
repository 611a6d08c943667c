/**
 * What the edge counts, in Prometheus' text format. No path, user, host or header becomes a label: the plan bounds
 * how many series there are.
 */
import type { FlipStats } from '../record/flips.ts';
import type { AdminView } from './view.ts';

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number, suffix?: string];

const escaped = (value: string): string =>
  value.replace(/[\\"\n]/g, (character) => (character === '\n' ? '\\n' : `\\${character}`));

function line(name: string, [labels, value, suffix = '']: Sample): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
  return `${name}${suffix}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}\n`;
}

function metric(name: string, type: string, help: string, samples: readonly Sample[]): string {
  const lines = samples.map((sample) => line(name, sample));
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

const one = (value: number): readonly Sample[] => [[{}, value]];

function traffic({ stats }: AdminView): string[] {
  const {
    versions,
    reasons,
    requests,
    refused,
    inFlight,
    overloaded,
    dropped,
    failures,
    strangers,
  } = stats();
  const byClass = versions.flatMap(({ release, variant, classes }) =>
    Object.entries(classes).map(([name, n]): Sample => [{ release, variant, class: name }, n]),
  );
  const durations = versions.flatMap(({ release, variant, p50, p95 }): Sample[] =>
    p50 === undefined || p95 === undefined
      ? []
      : [
          [{ release, variant, quantile: '0.5' }, p50 / 1000],
          [{ release, variant, quantile: '0.95' }, p95 / 1000],
        ],
  );
  const byReason = Object.entries(reasons).map(([reason, n]): Sample => [{ reason }, n]);
  const unbelieved = Object.entries(failures).map(([failure, n]): Sample => {
    const [source = '', reason = ''] = failure.split('.');
    return [{ source, reason }, n];
  });
  return [
    metric(
      'tinct_requests_total',
      'counter',
      'Requests by release, variant and class of the answer.',
      byClass,
    ),
    metric(
      'tinct_request_duration_seconds',
      'gauge',
      'Time to the end of the response, since the start.',
      durations,
    ),
    metric(
      'tinct_identity_failures_total',
      'counter',
      'What a request said of itself and was not believed, by source and reason.',
      unbelieved,
    ),
    metric('tinct_decisions_total', 'counter', 'Decisions by reason.', byReason),
    metric('tinct_edge_requests_total', 'counter', 'Requests that were forwarded.', one(requests)),
    metric(
      'tinct_edge_refused_total',
      'counter',
      'Requests that the edge refused for what they are.',
      one(refused),
    ),
    metric('tinct_edge_overloaded_total', 'counter', 'Requests beyond the limit.', one(overloaded)),
    metric(
      'tinct_edge_dropped_connections_total',
      'counter',
      'Connections beyond the limit.',
      one(dropped),
    ),
    ...(strangers === undefined
      ? []
      : [
          metric(
            'tinct_ext_authz_strangers_total',
            'counter',
            'Checks that were not a gateway’s.',
            one(strangers),
          ),
        ]),
    metric('tinct_edge_requests_in_flight', 'gauge', 'Requests that run now.', one(inFlight)),
  ];
}

function flips({ stats }: AdminView): string[] {
  const all = stats().flips;
  const by = (pick: (each: FlipStats) => number): Sample[] =>
    all.map((each) => [{ release: each.release }, pick(each)]);
  const changes = all.flatMap(({ release, changes }) =>
    Object.entries(changes).map(([cause, n]): Sample => [{ release, cause }, n]),
  );
  return [
    metric(
      'tinct_version_comparisons_total',
      'counter',
      'Decisions for a unit whose last version is known.',
      by(({ compared }) => compared),
    ),
    metric(
      'tinct_version_flips_total',
      'counter',
      'Of these, other versions than the last that nothing explains.',
      by((each) => each.flips),
    ),
    metric(
      'tinct_version_changes_total',
      'counter',
      'Of these, other versions than the last, by what explains them.',
      changes,
    ),
    metric(
      'tinct_returned_units',
      'gauge',
      'Units of the sample that were seen at least twice.',
      by(({ returned }) => returned),
    ),
    metric(
      'tinct_units_sampled_ratio',
      'gauge',
      'The share of all units that the sample holds.',
      by(({ sampled }) => sampled),
    ),
  ];
}

function plan({ plan, isReady }: AdminView): string[] {
  const { inForce, refused } = plan.status();
  const aborted = (inForce?.compiled.releases ?? []).map((release): Sample => {
    return [{ release: release.name }, release.aborted ? 1 : 0];
  });
  return [
    metric(
      'tinct_plan_revision',
      'gauge',
      'The revision in force; 0 without a plan.',
      one(inForce?.compiled.revision ?? 0),
    ),
    metric(
      'tinct_plan_since_seconds',
      'gauge',
      'When it came into force.',
      one((inForce?.since ?? 0) / 1000),
    ),
    metric(
      'tinct_plan_refused',
      'gauge',
      '1 while what was read last is refused.',
      one(refused === undefined ? 0 : 1),
    ),
    metric('tinct_release_aborted', 'gauge', '1 while everyone gets stable.', aborted),
    metric('tinct_ready', 'gauge', '1 while the edge wants requests.', one(isReady() ? 1 : 0)),
  ];
}

export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export function metricsText(view: AdminView): string {
  return [...traffic(view), ...flips(view), ...plan(view)].join('');
}
