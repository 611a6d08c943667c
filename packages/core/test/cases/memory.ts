/** The plan on which the cases of memory are thought, and the entries of its cookies. */
import type { MemoryEntry } from '../../src/decide/types.ts';
import { casesOf, HOUR, IDS, type Json, NOW, plan, release, service, user } from './build.ts';

const HALF = [{ percent: 50, variant: 'v2' }];
const BOTH = [
  {
    split: [
      { variant: 'v2', percent: 5, ranges: [[0, 5000]] },
      { variant: 'v3', percent: 0, ranges: [] },
    ],
  },
];
const MEMORY = { memory: { maxAge: '30d' } };
const CONTINUITY = { memory: { maxAge: '30d', continuity: true } };
const staff = { attribute: 'email', endsWith: '@example.com' };

const releases: Readonly<Record<string, Json>> = {
  off: release(HALF),
  kept: release(HALF, MEMORY),
  since: release(HALF, { ...MEMORY, stickySince: '2025-12-31T23:00:00Z' }),
  short: release(HALF, { memory: { maxAge: '0ms' } }),
  split: release(BOTH, MEMORY),
  epochs: release(HALF, { ...MEMORY, epoch: 2 }),
  rules: release(
    [
      { users: ['bob', IDS.first], variant: 'v1' },
      { when: staff, percent: 0, variant: 'v3' },
      { users: [IDS.last], variant: 'v3' },
      ...HALF,
      { users: [IDS.at50], variant: 'v3' },
    ],
    MEMORY,
  ),
  targeted: release(
    [
      { users: ['alice'], variant: 'v3' },
      { when: staff, variant: 'v3' },
    ],
    MEMORY,
  ),
  two: release(HALF, {
    ...MEMORY,
    services: { ...service('two-a'), ...service('two-b', ['v1', 'v2']) },
  }),
  nobody: release([{ percent: 0, variant: 'v2' }], MEMORY),
  done: release(HALF, { ...MEMORY, state: 'completed', winner: 'v3' }),
  login: release([{ users: ['bob'], variant: 'v1' }, ...HALF], CONTINUITY),
  'no-login': release(HALF, MEMORY),
  tenants: release(HALF, { ...CONTINUITY, unit: 'tenant' }),
};

export const memoryPlan: Json = plan(releases, { attributes: { email: { claim: 'email' } } });

export const on = (name: string) => casesOf('memory', name);
export const ofUser = (key: string, more: Partial<MemoryEntry> = {}): MemoryEntry => ({
  variant: 'v2',
  unit: { type: 'user', key },
  epoch: 1,
  at: NOW - HOUR / 2,
  ...more,
});
export const ofVisitor = (key: string, more: Partial<MemoryEntry> = {}) =>
  ofUser(key, { unit: { type: 'anonymous', key }, ...more });

export const last = user(IDS.last);
export const remembers = (name: string, ...entries: MemoryEntry[]) => ({
  memory: { [name]: entries },
});
/** A user whom every percentage here misses, with these entries. */
export const missedWith = (name: string, ...entries: MemoryEntry[]) => ({
  ...last,
  ...remembers(name, ...entries),
});

export const STICKY = 'v2 STICKY 0';
export const MISSED = 'v1 SPLIT 0 control';
