/** What counting costs: an edge that counts everything beside one that counts nothing of releases. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { median } from '../../decide/measure.ts';
import { type Interval, intervalOf } from '../../sdk/interval.ts';
import { grouped } from '../../table.ts';
import { atOnce, type Driveable } from '../at-once.ts';
import { Processes } from '../processes.ts';
import { countingUs } from './counting.ts';
import {
  type Origin,
  originOf,
  proxyOf,
  type Result,
  requestsFor,
  type Setting,
  tinctWith,
} from './setting.ts';

const GOAL = 1.03;
/** To each of two. */
const CONNECTIONS = 32;
/** A turn that does not count, in seconds; and how many there are at most, whatever the machine does else. */
const WARM_SECONDS = 2;
const WARM_TURNS = 10;

type Counted = 'edge' | 'all';
/** The control measures the method: the same beside itself. */
const ROWS: readonly (readonly [name: string, one: Counted, other: Counted])[] = [
  ['metrics: all ÷ metrics: edge', 'edge', 'all'],
  ['metrics: all ÷ metrics: all (control)', 'all', 'all'],
];

/** Microseconds of processor time per request. */
type Pair = readonly [one: number, other: number];

/** Starts an edge whose users have been there before. */
async function start(setting: Setting, origin: Origin, counted: Counted): Promise<Driveable> {
  const hop = await proxyOf(setting, counted, origin, tinctWith({ metrics: counted }));
  if (typeof hop === 'string') throw new Error(hop);
  return { ...hop, requests: await requestsFor(hop) };
}

async function warmUp(edges: readonly Driveable[], { warmUp: wanted }: Setting): Promise<void> {
  for (let done = 0, turns = 0; done < wanted && turns < WARM_TURNS; turns++) {
    const warm = await atOnce(edges, { connections: CONNECTIONS, seconds: WARM_SECONDS });
    done += Math.min(...warm.map(({ requests }) => requests));
  }
}

/** Two edges in fresh processes that end with this; `isSwapped`: the other is started first. */
async function pairOf(
  setting: Setting,
  origin: Origin,
  [one, other]: readonly [Counted, Counted],
  isSwapped: boolean,
): Promise<Pair> {
  const processes = new Processes();
  const edges: Driveable[] = [];
  try {
    for (const [i, counted] of (isSwapped ? [other, one] : [one, other]).entries()) {
      const folder = join(setting.folder, `${i}`);
      mkdirSync(folder);
      edges.push(await start({ ...setting, folder, processes }, origin, counted));
    }
    await warmUp(edges, setting);
    const turns = await atOnce(edges, { connections: CONNECTIONS, seconds: setting.seconds });
    const [first = Number.NaN, second = Number.NaN] = turns.map(({ us }) => us);
    return isSwapped ? [second, first] : [first, second];
  } finally {
    await processes.stopAll();
  }
}

async function pairsOf(
  setting: Setting,
  origin: Origin,
  [name, ...who]: (typeof ROWS)[number],
): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (let i = 0; i < setting.rounds; i++) {
    setting.progress(`${name}: pair ${i + 1} of ${setting.rounds}`);
    const folder = join(setting.folder, `${who.join('-')}-${i}`);
    mkdirSync(folder);
    pairs.push(await pairOf({ ...setting, folder }, origin, who, i % 2 === 1));
  }
  return pairs;
}

const cells = ({ mean, low, high }: Interval) => [mean, low, high].map((one) => grouped(one, 3));

export async function metrics(setting: Setting): Promise<Result> {
  const origin = await originOf(setting);
  const rows: (string | number)[][] = [];
  const intervals: Interval[] = [];
  for (const row of ROWS) {
    const pairs = await pairsOf(setting, origin, row);
    const ratio = intervalOf(pairs.map(([one, other]) => other / one));
    const us = [pairs.map(([one]) => one), pairs.map(([, other]) => other)].map(median);
    intervals.push(ratio);
    rows.push([row[0], ...us.map((each) => grouped(each, 1)), ...cells(ratio)]);
  }
  const mean = intervals[0]?.mean ?? Number.NaN;
  return {
    title: `Processor time per request, ${setting.rounds} pairs of fresh processes each (medians, µs), and the ratio with its 95 % interval`,
    head: ['ratio', 'one µs', 'other µs', 'mean', 'from', 'to'],
    rows,
    notes: [
      `Counting alone, in this process and off the network: ${grouped(countingUs(), 2)} µs per request.`,
      `Goal: counting takes at most ${GOAL} times, by the mean: ${mean <= GOAL ? 'yes' : 'NO'} (${grouped(mean, 3)}).`,
    ],
  };
}
