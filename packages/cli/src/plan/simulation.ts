/** Runs ids through a release, and through an earlier state of it, and counts. Memory does not grow with the ids. */
import {
  type AttributeValue,
  BUCKETS,
  type CompiledRelease,
  type DecisionContext,
  decide,
} from '@tinct/core';
import { type Sorter, sorterOf } from './populations.ts';
import { shares } from './shares.ts';

export interface SimulationOptions {
  readonly unit: string;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  readonly now: number;
}

export interface VariantCount {
  readonly variant: string;
  readonly units: number;
  /** Units that the rules give it, by percentages; with fractions. Absent where there are too many populations. */
  readonly expected: number | undefined;
}

export interface Moves {
  readonly moved: number;
  /** Within each population half the sum of the changes: the least that had to move. */
  readonly minimum: number;
  readonly moves: readonly { readonly from: string; readonly to: string; readonly units: number }[];
}

export interface Simulated {
  readonly release: string;
  readonly unit: string;
  readonly units: number;
  readonly variants: readonly VariantCount[];
  readonly against: Moves | undefined;
}

/** Units for whom the same rules' conditions hold, before and after. */
interface Population {
  /** The sorter's key. */
  readonly key: string;
  /** From → to → units; without an earlier state, from is empty. */
  readonly counts: Map<string, Map<string, number>>;
}

/** More populations than this are counted as one, under a key that none has. */
const MAX_POPULATIONS = 4096;
const REST = 'rest';

export class Simulation {
  readonly #release: CompiledRelease;
  readonly #old: CompiledRelease | undefined;
  readonly #unit: string;
  readonly #sorter: Sorter;
  readonly #oldSorter: Sorter | undefined;
  readonly #populations = new Map<string, Population>();
  readonly #units: Record<string, string> = {};
  readonly #context: DecisionContext;
  #counted = 0;

  constructor(
    release: CompiledRelease,
    old: CompiledRelease | undefined,
    { unit, attributes, now }: SimulationOptions,
  ) {
    this.#release = release;
    this.#old = old;
    this.#unit = unit;
    this.#sorter = sorterOf(release, unit, attributes);
    this.#oldSorter = old && sorterOf(old, unit, attributes);
    this.#context = { units: this.#units, attributes, now };
  }

  add(id: string): void {
    this.#units[this.#unit] = id;
    const to = decide(this.#release, this.#context).variant;
    const from = this.#old === undefined ? '' : decide(this.#old, this.#context).variant;
    const { counts } = this.#populationOf(id);
    const row = counts.get(from) ?? new Map<string, number>();
    if (row.size === 0) counts.set(from, row);
    row.set(to, (row.get(to) ?? 0) + 1);
    this.#counted++;
  }

  #populationOf(id: string): Population {
    const now = this.#sorter.keyOf(id);
    const key = this.#oldSorter === undefined ? now : `${now}/${this.#oldSorter.keyOf(id)}`;
    const known = this.#populations.get(key);
    if (known !== undefined) return known;
    const place = this.#populations.size < MAX_POPULATIONS ? key : REST;
    const population = this.#populations.get(place) ?? { key: now, counts: new Map() };
    this.#populations.set(place, population);
    return population;
  }

  result(): Simulated {
    const populations = [...this.#populations.values()];
    const expected = this.#populations.has(REST) ? undefined : this.#expected(populations);
    const { variants } = this.#release;
    const units = totals(populations.flatMap(({ counts }) => [...counts.values()]));
    return {
      release: this.#release.name,
      unit: this.#unit,
      units: this.#counted,
      variants: [...variants].map((variant) => ({
        variant,
        units: units.get(variant) ?? 0,
        expected: expected && (expected.get(variant) ?? 0),
      })),
      against: this.#old && movesOf(populations),
    };
  }

  #expected(populations: readonly Population[]): Map<string, number> {
    const rows = populations.map(({ key, counts }) => {
      const units = sum(totals([...counts.values()]).values());
      const parts = [...shares(this.#release, this.#sorter.holds(key))];
      return new Map(parts.map(([variant, buckets]) => [variant, (units * buckets) / BUCKETS]));
    });
    return totals(rows);
  }
}

function totals(rows: readonly ReadonlyMap<string, number>[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const row of rows)
    for (const [variant, units] of row) sums.set(variant, (sums.get(variant) ?? 0) + units);
  return sums;
}

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((a, b) => a + b, 0);

function movesOf(populations: readonly Population[]): Moves {
  const moves = new Map<string, { from: string; to: string; units: number }>();
  for (const { counts } of populations)
    for (const [from, row] of counts)
      for (const [to, units] of row) {
        if (from === to) continue;
        const move = moves.get(`${from} ${to}`) ?? { from, to, units: 0 };
        moves.set(`${from} ${to}`, { ...move, units: move.units + units });
      }
  const all = [...moves.values()].toSorted((a, b) => b.units - a.units);
  return {
    moved: sum(all.map(({ units }) => units)),
    minimum: sum(populations.map(minimumOf)),
    moves: all,
  };
}

function minimumOf({ counts }: Population): number {
  const after = totals([...counts.values()]);
  const before = new Map([...counts].map(([from, row]) => [from, sum(row.values())]));
  const variants = new Set([...before.keys(), ...after.keys()]);
  const changes = [...variants].map((v) => Math.abs((after.get(v) ?? 0) - (before.get(v) ?? 0)));
  return sum(changes) / 2;
}
