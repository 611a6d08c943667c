/** Where an analysis reads from: the edges' series or Istio's, with what the plan adds. The same for one question and for a long run. */
import {
  type AnalysisSettings,
  type ArmName,
  againstBaseline,
  analysisStart,
  type MeasuredSeries,
  type Release,
  stepBetween,
  TinctError,
} from '@tinct/core/watching';
import { type Baseline, baselineOf, baselineWarning } from './baseline.ts';
import type { SourceChoice } from './choice.ts';
import { customSeries } from './custom.ts';
import { type MeshVersions, meshSelectorOf, meshSeries } from './istio.ts';
import { type Asked, edgeSeries, edgeStart, firstNeeded, type Reading } from './measure.ts';
import { rawSamples } from './prometheus.ts';

export interface Source {
  /** What follows for the analysis. */
  readonly settings: Partial<AnalysisSettings>;
  /** What is compared, where settings do not say it: evidence of something else is not gone on with. */
  readonly compared?: unknown;
  /** Whether its series say when the analysis began. */
  readonly saysStart: boolean;
  /** Seconds since the epoch. */
  start(asked: Asked, now: number): Promise<number | undefined>;
  read(reading: Reading, asked: Asked): Promise<MeasuredSeries[]>;
}

export const EDGES: Source = {
  settings: {},
  saysStart: true,
  start: edgeStart,
  read: edgeSeries,
};

/** What a release is compared by. Throws a TinctError where that cannot be. */
export function sourceOf(release: Release, choice: SourceChoice): ChosenSource {
  const variant = choice.baseline ?? release.baseline;
  const baseline = variant === undefined ? undefined : baselineOf(release, variant);
  const series = choice.source === 'edge' ? EDGES : meshSource(release, choice.designEffect);
  return {
    source: withBaseline(withMetrics(series, release), baseline),
    warning: baseline && baselineWarning(release, baseline),
  };
}

export interface ChosenSource {
  readonly source: Source;
  /** What is to be said of it, though it can be compared. */
  readonly warning: TinctError | undefined;
}

/** All that there is since the analysis began. `since`: when that was; `undefined`: as the series say. */
export async function readWhole(
  source: Source,
  { now, since }: { readonly now: number; readonly since: number | undefined },
  asked: Asked,
): Promise<MeasuredSeries[]> {
  const start = since ?? (await source.start(asked, now));
  const clockOf = (beside: readonly MeasuredSeries[]) => {
    const began = since ?? analysisStart(beside);
    return began === undefined ? undefined : { start: began, step: stepBetween(beside) };
  };
  return source.read({ from: firstNeeded(start, now), to: now, clockOf }, asked);
}

/** And what the plan says should be compared beside. */
function withMetrics(source: Source, { metrics }: Release): Source {
  if (metrics.length === 0) return source;
  return {
    ...source,
    settings: { ...source.settings, custom: metrics },
    async read(reading, asked) {
      const found = await source.read(reading, asked);
      return [...found, ...(await customSeries(metrics, found, reading, asked))];
    },
  };
}

/** The same series, with the baseline where control was. */
function withBaseline(source: Source, baseline: Baseline | undefined): Source {
  if (baseline === undefined) return source;
  return {
    ...source,
    settings: { ...againstBaseline(baseline.variant), ...source.settings },
    read: (reading, asked) => source.read({ ...reading, baseline }, asked),
  };
}

/** Istio's series: requests of two versions. `design`: so many requests are taken for one. */
function meshSource(release: Release, design: number): Source {
  return {
    settings: { level: 'requests', ways: { units: 0, requests: 1 }, assumedDesign: design },
    compared: release.services.map(({ host, subsets }) => ({ host, subsets })),
    saysStart: false,
    start: async () => undefined,
    async read({ from, to, baseline }, asked) {
      const versions = versionsOf(release, baseline?.variant);
      return meshSeries(await rawSamples(meshSelectorOf(versions), from, to, asked), versions);
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
