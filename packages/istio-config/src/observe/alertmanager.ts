/** A route and inhibitions for an Alertmanager that is there already: a sample, to be put into its configuration. Pure. */
import type { Plan } from '@tinct/core';
import { renderDocument } from '../documents/render.ts';
import type { ObserveSettings } from './rule.ts';

/** When one of the first stands, the second says nothing new of the same release. */
const INHIBITIONS: readonly (readonly [
  source: string,
  target: string,
  equal: readonly string[],
])[] = [
  [
    'TinctServedMismatch',
    'TinctCanaryErrors|TinctCanarySlow|TinctCanaryWorse|TinctSampleRatioMismatch',
    ['release'],
  ],
  ['TinctCanaryErrors', 'TinctErrorBudgetBurn|TinctCanaryBudgetShare', ['release']],
  ['TinctCanarySlow', 'TinctLatencyBudgetBurn', ['release']],
  ['TinctCanaryErrors', 'TinctCanaryWorse', ['release']],
  ['TinctEdgeMissing', 'TinctNoCanaryTraffic|TinctRevisionsDisagree|TinctComparisonBlind', []],
];

export function alertmanagerSample({ owner }: Plan, { window }: ObserveSettings): string {
  const receiver = owner ?? 'tinct';
  const grouping = {
    group_by: ['alertname', 'release'],
    group_wait: window(10),
    group_interval: window(60),
  };
  const config = {
    route: {
      receiver,
      ...grouping,
      repeat_interval: window(4 * 60 * 60),
      routes: [
        { matchers: ['alertname="TinctWatchdog"'], receiver: 'watchdog', group_wait: '0s' },
        { matchers: ['severity="critical"'], receiver },
      ],
    },
    inhibit_rules: [
      {
        source_matchers: ['severity="critical"'],
        target_matchers: ['severity="warning"'],
        equal: ['alertname', 'release', 'variant'],
      },
      ...INHIBITIONS.map(([source, target, equal]) => ({
        source_matchers: [`alertname="${source}"`],
        target_matchers: [`alertname=~"${target}"`],
        ...(equal.length === 0 ? {} : { equal }),
      })),
    ],
    receivers: [{ name: receiver }, { name: 'watchdog' }],
  };
  return `# A sample: put the routes, inhibitions and receivers into your Alertmanager’s configuration, and say in the receivers how to notify.\n${renderDocument(config)}`;
}
