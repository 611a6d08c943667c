/**
 * Unleash's Node client: gradual rollout with the stickiness `userId`; lists as a constraint `userId IN …`,
 * large ones in a segment. Metrics are off: they would be counted on top.
 */
import { InMemStorageProvider, Unleash } from 'unleash-client';
import { type Contestant, PERCENT, type Turn } from './contestant.ts';

type Config = ConstructorParameters<typeof Unleash>[0];
type Bootstrap = NonNullable<Config['bootstrap']>;
type Feature = NonNullable<Bootstrap['data']>[number];
type Strategy = NonNullable<Feature['strategies']>[number];
type Segment = NonNullable<Bootstrap['segments']>[number];
type Constraint = Strategy['constraints'][number];

const rollout = (groupId: string): Strategy => ({
  name: 'flexibleRollout',
  parameters: { rollout: String(PERCENT), stickiness: 'userId', groupId },
  constraints: [],
});

const feature = (name: string, strategies: Strategy[]): Feature => ({
  name,
  enabled: true,
  strategies: [...strategies, rollout(name)],
});

const isIn = (values: readonly string[]): Constraint => ({
  contextName: 'userId',
  operator: 'IN' as Constraint['operator'],
  inverted: false,
  values: [...values],
});

const everyone = { rollout: '100', stickiness: 'userId', groupId: 'listed' };

/** Nothing listens there: the client works with what it was given at the start. */
const NOWHERE = 'http://127.0.0.1:9/';

async function started(data: Feature[], segments: Segment[] = []): Promise<Unleash> {
  const client = new Unleash({
    appName: 'bench',
    url: NOWHERE,
    refreshInterval: 0,
    disableMetrics: true,
    storageProvider: new InMemStorageProvider(),
    bootstrap: { data, segments },
    skipInstanceCountWarning: true,
  });
  client.on('error', () => {});
  client.on('warn', () => {});
  await new Promise((resolve) => client.once('ready', resolve));
  return client;
}

async function turn(
  users: readonly string[],
  name: string,
  data: Feature[],
  segments?: Segment[],
): Promise<Turn> {
  const client = await started(data, segments);
  const context = { userId: '' };
  return (from, count) => {
    let canary = 0;
    for (let i = from; i < from + count; i++) {
      context.userId = users[i % users.length] as string;
      if (client.isEnabled(name, context)) canary++;
    }
    return canary;
  };
}

export const unleash: Contestant = {
  name: 'unleash-client',
  percentage: (users) => turn(users, 'shop', [feature('shop', [])]),
  allowlist: (users, listed) => {
    const strategy = { name: 'flexibleRollout', parameters: everyone, constraints: [isIn(listed)] };
    return turn(users, 'shop', [feature('shop', [strategy])]);
  },
  cohort: (users, listed) => {
    const strategy = {
      name: 'flexibleRollout',
      parameters: everyone,
      constraints: [],
      segments: [1],
    };
    const segment = { id: 1, constraints: [isIn(listed)] };
    return turn(users, 'shop', [feature('shop', [strategy])], [segment]);
  },
  flags: (users, count) => {
    const features = Array.from({ length: count }, (_, i) => feature(`shop-${i}`, []));
    return turn(users, `shop-${count >> 1}`, features);
  },
};
