/** What a benchmark is to reach, and whether it did. */
import { table } from './table.ts';

export interface Goal {
  readonly goal: string;
  readonly measured: string;
  readonly met: boolean;
}

export const goalTable = (goals: readonly Goal[]): string =>
  table(
    ['goal', 'measured', 'reached'],
    goals.map(({ goal, measured, met }) => [goal, measured, met ? 'yes' : 'NO']),
  );
