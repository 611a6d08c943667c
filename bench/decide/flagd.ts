/**
 * flagd's in-process evaluation: `fractional` over the targeting key; lists by JSON Logic's `in`, large ones
 * as a shared `$evaluators` entry. Rules are compiled, which is its default.
 */
import { FlagdCore } from '@openfeature/flagd-core';
import { type Contestant, PERCENT, type Turn } from './contestant.ts';

const fractional = {
  fractional: [
    ['v2', PERCENT],
    ['v1', 100 - PERCENT],
  ],
};

const flag = (targeting: object) => ({
  state: 'ENABLED',
  variants: { v1: 'v1', v2: 'v2' },
  defaultVariant: 'v1',
  targeting,
});

const listedFirst = (isListed: object) => ({ if: [isListed, 'v2', fractional] });
const isIn = (listed: readonly string[]) => ({ in: [{ var: 'targetingKey' }, listed] });

function turn(users: readonly string[], name: string, configuration: object): Turn {
  const core = new FlagdCore();
  core.setConfigurations(JSON.stringify(configuration));
  const context = { targetingKey: '' };
  return (from, count) => {
    let canary = 0;
    for (let i = from; i < from + count; i++) {
      context.targetingKey = users[i % users.length] as string;
      if (core.resolveStringEvaluation(name, 'v1', context).value === 'v2') canary++;
    }
    return canary;
  };
}

export const flagd: Contestant = {
  name: 'flagd-core',
  percentage: (users) => turn(users, 'shop', { flags: { shop: flag(fractional) } }),
  allowlist: (users, listed) =>
    turn(users, 'shop', { flags: { shop: flag(listedFirst(isIn(listed))) } }),
  cohort: (users, listed) =>
    turn(users, 'shop', {
      flags: { shop: flag(listedFirst({ $ref: 'isBeta' })) },
      $evaluators: { isBeta: isIn(listed) },
    }),
  flags: (users, count) => {
    const flags = Array.from({ length: count }, (_, i) => [`shop-${i}`, flag(fractional)]);
    return turn(users, `shop-${count >> 1}`, { flags: Object.fromEntries(flags) });
  },
};
