/**
 * GrowthBook's SDK for servers: one client for all users; a force rule with `coverage` over the id; lists by
 * `$in`, large ones as a saved group.
 */
import { type FeatureApiResponse, GrowthBookClient } from '@growthbook/growthbook';
import { type Contestant, PERCENT, type Turn } from './contestant.ts';

type Features = NonNullable<FeatureApiResponse['features']>;
type Feature = Features[string];
type Rule = NonNullable<Feature['rules']>[number];

const share: Rule = { force: true, coverage: PERCENT / 100, hashAttribute: 'id', hashVersion: 2 };
const feature = (name: string, rules: Rule[]): Feature => ({
  defaultValue: false,
  rules: [...rules, { ...share, seed: name }],
});

function turn(
  users: readonly string[],
  name: string,
  features: Features,
  savedGroups?: Record<string, string[]>,
): Turn {
  const client = new GrowthBookClient();
  client.initSync({ payload: { features, ...(savedGroups && { savedGroups }) } });
  const context = { attributes: { id: '' } };
  return (from, count) => {
    let canary = 0;
    for (let i = from; i < from + count; i++) {
      context.attributes.id = users[i % users.length] as string;
      if (client.isOn(name, context)) canary++;
    }
    return canary;
  };
}

export const growthbook: Contestant = {
  name: 'growthbook',
  percentage: (users) => turn(users, 'shop', { shop: feature('shop', []) }),
  allowlist: (users, listed) => {
    const rule = { condition: { id: { $in: [...listed] } }, force: true };
    return turn(users, 'shop', { shop: feature('shop', [rule]) });
  },
  cohort: (users, listed) => {
    const rule = { condition: { id: { $inGroup: 'beta' } }, force: true };
    return turn(users, 'shop', { shop: feature('shop', [rule]) }, { beta: [...listed] });
  },
  flags: (users, count) => {
    const names = Array.from({ length: count }, (_, i) => `shop-${i}`);
    const features = Object.fromEntries(names.map((name) => [name, feature(name, [])]));
    return turn(users, `shop-${count >> 1}`, features);
  },
};
