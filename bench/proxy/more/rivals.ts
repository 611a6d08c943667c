/** Tinct against those who do the same full work, each beside it on one core: what the machine does meanwhile hits both alike. */
import { grouped } from '../../table.ts';
import { CONTESTANTS } from '../contestants.ts';
import { type Against, type Contender, pairs } from './pairs.ts';
import type { Result, Setting } from './setting.ts';

const GOAL = 0.5;
const RIVALS = ['@fastify/http-proxy', 'nginx + Lua', 'tinct'] as const;

const contender = (wanted: string): Contender => {
  const found = CONTESTANTS.find(({ name }) => name === wanted);
  if (found === undefined) throw new Error(`${wanted} is unknown`);
  return { name: wanted, command: (place) => found.command(place) };
};

export async function rivals(setting: Setting): Promise<Result> {
  const against = RIVALS.map((name): Against => [contender(name), contender('tinct')]);
  const { found, ...result } = await pairs(setting, against);
  const mean = found[0]?.ratio.mean ?? Number.NaN;
  return {
    ...result,
    notes: [
      ...result.notes,
      `Goal: at most ${grouped(GOAL, 2)} times @fastify/http-proxy, by the mean: ${mean <= GOAL ? 'yes' : 'NO'} (${grouped(mean, 3)}).`,
    ],
  };
}
