/** A service with users, minute by minute: who comes, who is in the canary, what fails and how long it takes. */
import { type ArmCounts, type Interval, NO_SLICES } from '@tinct/core';
import { Chance } from './chance.ts';

export const REQUESTS_A_MINUTE = 2000;
/** A user stays ten minutes and makes twenty requests. */
const STAY = 10;
const PER_MINUTE = 2;
const ARRIVALS = REQUESTS_A_MINUTE / PER_MINUTE / STAY;
const SLICES = 32;

export interface World {
  readonly minutes: number;
  /** The share of users in the canary. */
  readonly share: (minute: number) => number;
  /** How often requests fail in stable. */
  readonly base: number;
  /** Times which, in both arms: a bad hour. */
  readonly weather: (minute: number) => number;
  /** Times which in the canary. */
  readonly ratio: number;
  /** Beyond that, the share of requests that fail in the canary. */
  readonly excess: number;
  /** The share of users whose requests always fail in the canary. */
  readonly always: number;
  /** How much the requests of one user go together: the intra-class correlation. */
  readonly rho: number;
  /** Whether the canary is compared with a baseline of its size; stable keeps the rest. */
  readonly baseline?: boolean | undefined;
  /** Durations; without them nothing is timed. */
  readonly latency?: Latency | undefined;
}

export interface Latency {
  readonly boundaries: readonly number[];
  /** Seconds of a request, from a standard normal number. */
  readonly stable: (z: number) => number;
  readonly canary: (z: number) => number;
}

interface User {
  readonly leaves: number;
  readonly bucket: number;
  /** How often its requests fail, in control and in the canary. */
  readonly failing: readonly [control: number, canary: number];
  readonly isHit: boolean;
  readonly slice: number;
  /** What its durations have in common. */
  readonly pace: number;
  readonly seenIn: Set<string>;
  /** The percentage under which it was counted last. */
  seenAt: number;
  isAffected: boolean;
}

interface Mutable {
  requests: number;
  errors: number;
  affected: number;
  timed: number;
  slower: number[];
}

const nothing = (boundaries: number): Mutable => ({
  requests: 0,
  errors: 0,
  affected: 0,
  timed: 0,
  slower: Array.from({ length: boundaries }, () => 0),
});

const zeros = (): number[] => Array.from({ length: SLICES }, () => 0);

const counts = (arm: Mutable): ArmCounts => ({ ...arm, refusals: 0 });

/** Plays the world once; each seed and stream is another history. */
export function* play(world: World, seed: number, stream: number): Generator<Interval> {
  const chance = new Chance(seed, stream);
  let users: User[] = [];
  const none = { canary: 0, control: 0 };
  const roll: Roll = { share: -1, units: { ...none }, assigned: { ...none } };
  for (let minute = 1 - STAY; minute < world.minutes; minute += 1) {
    users = users.filter(({ leaves }) => leaves > minute);
    for (let i = 0; i < ARRIVALS; i += 1) users.push(arrival(world, chance, minute));
    if (minute >= 0) yield minuteOf(world, chance, users, minute, roll);
  }
}

function arrival(world: World, chance: Chance, minute: number): User {
  const { base, ratio, excess, rho, always, latency } = world;
  const failing = chance.beta(base, rho);
  return {
    leaves: minute + STAY,
    bucket: chance.uniform(),
    failing: [failing, (ratio === 1 ? failing : chance.beta(base * ratio, rho)) + excess],
    isHit: always > 0 && chance.uniform() < always,
    slice: Math.floor(chance.uniform() * SLICES),
    pace: latency === undefined ? 0 : chance.normal(),
    seenIn: new Set(),
    seenAt: -1,
    isAffected: false,
  };
}

/** Different units so far: of each arm, and of each arm under the percentage that it is now. */
interface Roll {
  share: number;
  readonly units: { canary: number; control: number };
  assigned: { canary: number; control: number };
}

function enrol(roll: Roll, user: User, isCanary: boolean): void {
  const arm = isCanary ? 'canary' : 'control';
  if (!user.seenIn.has(arm)) roll.units[arm] += 1;
  user.seenIn.add(arm);
  if (user.seenAt === roll.share) return;
  roll.assigned[arm] += 1;
  user.seenAt = roll.share;
}

function minuteOf(
  world: World,
  chance: Chance,
  users: readonly User[],
  minute: number,
  roll: Roll,
): Interval {
  const share = world.share(minute);
  if (share !== roll.share) Object.assign(roll, { share, assigned: { canary: 0, control: 0 } });
  const size = world.latency?.boundaries.length ?? 0;
  const [canary, control, stable] = [nothing(size), nothing(size), nothing(size)];
  const slices = { ...NO_SLICES, requests: zeros(), errors: zeros() };
  for (const user of users) {
    const isCanary = user.bucket < share;
    const isBaseline = world.baseline === true && !isCanary && user.bucket < 2 * share;
    const arm = isCanary ? canary : world.baseline === true && !isBaseline ? stable : control;
    if (arm !== stable) enrol(roll, user, isCanary);
    const failed = requestsOf(world, chance, user, isCanary, minute, arm);
    if (world.latency !== undefined) timesOf(world, chance, user, isCanary, arm);
    if (isCanary || isBaseline) continue;
    slices.requests[user.slice] = (slices.requests[user.slice] ?? 0) + PER_MINUTE;
    slices.errors[user.slice] = (slices.errors[user.slice] ?? 0) + failed;
  }
  const affected = world.baseline === true ? stable.affected : control.affected;
  return {
    at: (minute + 1) * 60,
    strata: [{ canary: counts(canary), control: counts({ ...control, affected }), share }],
    slices,
    units: { ...roll.units },
    assigned: world.baseline === true ? [] : [{ share, ...roll.assigned, design: 1 }],
    lives: 1,
  };
}

function requestsOf(
  { weather }: World,
  chance: Chance,
  user: User,
  isCanary: boolean,
  minute: number,
  arm: Mutable,
): number {
  const rate = user.failing[isCanary ? 1 : 0] * weather(minute);
  let failed = 0;
  for (let i = 0; i < PER_MINUTE; i += 1)
    if ((isCanary && user.isHit) || chance.uniform() < rate) failed += 1;
  arm.requests += PER_MINUTE;
  arm.errors += failed;
  if (failed > 0 && !user.isAffected) {
    arm.affected += 1;
    user.isAffected = true;
  }
  return failed;
}

function timesOf(
  { latency, rho }: World,
  chance: Chance,
  user: User,
  isCanary: boolean,
  arm: Mutable,
): void {
  if (latency === undefined) return;
  const [own, shared] = [Math.sqrt(1 - rho), Math.sqrt(rho)];
  for (let i = 0; i < PER_MINUTE; i += 1) {
    const z = shared * user.pace + own * chance.normal();
    const seconds = isCanary ? latency.canary(z) : latency.stable(z);
    arm.timed += 1;
    latency.boundaries.forEach((boundary, at) => {
      if (seconds > boundary) arm.slower[at] = (arm.slower[at] ?? 0) + 1;
    });
  }
}
