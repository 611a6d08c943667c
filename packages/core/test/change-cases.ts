/** A plan with everything that changes touch, and what each change is to set in it. */
import type { Change } from '../src/plan/change.ts';
import type { Value } from './layouts.ts';

export type Tree = { [key: string]: Value };

export interface ChangeCase {
  readonly name: string;
  /** The release before the change: keys that differ from {@link release}; `undefined` takes one away. */
  readonly release?: Readonly<Record<string, Value | undefined>>;
  /** The list cohort before the change. */
  readonly cohort?: Readonly<Record<string, Value | undefined>>;
  readonly change: Change;
  /** Path → its new value. What is not there yet is inserted; an index behind the end appends. */
  readonly sets: Readonly<Record<string, Value>>;
}

export const NOW = Date.parse('2026-03-01T12:00:00.250Z');
/** {@link NOW}, rounded up to a whole second. */
export const SINCE = '2026-03-01T12:00:01Z';
const OLD_DIGEST = 'a'.repeat(64);
const NEW_DIGEST = `1e${'5'.repeat(62)}`;

const service = (name: string): Tree => ({
  host: `${name}.shop.svc.cluster.local`,
  subsets: Object.fromEntries(['v1', 'v2', 'v3', 'v4'].map((v) => [v, { version: v }])),
});

const release: Tree = {
  state: 'running',
  epoch: 4,
  stable: 'v1',
  services: { 'my-service': service('my-service') },
  rules: [
    { users: ['123', '007'], variant: 'v2' },
    { cohort: 'beta', variant: 'v2' },
    { cohort: 'staff', percent: 50, variant: 'v2' },
    { percent: 5, variant: 'v2' },
  ],
};

const SPLIT = [
  { cohort: 'beta', variant: 'v2' },
  {
    split: [
      {
        variant: 'v2',
        percent: 3,
        ranges: [
          [0, 2000],
          [5000, 6000],
        ],
      },
      { variant: 'v3', percent: 3, ranges: [[2000, 5000]] },
    ],
  },
];

function without(of: Readonly<Record<string, Value | undefined>>): Tree {
  return Object.fromEntries(
    Object.entries(of).filter((entry): entry is [string, Value] => entry[1] !== undefined),
  );
}

/** The plan before the change of a case. */
export function planBefore(of: ChangeCase): Tree {
  const beta = { list: 'beta.csv', sha256: OLD_DIGEST, column: 'id', ...of.cohort };
  return {
    apiVersion: 'tinct.dev/v1',
    kind: 'Plan',
    metadata: { name: 'shop', revision: 9 },
    cohorts: { beta: without(beta), staff: { users: ['7', '8'] } },
    releases: {
      other: {
        stable: 'v1',
        services: { other: service('other') },
        rules: [{ percent: 5, variant: 'v2' }],
      },
      'my-service': without({ ...release, ...of.release }),
    },
  };
}

const R = 'releases.my-service';
const name = 'my-service';
const MEMORY = { maxAge: '30d' };
const percent = (percent: number, more: object = {}): Change => ({
  kind: 'percent',
  release: name,
  thousandths: Math.round(percent * 1000),
  ...more,
});

/** Each is a change that is made. */
export const CHANGES: readonly ChangeCase[] = [
  { name: 'raise', change: percent(12.5), sets: { [`${R}.rules.3.percent`]: 12.5 } },
  { name: 'lower', change: percent(0.125), sets: { [`${R}.rules.3.percent`]: 0.125 } },
  {
    name: 'raise the share of a rule by its number',
    change: percent(60, { rule: 2 }),
    sets: { [`${R}.rules.2.percent`]: 60 },
  },
  {
    name: 'lower with memory',
    release: { memory: MEMORY, stickySince: '2025-01-01T00:00:00Z' },
    change: percent(1),
    sets: { [`${R}.rules.3.percent`]: 1, [`${R}.stickySince`]: SINCE },
  },
  {
    name: 'lower with memory for the first time',
    release: { memory: MEMORY },
    change: percent(1),
    sets: { [`${R}.rules.3.percent`]: 1, [`${R}.stickySince`]: SINCE },
  },
  {
    name: 'lower and keep the memory',
    release: { memory: MEMORY },
    change: percent(1, { keepMemory: true }),
    sets: { [`${R}.rules.3.percent`]: 1 },
  },
  {
    name: 'raise with memory',
    release: { memory: MEMORY },
    change: percent(6),
    sets: { [`${R}.rules.3.percent`]: 6 },
  },
  {
    name: 'a first percentage',
    release: { rules: [{ users: ['1'], variant: 'v2' }] },
    change: percent(1, { variant: 'v2' }),
    sets: { [`${R}.rules.1`]: { percent: 1, variant: 'v2' } },
  },
  {
    name: 'a first rule of an empty list',
    release: { rules: [] },
    change: percent(1, { variant: 'v3' }),
    sets: { [`${R}.rules.0`]: { percent: 1, variant: 'v3' } },
  },
  {
    name: 'a first rule',
    release: { rules: undefined },
    change: percent(1, { variant: 'v3' }),
    sets: { [`${R}.rules`]: [{ percent: 1, variant: 'v3' }] },
  },
  {
    name: 'a split grows at its end',
    release: { rules: SPLIT },
    change: percent(5, { variant: 'v2' }),
    sets: { [`${R}.rules.1.split.0.percent`]: 5, [`${R}.rules.1.split.0.ranges.1.1`]: 8000 },
  },
  {
    name: 'a split grows by a range',
    release: { rules: SPLIT },
    change: percent(4, { variant: 'v3' }),
    sets: {
      [`${R}.rules.1.split.1.percent`]: 4,
      [`${R}.rules.1.split.1.ranges.1`]: [6000, 7000],
    },
  },
  {
    name: 'a split shrinks within its last range',
    release: { rules: SPLIT },
    change: percent(2.5, { variant: 'v2' }),
    sets: { [`${R}.rules.1.split.0.percent`]: 2.5, [`${R}.rules.1.split.0.ranges.1.1`]: 5500 },
  },
  {
    name: 'a split shrinks by a range',
    release: { rules: SPLIT },
    change: percent(1, { variant: 'v2' }),
    sets: { [`${R}.rules.1.split.0.percent`]: 1, [`${R}.rules.1.split.0.ranges`]: [[0, 1000]] },
  },
  {
    name: 'a split shrinks to nothing',
    release: { rules: SPLIT },
    change: percent(0, { variant: 'v3' }),
    sets: { [`${R}.rules.1.split.1.percent`]: 0, [`${R}.rules.1.split.1.ranges`]: [] },
  },
  {
    name: 'a variant joins a split',
    release: { rules: SPLIT },
    change: percent(1, { variant: 'v4' }),
    sets: { [`${R}.rules.1.split.2`]: { variant: 'v4', percent: 1, ranges: [[6000, 7000]] } },
  },
  { name: 'pause', change: { kind: 'pause', release: name }, sets: { [`${R}.state`]: 'paused' } },
  {
    name: 'pause what says no state',
    release: { state: undefined },
    change: { kind: 'pause', release: name },
    sets: { [`${R}.state`]: 'paused' },
  },
  { name: 'abort', change: { kind: 'abort', release: name }, sets: { [`${R}.state`]: 'aborted' } },
  {
    name: 'abort what says no state',
    release: { state: undefined, epoch: undefined },
    change: { kind: 'abort', release: name },
    sets: { [`${R}.state`]: 'aborted' },
  },
  {
    name: 'resume a paused one',
    release: { state: 'paused' },
    change: { kind: 'resume', release: name },
    sets: { [`${R}.state`]: 'running' },
  },
  {
    name: 'resume an aborted one',
    release: { state: 'aborted' },
    change: { kind: 'resume', release: name },
    sets: { [`${R}.state`]: 'running', [`${R}.epoch`]: 5 },
  },
  {
    name: 'resume an aborted one that says no epoch',
    release: { state: 'aborted', epoch: undefined },
    change: { kind: 'resume', release: name },
    sets: { [`${R}.state`]: 'running', [`${R}.epoch`]: 2 },
  },
  {
    name: 'resume an aborted one that was completed',
    release: { state: 'aborted', winner: 'v2' },
    change: { kind: 'resume', release: name },
    sets: { [`${R}.state`]: 'completed', [`${R}.epoch`]: 5 },
  },
  {
    name: 'complete',
    change: { kind: 'complete', release: name, winner: 'v2' },
    sets: { [`${R}.state`]: 'completed', [`${R}.winner`]: 'v2' },
  },
  {
    name: 'complete what says no state',
    release: { state: undefined },
    change: { kind: 'complete', release: name, winner: 'v2' },
    sets: { [`${R}.state`]: 'completed', [`${R}.winner`]: 'v2' },
  },
  {
    name: 'another winner',
    release: { state: 'completed', winner: 'v3' },
    change: { kind: 'complete', release: name, winner: 'v2' },
    sets: { [`${R}.winner`]: 'v2' },
  },
  {
    name: 'promote',
    release: { state: 'completed', winner: 'v3' },
    change: { kind: 'promote', release: name },
    sets: { [`${R}.stable`]: 'v3' },
  },
  {
    name: 'lock anew',
    change: { kind: 'lock', digests: new Map([['beta', NEW_DIGEST]]) },
    sets: { 'cohorts.beta.sha256': NEW_DIGEST },
  },
  {
    name: 'lock for the first time',
    cohort: { sha256: undefined },
    change: { kind: 'lock', digests: new Map([['beta', NEW_DIGEST]]) },
    sets: { 'cohorts.beta.sha256': NEW_DIGEST },
  },
];

/** The plan with values set, and the revision raised. */
export function planAfter(before: Tree, sets: ChangeCase['sets']): Tree {
  const copy = structuredClone(before);
  for (const [path, value] of Object.entries({ ...sets, 'metadata.revision': 10 })) {
    const steps = path.split('.');
    const last = steps.pop() as string;
    const holder = steps.reduce<Value>((of, step) => (of as Tree)[step] as Value, copy);
    (holder as Tree)[last] = value;
  }
  return copy;
}
