/** `pnpm bench decide`: what a decision costs, beside the peers and beside what was aimed at. */
import { cpus, loadavg } from 'node:os';
import { type CohortResult, largeCohort } from './cohort.ts';
import type { Contestant, Turn } from './contestant.ts';
import { flagd } from './flagd.ts';
import { goalsOf } from './goals.ts';
import { growthbook } from './growthbook.ts';
import { allocated, retained } from './heap.ts';
import { interleaved, type Rounds, type Timing } from './measure.ts';
import type { MemoryRow, Report, Row } from './results.ts';
import { tinct } from './tinct.ts';
import { unleash } from './unleash.ts';
import { everyTenth, users, visitors } from './users.ts';
import { versions } from './versions.ts';

export interface Options extends Rounds {
  /** Sizes of the cohorts. */
  readonly cohorts: readonly number[];
  /** Decisions per measurement of memory. */
  readonly decisions: number;
  readonly progress: (what: string) => void;
}

/** Peers walk through a list id by id: beyond this they would need minutes per thousand decisions. */
export const MOST_FOR_PEERS = 1_000_000;
export const RELEASES = [1, 10, 1_000] as const;
const CONTESTANTS: readonly Contestant[] = [tinct, unleash, flagd, growthbook];

type Make = (of: Contestant) => Turn | Promise<Turn>;

/** A scenario: how its turns are made, how many decisions show that they work, and what share they give. */
interface Scenario {
  readonly name: string;
  readonly make: Make;
  readonly sample: number;
  readonly least: number;
  readonly most: number;
}

/** Contestants that do other work than they should are not measured. */
async function turnsOf({ name, make, sample, least, most }: Scenario): Promise<Map<string, Turn>> {
  const turns = new Map<string, Turn>();
  for (const one of CONTESTANTS) {
    const turn = await make(one);
    const share = turn(0, sample) / sample;
    if (share < least || share > most)
      throw new Error(`${one.name} gives v2 to ${share * 100} % in "${name}"`);
    turns.set(one.name, turn);
  }
  return turns;
}

/** Scenario → contestant → turn, measured against each other. */
type Group = Map<string, Map<string, Turn>>;

function measured(group: Group, options: Rounds): Row[] {
  const key = (scenario: string, who: string) => `${scenario}: ${who}`;
  const all = [...group].flatMap(([scenario, turns]) =>
    [...turns].map(([who, turn]) => [key(scenario, who), turn] as const),
  );
  const timings = interleaved(new Map(all), options);
  return [...group].flatMap(([scenario, turns]) => {
    const own = [...turns.keys()].map(
      (who) => [who, timings.get(key(scenario, who)) as Timing] as const,
    );
    return toRows(scenario, new Map(own));
  });
}

function toRows(scenario: string, timings: ReadonlyMap<string, Timing>): Row[] {
  const own = timings.get(tinct.name)?.ns ?? Number.NaN;
  return [...timings].map(([contestant, timing]) => ({
    scenario,
    contestant,
    ratio: timing.ns / own,
    ...timing,
  }));
}

async function memoryOf(
  scenario: string,
  turns: ReadonlyMap<string, Turn>,
  decisions: number,
): Promise<MemoryRow[]> {
  const rows: MemoryRow[] = [];
  for (const [contestant, turn] of turns) {
    const kept = retained(turn, decisions);
    rows.push({ scenario, contestant, retained: kept, allocated: await allocated(turn) });
  }
  return rows;
}

/** Five percent, as well as four thousand users show them. */
const SHARE = { sample: 4_000, least: 0.035, most: 0.065 };
/** Every tenth user is listed. */
const LISTED = { sample: 4_000, least: 0.125, most: 0.165 };

/** In groups whose times are compared: how many releases there are must make no difference. */
function scenarios(): Scenario[][] {
  const everyone = users();
  const listed = everyTenth(everyone);
  return [
    [{ name: '5 %', make: (of) => of.percentage(everyone), ...SHARE }],
    [
      {
        name: `allowlist of ${listed.length}, then 5 %`,
        make: (of) => of.allowlist(everyone, listed),
        ...LISTED,
      },
    ],
    RELEASES.map((count) => ({
      name: count === 1 ? '1 release' : `${count} releases, 1 applies`,
      make: (of: Contestant) => of.flags(everyone, count),
      ...SHARE,
    })),
  ];
}

/** Ten decisions must do to show that it works: peers take long. One of the ten is listed. */
function cohortScenario(size: number): Scenario {
  const list = users(size);
  const asking = visitors(Math.min(size, 100_000), size);
  const make: Make = (of) => of.cohort(asking, list);
  return { name: cohortName(size), make, sample: 10, least: 0.1, most: 0.5 };
}

export const cohortName = (size: number) => `cohort of ${size.toLocaleString('en')}, then 5 %`;

/** Measures everything, one scenario after the other. */
export async function decideBench(options: Options): Promise<Report> {
  const { progress, decisions } = options;
  const load = loadavg()[0] ?? 0;
  const rows: Row[] = [];
  const memory: MemoryRow[] = [];
  const small = options.cohorts.filter((size) => size <= MOST_FOR_PEERS);
  for (const group of [...scenarios(), ...small.map((size) => [cohortScenario(size)])]) {
    progress(group.map(({ name }) => name).join(' · '));
    const turns: Group = new Map();
    for (const scenario of group) turns.set(scenario.name, await turnsOf(scenario));
    rows.push(...measured(turns, options));
    for (const [scenario, all] of turns) {
      const cheap = memory.length === 0 ? all : new Map([...all].slice(0, 1));
      memory.push(...(await memoryOf(scenario, cheap, decisions)));
    }
  }
  const results: CohortResult[] = [];
  for (const size of options.cohorts) {
    progress(`list of ${size.toLocaleString('en')} ids`);
    results.push(largeCohort(size, options));
  }
  return withGoals({
    machine: { cpu: cpus()[0]?.model ?? 'unknown', node: process.version, load },
    versions,
    rows: [...rows, ...ownRows(results.filter(({ size }) => size > MOST_FOR_PEERS))],
    memory,
    cohorts: results,
    notes: notesFor(options.cohorts),
  });
}

function ownRows(results: readonly CohortResult[]): Row[] {
  return results.flatMap(({ size, decision }) =>
    toRows(cohortName(size), new Map([[tinct.name, decision]])),
  );
}

function notesFor(sizes: readonly number[]): string[] {
  return sizes
    .filter((size) => size > MOST_FOR_PEERS)
    .map(
      (size) =>
        `${cohortName(size)}: without peers. Each walks through its list id by id, so it would take ${size / MOST_FOR_PEERS} times as long as with 1,000,000, and holds every id as a text.`,
    );
}

function withGoals(report: Omit<Report, 'goals'>): Report {
  return { ...report, goals: goalsOf(report) };
}
