/** What several edges counted together, from their sketches. Pure. */
import {
  DISTINCT_ERROR,
  mergeSketches,
  type SketchKind,
  type UnitSketch,
} from '@tinct/core/watching';

export interface Together {
  /** How many edges it is of. */
  readonly edges: number;
  /** The standard error of each estimate, as a share of it. */
  readonly error: number;
  /**
   * Users of a kind; `undefined` where edges count different analyses or steps, which nothing can be said of together.
   * `name`: a variant where the kind is `exposed`, else an arm.
   */
  units(kind: SketchKind, name: string): number | undefined;
}

/** `undefined`: there are no sketches, or those of one edge alone, whose gauges say as much. */
export function togetherOf(
  sketches: readonly (readonly UnitSketch[])[] | undefined,
): Together | undefined {
  if (sketches === undefined || sketches.length < 2) return undefined;
  const merged = mergeSketches(sketches);
  return {
    edges: sketches.length,
    error: DISTINCT_ERROR,
    units(kind, name) {
      const [one, ...others] = merged.filter((each) => each.kind === kind && each.name === name);
      // Where no edge has one, nobody was counted.
      return others.length === 0 ? (one?.units ?? 0) : undefined;
    },
  };
}
