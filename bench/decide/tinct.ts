/** Tinct: compiled plans; a request's context gets the user's id just before the decision. */
import {
  applicable,
  type CompiledPlan,
  compilePlan,
  decide,
  FingerprintBuilder,
  type FingerprintList,
  type IdList,
  listKey,
  parsePlan,
} from '@tinct/core';
import { type Contestant, PERCENT, type Turn } from './contestant.ts';

/** Any digest will do: it is the key of the fingerprints. */
export const DIGEST = '9f2c'.repeat(16);
const LIST = { list: 'beta.txt', sha256: DIGEST };

function compiled(plan: object, lists?: ReadonlyMap<string, IdList>): CompiledPlan {
  const head = {
    apiVersion: 'tinct.dev/v1',
    kind: 'Plan',
    metadata: { name: 'bench', revision: 1 },
  };
  const parsed = parsePlan(JSON.stringify({ ...head, ...plan }));
  if (parsed.plan === undefined) throw new Error(JSON.stringify(parsed.findings));
  return compilePlan(parsed.plan, lists && { lists });
}

const subsets = { v1: { version: 'v1' }, v2: { version: 'v2' } };
const release = (name: string, rules: readonly object[], scope?: object) => ({
  stable: 'v1',
  services: { [name]: { host: name, subsets } },
  rules: [...rules, { percent: PERCENT, variant: 'v2' }],
  ...(scope && { scope }),
});

const newContext = () => ({ units: { user: '' }, now: 0 });

function turn(plan: CompiledPlan, users: readonly string[]): Turn {
  const [first] = plan.releases;
  if (first === undefined) throw new Error('a plan without a release');
  const context = newContext();
  return (from, count) => {
    let canary = 0;
    for (let i = from; i < from + count; i++) {
      context.units.user = users[i % users.length] as string;
      if (decide(first, context).variant === 'v2') canary++;
    }
    return canary;
  };
}

/** A list of ids, built from a source that need not hold them all. */
export function listOf(ids: Iterable<string>): FingerprintList {
  const builder = new FingerprintBuilder(DIGEST);
  for (const id of ids) builder.add(id);
  return builder.build();
}

/** Decisions about a cohort whose list is there already. */
export function cohortTurn(users: readonly string[], list: IdList): Turn {
  const key = listKey({ sha256: DIGEST, format: 'text', column: undefined });
  const rules = [{ cohort: 'beta', variant: 'v2' }];
  const plan = { cohorts: { beta: LIST }, releases: { shop: release('shop', rules) } };
  return turn(compiled(plan, new Map([[key, list]])), users);
}

/** Finds the releases of a request among many by its host and path, then decides each. */
function flags(users: readonly string[], count: number): Turn {
  const names = Array.from({ length: count }, (_, i) => `shop-${i}`);
  const scopeOf = (name: string) => ({ hosts: [`${name}.example`], paths: ['/'] });
  const releases = names.map((name) => [name, release(name, [], scopeOf(name))]);
  const plan = compiled({ releases: Object.fromEntries(releases) });
  const context = newContext();
  const host = `shop-${count >> 1}.example`;
  return (from, count) => {
    let canary = 0;
    for (let i = from; i < from + count; i++) {
      context.units.user = users[i % users.length] as string;
      for (const one of applicable(plan, host, '/cart?from=mail')) {
        if (decide(one, context).variant === 'v2') canary++;
      }
    }
    return canary;
  };
}

export const tinct: Contestant = {
  name: 'tinct',
  percentage: (users) => turn(compiled({ releases: { shop: release('shop', []) } }), users),
  allowlist: (users, listed) => {
    const rules = [{ users: listed, variant: 'v2' }];
    return turn(compiled({ releases: { shop: release('shop', rules) } }), users);
  },
  cohort: (users, listed) => cohortTurn(users, listOf(listed)),
  flags,
};
