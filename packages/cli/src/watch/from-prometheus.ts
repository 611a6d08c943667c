/** What a Prometheus has: raw samples of the window, as `tinct check` reads them, and its alerts. */
import { isRecord } from '@tinct/core/basics';
import { answerOf, type PrometheusOptions, rawSamples } from '../analysis/prometheus.ts';
import { type Labels, type SeenAlert, selectorFor } from './seen.ts';
import type { Source, SourceOptions } from './source.ts';

export function fromPrometheus(base: URL, options: SourceOptions): Source {
  const { release, windowMs, now } = options;
  const asking: PrometheusOptions = { base, ...options };
  return {
    async look() {
      const at = now() / 1000;
      const [series, alerts] = await Promise.all([
        rawSamples(selectorFor(release), at - windowMs / 1000, at, asking),
        alertsOf(asking),
      ]);
      return { series: series.filter(({ samples }) => samples.length > 0), alerts, silent: [] };
    },
  };
}

async function alertsOf(asking: PrometheusOptions): Promise<SeenAlert[]> {
  const { alerts } = await answerOf('alerts', asking);
  return Array.isArray(alerts) ? alerts.flatMap(alertIn) : [];
}

const textsIn = (value: unknown): Labels =>
  Object.fromEntries(
    Object.entries(isRecord(value) ? value : {}).map(([name, text]) => [name, String(text)]),
  );

function alertIn(value: unknown): SeenAlert[] {
  if (!isRecord(value)) return [];
  const { labels, annotations, state, activeAt } = value;
  return [
    {
      labels: textsIn(labels),
      annotations: textsIn(annotations),
      state: String(state),
      activeAt: String(activeAt),
    },
  ];
}
