/** Where an analysis reads from: the edges' series, or Istio's. */
import {
  type AnalysisSettings,
  type ArmName,
  againstBaseline,
  type MeasuredSeries,
  type Release,
  TinctError,
} from '@tinct/core';
import type { Baseline } from './baseline.ts';
import { customSeries } from './custom.ts';
import { type MeshVersions, meshSelectorOf, meshSeries } from './istio.ts';
import { LEAD, type MeasureOptions, measured, startOf } from './measure.ts';
import { rawSamples } from './prometheus.ts';

export const SOURCES = ['edge', 'istio'] as const;

export interface Source {
  /** What follows for the analysis. */
  readonly settings: Partial<AnalysisSettings>;
  read(options: MeasureOptions): Promise<MeasuredSeries[]>;
}

export const EDGES: Source = { settings: {}, read: measured };

/** And what the plan says should be compared beside. */
export function withMetrics(source: Source, { metrics }: Release): Source {
  if (metrics.length === 0) return source;
  return {
    settings: { ...source.settings, custom: metrics },
    async read(options) {
      const found = await source.read(options);
      const start = options.since ?? (await startOf(options));
      if (start === undefined) return found;
      return [
        ...found,
        ...(await customSeries(metrics, start - LEAD, { ...options, beside: found })),
      ];
    },
  };
}

/** The same series, with the baseline where control was. */
export function withBaseline(source: Source, baseline: Baseline | undefined): Source {
  if (baseline === undefined) return source;
  return {
    settings: { ...againstBaseline(baseline.variant), ...source.settings },
    read: (options) => source.read({ ...options, baseline }),
  };
}

/** Istio's series: requests of two versions. `design`: so many requests are taken for one. */
export function meshSource(release: Release, design: number): Source {
  return {
    settings: { level: 'requests', ways: { units: 0, requests: 1 }, assumedDesign: design },
    async read({ now, since, baseline, ...options }) {
      const versions = versionsOf(release, baseline?.variant);
      if (since === undefined)
        throw new TinctError('TINCT_CLI_ARGUMENTS', '--since is missing', {
          hint: 'Istio’s series do not say when the analysis began: --since 2026-03-01T12:00:00Z',
        });
      return meshSeries(
        await rawSamples(meshSelectorOf(versions), since - LEAD, now, options),
        versions,
      );
    },
  };
}

/** `control`: the variant that is compared, where that is not stable. */
function versionsOf({ name, stable, services }: Release, control = stable): MeshVersions {
  const arms = new Map<string, ArmName>();
  for (const { subsets } of services)
    for (const [variant, labels] of Object.entries(subsets)) {
      const version = labels['version'];
      if (version === undefined || (variant === stable && control !== stable)) continue;
      arms.set(version, variant === control ? 'control' : 'canary');
    }
  const found = new Set(arms.values());
  if (found.has('canary') && found.has('control'))
    return { hosts: services.map(({ host }) => host), arms };
  throw new TinctError('TINCT_CLI_ARGUMENTS', `${name} has no two subsets with a \`version\``, {
    hint: 'Istio’s series tell pods apart by their label `version`: give each subset of the plan one',
  });
}
