/**
 * How many different units several edges had together. A unit that two of them saw counts once, so their gauges cannot be
 * summed; their sketches can be merged. Pure.
 */
import { estimateDistinct, mergeDistinct, REGISTERS } from './distinct.ts';

/** Which units: exposed to a variant, answered in an arm, with an error, assigned since the last step. */
export type SketchKind = 'exposed' | 'units' | 'affected' | 'step';

/** A sketch of one edge. */
export interface UnitSketch {
  readonly kind: SketchKind;
  /** A variant where the kind is `exposed`, else an arm. */
  readonly name: string;
  /** Stands for the analysis or the step that it belongs to: sketches of others are not merged with it. */
  readonly of: string;
  /** {@link REGISTERS} bytes. */
  readonly registers: Uint8Array;
}

/** What several edges saw together. */
export interface MergedUnits {
  readonly kind: SketchKind;
  readonly name: string;
  readonly of: string;
  /** In whole units, right to {@link DISTINCT_ERROR}. */
  readonly units: number;
  /** How many edges it is of. */
  readonly edges: number;
}

/** `edges`: the sketches of each. Ones of another size are left out: nobody knows how to read them. */
export function mergeSketches(edges: readonly (readonly UnitSketch[])[]): MergedUnits[] {
  const merged = new Map<string, UnitSketch & { edges: number }>();
  for (const sketch of edges.flat()) {
    const { kind, name, of, registers } = sketch;
    if (registers.length !== REGISTERS) continue;
    const key = JSON.stringify([kind, name, of]);
    const known = merged.get(key) ?? { ...sketch, registers: new Uint8Array(REGISTERS), edges: 0 };
    mergeDistinct(known.registers, registers);
    known.edges += 1;
    merged.set(key, known);
  }
  return [...merged.values()].map(({ kind, name, of, registers, edges: count }) => {
    return { kind, name, of, units: Math.round(estimateDistinct(registers)), edges: count };
  });
}
