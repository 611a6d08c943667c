/** How many people got what: as each edge counts them, and of all edges together where their sketches are there. Pure. */
import { ARMS, type Arm, SERIES } from '@tinct/core/watching';
import type { SeenSeries } from './seen.ts';
import { lastOf, named, newest, share, sum, withLabel } from './series.ts';
import type { Together } from './together.ts';

/** Edges count people for themselves: of several, there are at least and at most so many. */
export interface Count {
  readonly least: number;
  readonly most: number;
  /** What their sketches, merged, say that there are; not there without them. */
  readonly estimate?: number;
}

/** People of an arm since the analysis began. */
export interface PeoplePicture {
  readonly arm: Arm;
  readonly units: Count;
  readonly affected: Count;
}

export interface Exposure {
  /** Of the users whom the percentage decides, what the plan gives the canary. */
  readonly nominal: number | undefined;
  /** What it has, since the percentage is what it is. */
  readonly real: number | undefined;
  /** Users that this is counted on. */
  readonly units: Count;
  /** By variant, whoever decided: named users, cohorts, percentages. */
  readonly variants: readonly { readonly variant: string; readonly units: Count }[];
}

/** With the estimate where there is one. */
const withEstimate = ({ least, most }: Count, estimate: number | undefined): Count =>
  estimate === undefined ? { least, most } : { least, most, estimate };

function countOf(series: readonly SeenSeries[]): Count {
  const counts = series.map((each) => Math.round(lastOf(each)));
  return { least: Math.max(0, ...counts), most: sum(counts) };
}

export function peopleOf(
  series: readonly SeenSeries[],
  together: Together | undefined,
): PeoplePicture[] {
  const units = named(series, SERIES.units.name);
  const affected = named(series, SERIES.affected.name);
  return ARMS.filter((arm) => withLabel(units, 'arm', arm).length > 0).map((arm) => ({
    arm,
    units: withEstimate(countOf(withLabel(units, 'arm', arm)), together?.units('units', arm)),
    affected: withEstimate(
      countOf(withLabel(affected, 'arm', arm)),
      together?.units('affected', arm),
    ),
  }));
}

/** What the edge that has most of them counts. */
function mostOfOne(series: readonly SeenSeries[]): number {
  const by = Map.groupBy(series, ({ labels }) => labels['instance']);
  return Math.round(Math.max(0, ...[...by.values()].map((each) => sum(each.map(lastOf)))));
}

/** Of both arms of the comparison, by the users of each. */
const stepOf = (canary: number | undefined, control: number | undefined) =>
  canary === undefined || control === undefined ? undefined : { canary, all: canary + control };

export function exposureOf(
  series: readonly SeenSeries[],
  together: Together | undefined,
): Exposure {
  const step = named(series, SERIES.stepUnits.name);
  const summed = (arm: Arm) => sum(withLabel(step, 'arm', arm).map(lastOf));
  const most = { canary: summed('canary'), all: summed('canary') + summed('control') };
  const merged = stepOf(together?.units('step', 'canary'), together?.units('step', 'control'));
  const { canary, all } = merged ?? most;
  const exposed = named(series, SERIES.exposed.name);
  const variants = [...new Set(exposed.flatMap(({ labels }) => labels['variant'] ?? []))];
  const nominal = newest(named(series, SERIES.canaryRatio.name));
  return {
    nominal: nominal === undefined ? undefined : lastOf(nominal),
    real: share(canary, all),
    units: withEstimate({ least: mostOfOne(step), most: Math.round(most.all) }, merged?.all),
    variants: variants.toSorted().map((variant) => {
      const count = countOf(withLabel(exposed, 'variant', variant));
      return { variant, units: withEstimate(count, together?.units('exposed', variant)) };
    }),
  };
}
