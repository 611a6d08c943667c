/** One scenario, many histories: how often each judge fails or passes it, and when. */
import type { JudgeKind, Word } from './judges.ts';
import type { Scenario } from './scenarios.ts';
import { play } from './world.ts';

export interface Row {
  readonly scenario: string;
  readonly rho: number;
  readonly judge: string;
  readonly trials: number;
  /** Shares of the trials. */
  readonly failed: number;
  readonly passed: number;
  /** Minutes until half of **all** trials had it; `undefined`: fewer than half did. */
  readonly failMedian: number | undefined;
  readonly passMedian: number | undefined;
}

interface Ends {
  readonly kind: JudgeKind;
  readonly fail: number[];
  readonly pass: number[];
}

/** Rivals are dear where the history is long: they see this many of them. */
const RIVALS_SEE = 200;

export function tried(scenario: Scenario, trials: number, seed: number): Row[] {
  const ends = scenario.judges.map((kind): Ends => ({ kind, fail: [], pass: [] }));
  const count = Math.max(1, Math.round(trials * scenario.weight));
  const seenBy = (kind: JudgeKind) =>
    kind.name.startsWith('tinct') ? count : Math.min(count, RIVALS_SEE);
  for (let stream = 0; stream < count; stream += 1)
    history(
      scenario,
      seed,
      stream,
      ends.filter(({ kind }) => stream < seenBy(kind)),
    );
  return ends.map(({ kind, fail, pass }) => rowOf(scenario, kind, seenBy(kind), fail, pass));
}

function history(scenario: Scenario, seed: number, stream: number, ends: readonly Ends[]): void {
  const sitting = ends.map((end) => ({ end, judge: end.kind.begin(), isDone: false }));
  let minute = 0;
  for (const interval of play(scenario.world, seed, stream)) {
    minute += 1;
    for (const seat of sitting) {
      if (seat.isDone) continue;
      const word: Word = seat.judge.look(interval);
      if (word === 'fail') seat.end.fail.push(minute);
      if (word === 'pass' && scenario.until === 'verdict') seat.end.pass.push(minute);
      seat.isDone = word === 'fail' || (word === 'pass' && scenario.until === 'verdict');
    }
    if (sitting.every(({ isDone }) => isDone)) return;
  }
}

function rowOf(
  { name, rho }: Scenario,
  kind: JudgeKind,
  trials: number,
  fail: readonly number[],
  pass: readonly number[],
): Row {
  return {
    scenario: name,
    rho,
    judge: kind.name,
    trials,
    failed: fail.length / trials,
    passed: pass.length / trials,
    failMedian: median(fail, trials),
    passMedian: median(pass, trials),
  };
}

/** Of all trials, where those that are not in the list never end. */
function median(minutes: readonly number[], trials: number): number | undefined {
  return minutes.toSorted((a, b) => a - b)[Math.ceil(trials / 2) - 1];
}
