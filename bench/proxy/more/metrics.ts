/** What counting costs: an edge that counts everything beside one that counts nothing of releases. */
import { grouped } from '../../table.ts';
import { countingUs } from './counting.ts';
import { type Contender, pairs } from './pairs.ts';
import { type Result, type Setting, tinctWith } from './setting.ts';

const GOAL = 1.03;

const counting = (metrics: 'edge' | 'all'): Contender => ({
  name: `metrics: ${metrics}`,
  command: tinctWith({ metrics }),
});

/** The control measures the method: the same beside itself. */
export async function metrics(setting: Setting): Promise<Result> {
  const [edge, all] = [counting('edge'), counting('all')];
  const { found, ...result } = await pairs(setting, [
    [edge, all],
    [all, all],
  ]);
  const mean = found[0]?.ratio.mean ?? Number.NaN;
  return {
    ...result,
    notes: [
      ...result.notes,
      `Counting alone, in this process and off the network: ${grouped(countingUs(), 2)} µs per request.`,
      `Goal: counting takes at most ${GOAL} times, by the mean: ${mean <= GOAL ? 'yes' : 'NO'} (${grouped(mean, 3)}).`,
    ],
  };
}
