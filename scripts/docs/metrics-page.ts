import { CATALOGUE, type MetricDefinition } from '../../packages/core/src/metrics/index.ts';

const SECTIONS: readonly (readonly [keyof typeof CATALOGUE, title: string])[] = [
  ['versions', 'Requests of each version'],
  ['units', 'People'],
  ['decisions', 'What was decided, and whether it held'],
  ['plan', 'What the plan says, to join on'],
  ['edge', 'The edge itself'],
  ['service', 'What only a service sees'],
  ['analysis', 'The verdict of `tinct watch --serve`'],
];

const code = (text: string): string => `\`${text}\``;

function row({ name, type, unit, labels, help, reporters, cost }: MetricDefinition): string {
  const cells = [
    code(name),
    type,
    unit === '1' ? '' : code(unit),
    labels.map(code).join(', '),
    help,
    reporters.join(', '),
    cost,
  ];
  return `| ${cells.join(' | ')} |`;
}

const table = (metrics: readonly MetricDefinition[]): string =>
  [
    '| name | type | unit | labels | meaning | from | series |',
    '|---|---|---|---|---|---|---|',
    ...metrics.map(row),
  ].join('\n');

/** `docs/metrics.md`: the catalogue, and what its words mean. */
export function metricsPage(): string {
  return [
    '# Metrics',
    '<!-- Made by `pnpm docs:generate` from packages/core/src/metrics/catalogue.ts. -->',
    'One catalogue for the edge, for services and for the analyser. Counters are there from 0 on, for every version that the plan names, in each arm that it leads to. No path, user, host or raw header value is a label: the plan bounds how many series there are. Alerts are made from these by [`tinct observe generate`](observe.md).',
    '## What the words mean',
    [
      '- **`release`, `variant`**: as in the plan. A request may carry several releases, so no series is ever summed over `release`.',
      '- **`arm`**: `canary` and `control` are the units that the same percentage rule decided; everyone else is `other`. Compare only the first two: staff on an allowlist make other mistakes than the crowd.',
      '- **`reach`**: `service` where the release’s own service answered: the request was sent to its URL (`direct`), its route says so (`x-tinct-routed`), or the service does (`x-tinct-served`) and no other release’s service could have. Everything else is `unknown`, such as a page that never asked the service behind it. Errors of a release are those with `reach="service"`.',
      '- **`reporter`**: `edge` or `service`. Both have the same series: take one of them, never the sum.',
      '- **`class`**: `1xx` … `5xx` by status; `abandoned`, the client left before the answer was whole; `unseen`, a gateway asked for the color and sent the request on. A response that broke off is `5xx`. Requests that the edge itself refused are of no release.',
      '- **`cause`** of an error: `status` is 5xx; `upstream` a service that could not be reached, was too slow or broke off; `grpc` one of the six statuses that are the service’s fault. 4xx are no errors: watch their share by `class`.',
      '- **The running analysis** begins with a new version or a new epoch, not with a new percentage. **A step** begins with a new percentage too.',
      '- **Estimates** of different units are HyperLogLog sketches of 4,096 registers: right to 1.6 % (one standard error), nearly exact below some hundred. Workers’ sketches are merged. Gauges of several edges can’t be: the largest is a lower bound, and the sum an upper one; `GET /sketches/RELEASE` of each edge’s admin server has the sketches, and `mergeSketches` of `@tinct/core` merges them, with the same error, as `tinct watch` does with the admin servers’ token.',
      '- A release that leaves the plan is there for five more minutes, so that its last requests are read.',
      '- A scraper that asks for OpenMetrics gets it, and from then on an edge keeps examples: of each bucket of `tinct_request_duration_seconds` the last request of a sampled trace (`traceparent`). Prometheus keeps them with `--enable-feature=exemplar-storage`.',
    ].join('\n'),
    ...SECTIONS.flatMap(([section, title]) => [
      `## ${title}`,
      table(Object.values(CATALOGUE[section])),
    ]),
  ]
    .join('\n\n')
    .concat('\n');
}
