/** What a plan's releases will be counted by: the versions and arms that can be, the analysis that runs. Pure. */
import {
  type Arm,
  comparisonRule,
  GRACE_MS,
  type Labels,
  type Plan,
  type Reach,
  type Release,
} from '@tinct/core';

/** A variant in an arm, with the labels of its series. */
export interface Cell {
  readonly variant: string;
  readonly arm: Arm;
  /** `version`: of a series that doesn't tell who answered. */
  readonly labels: Readonly<Record<Reach | 'version', Labels>>;
}

/** A release, as far as counting it goes. */
export interface ReleaseShape {
  readonly name: string;
  readonly variants: readonly string[];
  /** What the plan leads to; others are counted once they come. */
  readonly cells: readonly Cell[];
  /** Variant → what pods of its subsets say they are. */
  readonly versions: ReadonlyMap<string, ReadonlySet<string>>;
  /** Whether a gateway leads to one of its services. */
  readonly exposed: boolean;
  /** The latency objective. */
  readonly slowMs: number | undefined;
  /** Another one with a new version or epoch, not with a new percentage. */
  readonly analysis: string;
  /** Another one with a new percentage too. */
  readonly step: string;
  /** Whether a percentage forms arms. */
  readonly compared: boolean;
}

export function cellOf(release: string, variant: string, arm: Arm): Cell {
  const labelsOf = (reach: Reach) => ({ release, variant, arm, reach, reporter: 'edge' });
  const version = { release, variant, arm };
  const labels = { service: labelsOf('service'), unknown: labelsOf('unknown'), version };
  return { variant, arm, labels };
}

export function variantsOf({ services }: Release): string[] {
  return [...new Set(services.flatMap(({ subsets }) => Object.keys(subsets)))];
}

/** The share of the compared rule that each variant gets, stable ones too; none where no percentage is compared. */
export function nominalShares({ rules, stable }: Release): ReadonlyMap<string, number> {
  const outcome = rules[comparisonRule(rules)]?.outcome;
  if (outcome === undefined || outcome.kind === 'everyone') return new Map();
  const parts = outcome.kind === 'split' ? outcome.parts : [outcome];
  const shares = new Map(parts.map(({ variant, thousandths }) => [variant, thousandths / 1e5]));
  const given = [...shares.values()].reduce((sum, share) => sum + share, 0);
  return shares.set(stable, (shares.get(stable) ?? 0) + 1 - given);
}

/** The share of units that the compared rule takes off stable; `undefined` where there is none. */
export function canaryShare({ rules, stable }: Release): number | undefined {
  const outcome = rules[comparisonRule(rules)]?.outcome;
  if (outcome === undefined || outcome.kind === 'everyone') return undefined;
  const parts = outcome.kind === 'split' ? outcome.parts : [outcome];
  // Thousandths are whole: a sum of shares would be 0.19999999999999996.
  const others = parts.filter(({ variant }) => variant !== stable);
  return others.reduce((sum, { thousandths }) => sum + thousandths, 0) / 1e5;
}

function cellsOf({ name, stable, rules }: Release, variants: readonly string[]): Cell[] {
  const hasArms = comparisonRule(rules) >= 0;
  return variants.flatMap((variant) => {
    const compared = variant === stable ? 'control' : 'canary';
    const arms: Arm[] = hasArms ? [compared, 'other'] : ['other'];
    return arms.map((arm) => cellOf(name, variant, arm));
  });
}

function versionsOf({ services }: Release, variants: readonly string[]) {
  const said = (variant: string) =>
    services.flatMap(({ subsets }) => Object.values(subsets[variant] ?? {}));
  return new Map(variants.map((variant) => [variant, new Set([variant, ...said(variant)])]));
}

export function shapeOf(release: Release): ReleaseShape {
  const { name, epoch, stable, services, slo, rules } = release;
  const variants = variantsOf(release);
  const subsets = services.map((service) => service.subsets);
  const analysis = JSON.stringify([epoch, stable, subsets]);
  return {
    name,
    variants,
    cells: cellsOf(release, variants),
    versions: versionsOf(release, variants),
    exposed: services.some(({ exposed }) => exposed),
    slowMs: slo.latency?.underMs,
    analysis,
    step: `${analysis} ${JSON.stringify([...nominalShares(release)])}`,
    compared: comparisonRule(rules) >= 0,
  };
}

interface Entry {
  readonly shape: ReleaseShape;
  /** Milliseconds since the epoch: when its analysis began. */
  readonly since: number;
  /** When it goes; `undefined` while the plan has it. */
  readonly until: number | undefined;
}

/** The releases of the plan in force, and for a while those that left it. */
export class Roster {
  #entries = new Map<string, Entry>();

  /** `now`: milliseconds since the epoch. */
  expect(plan: Plan, now: number): void {
    const next = new Map<string, Entry>();
    for (const release of Object.values(plan.releases)) {
      const before = this.#entries.get(release.name);
      const shape = shapeOf(release);
      const goesOn = before?.shape.analysis === shape.analysis;
      next.set(release.name, { shape, since: goesOn ? before.since : now, until: undefined });
    }
    for (const [name, entry] of this.#entries)
      if (!next.has(name)) next.set(name, { ...entry, until: entry.until ?? now + GRACE_MS });
    this.#entries = next;
  }

  /** Those that are counted, in the plan's order; what left it too long ago is gone. */
  shapes(now: number): readonly ReleaseShape[] {
    for (const [name, { until }] of this.#entries)
      if (until !== undefined && until <= now) this.#entries.delete(name);
    return [...this.#entries.values()].map(({ shape }) => shape);
  }

  /** When the analysis of each release of the plan began. */
  analyses(): readonly { readonly release: string; readonly since: number }[] {
    return [...this.#entries.values()]
      .filter(({ until }) => until === undefined)
      .map(({ shape, since }) => ({ release: shape.name, since }));
  }
}
