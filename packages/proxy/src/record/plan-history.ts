/** What became of plans since the program began. */
import type { PlanInForce, PlanStatus } from '@tinct/sdk';
import type { Roster } from './roster.ts';

export interface PlanStats {
  /** How often a plan was refused, or could not be read. */
  readonly planRefusals: number;
  /** Release → when it was seen aborted last, in milliseconds since the epoch. */
  readonly aborts: ReadonlyMap<string, number>;
  /** Of each release of the plan, when its analysis began. */
  readonly analyses: ReturnType<Roster['analyses']>;
}

export class PlanHistory {
  readonly #aborts = new Map<string, number>();
  #aborted: ReadonlySet<string> = new Set();
  #refusals = 0;
  #text: PlanInForce['text'] | undefined;
  #isRefused = false;

  refused(): void {
    this.#refusals += 1;
  }

  /** `now`: milliseconds since the epoch. Returns whether the plan of before is the source's again. */
  noted({ inForce, refused }: PlanStatus, now: number): boolean {
    const aborted = (inForce?.compiled.releases ?? []).filter((release) => release.aborted);
    for (const { name } of aborted) if (!this.#aborted.has(name)) this.#aborts.set(name, now);
    this.#aborted = new Set(aborted.map(({ name }) => name));
    const isMended = this.#isRefused && refused === undefined && this.#text === inForce?.text;
    this.#isRefused = refused !== undefined;
    this.#text = inForce?.text;
    return isMended;
  }

  stats(): Omit<PlanStats, 'analyses'> {
    return { planRefusals: this.#refusals, aborts: new Map(this.#aborts) };
  }
}
