/** What a replica's gauges say at a scrape of it. */
import type { ArmName } from './samples.ts';
import { shareOf } from './strata.ts';
import type { Target } from './target.ts';

export interface Levels {
  /** The canary's share by the plan; `undefined`: not known. */
  readonly share: number | undefined;
  /** Different units of each arm since the analysis began. */
  readonly units: Readonly<Record<ArmName, number>>;
  /** Units assigned to each arm since the share is what it is. */
  readonly assigned: Readonly<Record<ArmName, number>>;
}

export function levelsAt(target: Target, time: number): Levels {
  const of = (what: 'units' | 'assigned', arm: ArmName): number => {
    const series = target.series.find(
      ({ kind }) => kind.of === what && 'arm' in kind && kind.arm === arm,
    );
    return series === undefined ? 0 : (target.value(series, time) ?? 0);
  };
  const both = (what: 'units' | 'assigned') => ({
    canary: of(what, 'canary'),
    control: of(what, 'control'),
  });
  return { share: shareOf(target, time, time), units: both('units'), assigned: both('assigned') };
}
