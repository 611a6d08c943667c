/** What all workers of an edge have counted, those that died too. */
import { type ErrorReport, mergeErrorReports } from '@tinct/core';
import type { createBrain } from '../brain.ts';
import { Gate } from '../gate.ts';
import { Failures } from '../record/failures.ts';
import { Recorder } from '../record/recorder.ts';
import type { ReleaseShape } from '../record/roster.ts';
import { measuredIn } from '../record/summed.ts';
import type { Engine } from '../run/engine.ts';
import type { Hand } from './hand.ts';
import { Totals } from './totals.ts';
import type { Trade } from './trade.ts';

export class Sums {
  readonly totals = new Totals();
  readonly #trade: Trade;
  readonly #brain: ReturnType<typeof createBrain>;
  readonly #errors = new Map<Hand, ReadonlyMap<string, ErrorReport>>();

  constructor(trade: Trade, brain: ReturnType<typeof createBrain>) {
    this.#trade = trade;
    this.#brain = brain;
  }

  noteErrors(hand: Hand, reports: ReadonlyMap<string, ErrorReport>): void {
    this.#errors.set(hand, reports);
  }

  /** A worker is gone: what it counted stays, what it knew of errors is lost. */
  retire(hand: Hand): void {
    this.totals.retire(hand);
    this.#errors.delete(hand);
  }

  /** The errors that those know who live, by release. */
  get merged(): ReadonlyMap<string, ErrorReport> {
    const all = [...this.#errors.values()].flatMap((reports) => [...reports]);
    const byRelease = Map.groupBy(all, ([release]) => release);
    return new Map(
      [...byRelease].map(([release, found]) => [
        release,
        mergeErrorReports(found.map(([, report]) => report)),
      ]),
    );
  }

  stats(deaths: number): ReturnType<Engine['stats']> {
    const recorder = new Recorder(this.totals);
    recorder.expectShapes(this.#shapes());
    return { ...recorder.stats(), ...this.#beside(deaths) };
  }

  measured(deaths: number): ReturnType<Engine['measured']> {
    return { ...measuredIn(this.totals, this.#shapes()), ...this.#beside(deaths) };
  }

  /** The releases that are counted. */
  #shapes(): readonly ReleaseShape[] {
    const { roster, now } = this.#brain;
    return this.#trade.options.metrics === 'edge' ? [] : roster.shapes(now());
  }

  #beside(deaths: number) {
    const gate = new Gate(this.#trade.settings.limits, undefined, this.totals);
    const told = { ...this.#brain.history.stats(), analyses: this.#brain.roster.analyses() };
    const failures = new Failures(this.totals).stats();
    const own = this.#trade.beside(this.totals);
    return { ...failures, ...gate.stats(), ...told, ...own, deaths };
  }
}
