/** Two who are set against each other: each pair in fresh processes, at the same time, on one core. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { median } from '../../decide/measure.ts';
import { type Interval, intervalOf } from '../../sdk/interval.ts';
import { grouped } from '../../table.ts';
import { atOnce, type Driveable } from '../at-once.ts';
import type { Place } from '../place.ts';
import { Processes } from '../processes.ts';
import { type Origin, originOf, proxyOf, requestsFor, type Setting } from './setting.ts';

/** To each of two. */
const CONNECTIONS = 32;
/** A turn that does not count, in seconds; and how many there are at most, whatever the machine does else. */
const WARM_SECONDS = 2;
const WARM_TURNS = 10;

export interface Contender {
  readonly name: string;
  /** How it is started; a text says why it can't be here. */
  readonly command: (place: Place) => readonly string[] | string;
}

/** What is set against what. */
export type Against = readonly [one: Contender, other: Contender];

/** Microseconds of processor time per request. */
type Pair = readonly [one: number, other: number];

export interface Compared {
  /** Medians, in microseconds of processor time per request. */
  readonly us: readonly [one: number, other: number];
  /** The other by the one. */
  readonly ratio: Interval;
}

/** Somebody can't be here; the message says who and why. */
class Absent extends Error {}

/** Starts one whose users have been there before. */
async function start(
  setting: Setting,
  origin: Origin,
  { name, command }: Contender,
): Promise<Driveable> {
  const hop = await proxyOf(setting, name, origin, command);
  if (typeof hop === 'string') throw new Absent(`without ${name}: ${hop}`);
  return { ...hop, requests: await requestsFor(hop) };
}

async function warmUp(all: readonly Driveable[], { warmUp: wanted }: Setting): Promise<void> {
  for (let done = 0, turns = 0; done < wanted && turns < WARM_TURNS; turns++) {
    const warm = await atOnce(all, { connections: CONNECTIONS, seconds: WARM_SECONDS });
    done += Math.min(...warm.map(({ requests }) => requests));
  }
}

/** Two in fresh processes that end with this; `isSwapped`: the other is started first. */
async function pairOf(
  setting: Setting,
  origin: Origin,
  [one, other]: Against,
  isSwapped: boolean,
): Promise<Pair> {
  const processes = new Processes();
  const all: Driveable[] = [];
  try {
    for (const [i, contender] of (isSwapped ? [other, one] : [one, other]).entries()) {
      const folder = join(setting.folder, `${i}`);
      mkdirSync(folder);
      all.push(await start({ ...setting, folder, processes }, origin, contender));
    }
    await warmUp(all, setting);
    const turns = await atOnce(all, { connections: CONNECTIONS, seconds: setting.seconds });
    const [first = Number.NaN, second = Number.NaN] = turns.map(({ us }) => us);
    return isSwapped ? [second, first] : [first, second];
  } finally {
    await processes.stopAll();
  }
}

const titleOf = ([one, other]: Against): string =>
  one.name === other.name ? `${other.name} ÷ itself (control)` : `${other.name} ÷ ${one.name}`;

async function compared(
  setting: Setting,
  origin: Origin,
  against: Against,
  row: number,
): Promise<Compared> {
  const pairs: Pair[] = [];
  for (let i = 0; i < setting.rounds; i++) {
    setting.progress(`${titleOf(against)}: pair ${i + 1} of ${setting.rounds}`);
    const folder = join(setting.folder, `${row}-${i}`);
    mkdirSync(folder);
    pairs.push(await pairOf({ ...setting, folder }, origin, against, i % 2 === 1));
  }
  const [one = Number.NaN, other = Number.NaN] = [0, 1].map((side) =>
    median(pairs.map((pair) => pair[side as 0 | 1])),
  );
  return { us: [one, other], ratio: intervalOf(pairs.map(([a, b]) => b / a)) };
}

const tenths = (us: number) => grouped(us, 1);
const cells = ({ mean, low, high }: Interval) => [mean, low, high].map((one) => grouped(one, 3));

async function comparedOrAbsent(...args: Parameters<typeof compared>): Promise<Compared | Absent> {
  try {
    return await compared(...args);
  } catch (error) {
    if (error instanceof Absent) return error;
    throw error;
  }
}

/** A row for each that can be measured, a note for each that can't, and what was found: in the order of what is asked. */
export async function pairs(setting: Setting, all: readonly Against[]) {
  const origin = await originOf(setting);
  const rows: string[][] = [];
  const notes: string[] = [];
  const found: (Compared | undefined)[] = [];
  for (const [i, against] of all.entries()) {
    const one = await comparedOrAbsent(setting, origin, against, i);
    found.push(one instanceof Absent ? undefined : one);
    if (one instanceof Absent) notes.push(one.message);
    else rows.push([titleOf(against), ...one.us.toReversed().map(tenths), ...cells(one.ratio)]);
  }
  const title = `Processor time per request, ${setting.rounds} pairs of fresh processes each (medians, µs), and the ratio with its 95 % interval`;
  return { title, head: ['ratio', 'of µs', 'to µs', 'mean', 'from', 'to'], rows, notes, found };
}
