/** What is simulated, and who judges it. */
import { type AnalysisSettings, againstBaseline } from '@tinct/core';
import { type JudgeKind, RIVALS, tinct } from './judges.ts';
import type { Latency, World } from './world.ts';

export interface Scenario {
  readonly name: string;
  readonly rho: number;
  readonly world: World;
  readonly judges: readonly JudgeKind[];
  /** Whether one sees what a verdict leads to, or counts every false alarm until the end, passed or not. */
  readonly until: 'verdict' | 'end';
  /** By how many the trials are multiplied. */
  readonly weight: number;
}

export const RHOS = [0, 0.05, 0.1, 0.3] as const;

/** An hour of a canary of 5 %, in which nothing is worse. */
export const HOUR: World = {
  minutes: 60,
  share: () => 0.05,
  base: 0.005,
  weather: () => 1,
  ratio: 1,
  excess: 0,
  always: 0,
  rho: 0,
};

/** Nothing but errors is simulated here. They keep their 70 % of alpha, as if the other metrics were there and silent. */
const ERRORS: Partial<AnalysisSettings> = { weights: { errors: 0.7, latency: 0, refusals: 0 } };
/** All of alpha on errors: no more false alarms than this are possible. */
const ALL_ALPHA: Partial<AnalysisSettings> = { weights: { errors: 1, latency: 0, refusals: 0 } };
const LATENCY: Partial<AnalysisSettings> = { weights: { errors: 0, latency: 0.2, refusals: 0 } };

const both = (settings: Partial<AnalysisSettings>): JudgeKind[] => [
  tinct('tinct, tolerance 1.2', { ...settings, tolerance: 1.2 }),
  tinct('tinct, tolerance 1.0', { ...settings, tolerance: 1 }),
];

/** An hour each of 1, 5, 10, 20 and 50 %; thrice the errors in the first half of each hour, in both arms. */
const STEPS = [0.01, 0.05, 0.1, 0.2, 0.5];
const RAMP: Partial<World> = {
  minutes: 300,
  share: (minute) => STEPS[Math.floor(minute / 60)] ?? 0.5,
  weather: (minute) => (minute % 60 < 30 ? 3 : 1),
};

/** Ten per decade from 5 ms to 10 s, as the edge has them. */
export const BOUNDARIES = Array.from({ length: 34 }, (_, i) => 0.005 * 10 ** (i / 10));
const SPREAD = 0.6;
const stable = (z: number): number => 0.1 * Math.exp(SPREAD * z);
const TENTH = 1.2816;

const LATENCIES: Record<string, Latency> = {
  same: { boundaries: BOUNDARIES, stable, canary: stable },
  'p99 + 50 %, as all requests': { boundaries: BOUNDARIES, stable, canary: (z) => 1.5 * stable(z) },
  'p99 + 50 %, slowest tenth only': {
    boundaries: BOUNDARIES,
    stable,
    canary: (z) => (z > TENTH ? 1.5 : 1) * stable(z),
  },
};

const errorsOf = (rho: number): Scenario[] => {
  const scenario = (name: string, world: Partial<World>): Scenario => ({
    name,
    rho,
    world: { ...HOUR, ...world, rho },
    judges: [...both(ERRORS), ...RIVALS],
    until: 'verdict',
    weight: 1,
  });
  return [
    {
      ...scenario('equal, ramped release', RAMP),
      judges: [...both(ALL_ALPHA), ...RIVALS],
      until: 'end',
      weight: 4,
    },
    {
      // As it is by default: the other metrics are there and silent.
      ...scenario('equal, ramped release, 70 % of alpha', RAMP),
      judges: both(ERRORS),
      until: 'end',
      weight: 4,
    },
    scenario('equal', {}),
    ...[2, 3, 5].map((ratio) => scenario(`errors × ${ratio}`, { ratio })),
    ...[0.005, 0.01, 0.02, 0.05].map((always) =>
      scenario(`${100 * always} % of users always fail`, { always }),
    ),
  ];
};

const latencyOf = (rho: number): Scenario[] =>
  Object.entries(LATENCIES).map(([name, latency]) => ({
    name: `latency: ${name}`,
    rho,
    world: { ...HOUR, rho, latency },
    judges: both(LATENCY),
    until: name === 'same' ? 'end' : 'verdict',
    weight: name === 'same' ? 0.5 : 0.25,
  }));

const everythingOf = (rho: number): Scenario[] => [
  {
    name: 'equal, errors and latency',
    rho,
    world: { ...HOUR, rho, latency: LATENCIES['same'] },
    judges: [tinct('tinct, tolerance 1.2', {})],
    until: 'verdict',
    weight: 0.25,
  },
];

/** Services with few errors or none, at 50 %: how soon they pass, and how often one that hurts as many as the bound does. */
const BOUND = 0.001;
const rare = (name: string, world: Partial<World>): Scenario => ({
  name: `rare errors: ${name}`,
  rho: 0,
  world: { ...HOUR, minutes: 240, share: () => 0.5, ...world },
  judges: [tinct('tinct, tolerance 1.2', { ...ERRORS, bound: BOUND })],
  until: 'verdict',
  weight: 0.5,
});
const RARE = [
  rare('none at all', { base: 0 }),
  rare('0.01 %', { base: 0.0001 }),
  rare('0.5 %', {}),
  rare('none, and 0.1 % of requests more', { base: 0, excess: BOUND }),
  rare('none, and 0.1 % of users always', { base: 0, always: BOUND }),
  rare('0.01 %, and 0.1 % of requests more', { base: 0.0001, excess: BOUND }),
  rare('0.01 %, and 0.1 % of users always', { base: 0.0001, always: BOUND }),
];

/** A baseline as large as the canary. A canary at the tolerance shows most false alarms: it is not worse than that. */
const STEPS_BESIDE = [0.01, 0.05, 0.1, 0.2, 0.45];
const besideBaseline = (name: string, rho: number, world: Partial<World>): Scenario => ({
  name: `baseline: ${name}`,
  rho,
  world: { ...HOUR, baseline: true, rho, ...world },
  judges: [tinct('tinct, tolerance 1.2', { ...ALL_ALPHA, ...againstBaseline('baseline') })],
  until: name.startsWith('at the tolerance') ? 'end' : 'verdict',
  weight: name.startsWith('at the tolerance') ? 1 : 0.25,
});
const baselineOf = (rho: number): Scenario[] => [
  besideBaseline('at the tolerance, ramped release', rho, {
    ...RAMP,
    share: (minute) => STEPS_BESIDE[Math.floor(minute / 60)] ?? 0.45,
    ratio: 1.2,
  }),
  ...[1, 2, 3].map((ratio) =>
    besideBaseline(ratio === 1 ? 'equal' : `errors × ${ratio}`, rho, { ratio, minutes: 120 }),
  ),
];

/** What is assumed of durations where no slices say it. */
export const CORRELATIONS = [0, 0.05, 0.2, 0.5] as const;
const assumed = (name: keyof typeof LATENCIES, rho: number): Scenario => ({
  name: `assumed correlation, latency: ${name}`,
  rho,
  world: { ...HOUR, rho, latency: LATENCIES[name] },
  judges: CORRELATIONS.map((assumedCorrelation) =>
    tinct(`tinct, assumed ${assumedCorrelation}`, {
      weights: { errors: 0, latency: 1, refusals: 0 },
      tolerance: 1,
      assumedCorrelation,
    }),
  ),
  until: name === 'same' ? 'end' : 'verdict',
  weight: name === 'same' ? 0.5 : 0.1,
});

export const SCENARIOS: readonly Scenario[] = [
  ...RHOS.flatMap((rho) => [...errorsOf(rho), ...latencyOf(rho), ...everythingOf(rho)]),
  ...RHOS.flatMap(baselineOf),
  ...RARE,
  ...[0.1, 0.3].flatMap((rho) => [
    assumed('same', rho),
    assumed('p99 + 50 %, slowest tenth only', rho),
  ]),
];
