/** People, not requests: how many different units a release's versions and arms had, and how alike one's requests are. */
import type { Arm, SketchKind, UnitSketch } from '@tinct/core';
import { estimateDistinct, estimateRanked, noteDistinct, ranksOf, SLICES } from '@tinct/core';
import { hashOf } from './hash.ts';
import { type Ledger, Tally } from './ledger.ts';
import type { ReleaseShape } from './roster.ts';

/** A sketch that takes its space with its first key. */
class Sketch {
  readonly #ledger: Ledger;
  readonly #name: string;
  #registers: Uint8Array | undefined;
  /** Kept once somebody has asked how many there are. */
  #ranks: Uint16Array | undefined;
  /** As long as the registers stay as they are. */
  #size: number | undefined;

  constructor(ledger: Ledger, name: string) {
    this.#ledger = ledger;
    this.#name = name;
  }

  add(hash: number): void {
    this.#registers ??= this.#ledger.registers(this.#name);
    if (noteDistinct(this.#registers, hash, this.#ranks)) this.#size = undefined;
  }

  /** In whole units. */
  get size(): number {
    if (this.#registers === undefined) {
      const { registers } = this;
      return registers === undefined ? 0 : Math.round(estimateDistinct(registers));
    }
    this.#ranks ??= ranksOf(this.#registers);
    this.#size ??= Math.round(estimateRanked(this.#ranks));
    return this.#size;
  }

  /** To be read only; `undefined`: nobody was noted. */
  get registers(): Uint8Array | undefined {
    return this.#registers ?? this.#ledger.read(this.#name);
  }

  forget(): void {
    this.#ledger.forget(this.#name);
  }
}

/** A sketch for each of some names, all of one time: an analysis, a step. */
class Sketches {
  readonly #ledger: Ledger;
  readonly #kind: SketchKind;
  readonly #release: string;
  readonly #all = new Map<string, Sketch>();
  #of: string;

  constructor(ledger: Ledger, kind: SketchKind, release: string, of: string) {
    this.#ledger = ledger;
    this.#kind = kind;
    this.#release = release;
    this.#of = of;
  }

  /** Begins anew where this is another time. */
  begin(of: string): void {
    if (of === this.#of) return;
    for (const sketch of this.#all.values()) sketch.forget();
    this.#all.clear();
    this.#of = of;
  }

  size(name: string): number {
    return this.of(name).size;
  }

  /** Those of these names that have noted anybody. */
  given(names: readonly string[]): UnitSketch[] {
    const of = hashOf(this.#of).toString(16);
    return names.flatMap((name) => {
      const { registers } = this.of(name);
      return registers === undefined ? [] : [{ kind: this.#kind, name, of, registers }];
    });
  }

  of(name: string): Sketch {
    const known = this.#all.get(name);
    if (known !== undefined) return known;
    const made = new Sketch(this.#ledger, `${this.#kind} ${this.#release} ${name} ${this.#of}`);
    this.#all.set(name, made);
    return made;
  }
}

export type ComparedArm = Exclude<Arm, 'other'>;
export const COMPARED_ARMS: readonly ComparedArm[] = ['canary', 'control'];

export interface ArmUnits {
  readonly arm: ComparedArm;
  /** Whom the release's service answered, in the running analysis. */
  readonly units: number;
  /** Of these, who had an error. */
  readonly affected: number;
  /** Who was assigned, since the percentage is what it is. */
  readonly stepUnits: number;
}

export interface UnitStats {
  readonly exposed: readonly {
    readonly variant: string;
    readonly units: number;
    readonly firstTouches: number;
  }[];
  /** None where no percentage is compared. */
  readonly arms: readonly ArmUnits[];
  /** Of control, for each slice its requests and its errors; `undefined` before the first. */
  readonly slices: Float64Array | undefined;
}

/** A request of a unit. */
export interface UnitRequest {
  /** Of the unit, 32 bits. */
  readonly hash: number;
  readonly isReached: boolean;
  readonly isError: boolean;
  /** Whether the unit got its id just now. */
  readonly isNew: boolean;
}

/** Where units of an arm that is compared are noted. */
interface ArmNotes {
  readonly step: Sketch;
  readonly units: Sketch;
  readonly affected: Sketch;
  /** For control only. */
  readonly slice: ((hash: number, isError: boolean) => void) | undefined;
}

/** Where units of one variant and arm are noted: found once, not for each request. */
export class UnitNotes {
  readonly #exposed: Sketch;
  readonly #touch: () => void;
  readonly #arm: ArmNotes | undefined;

  constructor(exposed: Sketch, touch: () => void, arm?: ArmNotes) {
    this.#exposed = exposed;
    this.#touch = touch;
    this.#arm = arm;
  }

  add({ hash, isReached, isError, isNew }: UnitRequest): void {
    if (isNew) this.#touch();
    else this.#exposed.add(hash);
    const arm = this.#arm;
    if (arm === undefined) return;
    arm.step.add(hash);
    if (!isReached) return;
    arm.units.add(hash);
    if (isError) arm.affected.add(hash);
    arm.slice?.(hash, isError);
  }
}

export class UnitCounts {
  readonly #ledger: Ledger;
  readonly #exposed: Sketches;
  readonly #units: Sketches;
  readonly #affected: Sketches;
  readonly #step: Sketches;
  readonly #touches: Tally<string>;
  #slices: Float64Array | undefined;
  #shape: ReleaseShape;

  constructor(shape: ReleaseShape, ledger: Ledger) {
    const { name, analysis, step, variants } = shape;
    this.#ledger = ledger;
    this.#shape = shape;
    this.#exposed = new Sketches(ledger, 'exposed', name, analysis);
    this.#units = new Sketches(ledger, 'units', name, analysis);
    this.#affected = new Sketches(ledger, 'affected', name, analysis);
    this.#step = new Sketches(ledger, 'step', name, step);
    const row = `touches:${name}:${variants.join()}`;
    this.#touches = new Tally(variants, ledger.row(row, variants.length));
  }

  /** Of the same variants. */
  begin(shape: ReleaseShape): void {
    this.#shape = shape;
    for (const sketches of [this.#exposed, this.#units, this.#affected])
      sketches.begin(shape.analysis);
    this.#step.begin(shape.step);
  }

  /** For requests of this variant and arm; until the next {@link begin}. */
  of(variant: string, arm: Arm): UnitNotes | undefined {
    if (!this.#shape.variants.includes(variant)) return undefined;
    const exposed = this.#exposed.of(variant);
    const touch = () => this.#touches.add(variant);
    if (arm === 'other') return new UnitNotes(exposed, touch);
    const [step, units] = [this.#step.of(arm), this.#units.of(arm)];
    const affected = this.#affected.of(arm);
    const slice = arm === 'control' ? this.#slice : undefined;
    return new UnitNotes(exposed, touch, { step, units, affected, slice });
  }

  stats(): UnitStats {
    const { variants, compared } = this.#shape;
    return {
      exposed: variants.map((variant) => ({
        variant,
        units: this.#exposed.size(variant),
        firstTouches: this.#touches.of(variant),
      })),
      arms: compared ? COMPARED_ARMS.map((arm) => this.#arm(arm)) : [],
      slices: this.#slices ?? (this.#shape.compared ? this.#row() : undefined),
    };
  }

  /** What can be merged with other edges'. */
  sketches(): UnitSketch[] {
    const { variants, compared } = this.#shape;
    const arms = compared ? COMPARED_ARMS : [];
    const ofArms = [this.#units, this.#affected, this.#step].flatMap((all) => all.given(arms));
    return [...this.#exposed.given(variants), ...ofArms];
  }

  #arm(arm: ComparedArm): ArmUnits {
    const units = this.#units.size(arm);
    return {
      arm,
      units,
      affected: this.#affected.size(arm),
      stepUnits: this.#step.size(arm),
    };
  }

  #row(): Float64Array {
    return this.#ledger.row(`slices:${this.#shape.name}`, 2 * SLICES);
  }

  readonly #slice = (hash: number, isError: boolean): void => {
    this.#slices ??= this.#row();
    const at = 2 * (hash % SLICES);
    this.#slices[at] = (this.#slices[at] ?? 0) + 1;
    if (isError) this.#slices[at + 1] = (this.#slices[at + 1] ?? 0) + 1;
  };
}
