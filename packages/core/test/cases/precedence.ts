/** The plan on which the cases of states, aborts, overrides and carried decisions are thought. */
import type { CarriedDecision, Override } from '../../src/decide/types.ts';
import { casesOf, IDS, type Json, NOW, plan, release, service, user } from './build.ts';

const RULES = [
  { users: ['alice'], variant: 'v2' },
  { percent: 50, variant: 'v2' },
];
const MEMORY = { memory: { maxAge: '30d', continuity: true } };

const releases = {
  running: release(RULES, { epoch: 2, ...MEMORY }),
  paused: release(RULES, { epoch: 2, state: 'paused', ...MEMORY }),
  aborted: release(RULES, { epoch: 2, state: 'aborted', ...MEMORY }),
  completed: release(RULES, { epoch: 2, state: 'completed', winner: 'v2', ...MEMORY }),
  'completed-stable': release(RULES, { epoch: 2, state: 'completed', winner: 'v1' }),
  two: release(RULES, { services: { ...service('two-a'), ...service('two-b', ['v1', 'v2']) } }),
};

export const statesPlan: Json = plan(releases);

export const on = (name: string) => casesOf('states', name);

export const carried = (name: string, more: Partial<CarriedDecision> = {}) => ({
  carried: {
    [name]: {
      variant: 'v2',
      reason: 'SPLIT',
      revision: 11,
      epoch: 2,
      arm: 'canary',
      ...more,
    } as CarriedDecision,
  },
});
export const override = (name: string, more: Partial<Override> = {}) => ({
  overrides: { [name]: { release: name, variant: 'v3', epoch: 2, expires: NOW + 1000, ...more } },
});
export const remembered = (name: string, epoch = 2) => ({
  memory: {
    [name]: [{ variant: 'v2', unit: { type: 'user', key: IDS.last }, epoch, at: NOW - 1000 }],
  },
});

export const first = user(IDS.first);
export const last = user(IDS.last);
export const alice = user('alice');
export const HIT = 'v2 SPLIT 1 canary';
export const MISSED = 'v1 SPLIT 1 control';
