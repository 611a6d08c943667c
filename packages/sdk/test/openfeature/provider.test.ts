import { OpenFeature, ProviderEvents } from '@openfeature/server-sdk';
import { createTinct, type TinctOptions } from '@tinct/sdk';
import { TinctProvider, type TinctProviderOptions } from '@tinct/sdk/openfeature';
import t, { type Test } from 'tap';
import { COLORED } from '../outbound/helpers.ts';

const plan = (revision: number, rules: string, more = '') => `
apiVersion: tinct.dev/v1
kind: Plan
metadata: { name: shop, revision: ${revision} }
identity: [{ unit: user, header: user-id }]
attributes: { country: { header: x-country } }
cohorts: { germans: { when: { attribute: country, equals: de } } }
releases:
  my-service:
    stable: v1
    ${more}
    services: { my-service: { host: my-service, subsets: { v1: { version: v1 }, v2: { version: v2 } } } }
    rules: ${rules}
`;
const PLAN = plan(12, '[{ users: ["123"], variant: v2 }, { cohort: germans, variant: v2 }]');

async function serving(t: Test, options: Partial<TinctOptions>, more: TinctProviderOptions = {}) {
  const tinct = createTinct({ trust: 'mesh', env: {}, log: () => {}, ...options });
  const domain = t.fullname;
  await OpenFeature.setProviderAndWait(domain, new TinctProvider(tinct, more));
  t.teardown(async () => {
    await OpenFeature.clearProviders();
    tinct.close();
  });
  const client = OpenFeature.getClient(domain);
  const within = async <T>(work: () => Promise<T>): Promise<T> => {
    const peer = { remoteAddress: '127.0.0.1' };
    const request = { rawHeaders: COLORED, peer, method: 'GET', host: 'shop', path: '/' };
    return (await tinct.enter(request)).run(work);
  };
  return { tinct, client, within };
}

t.test('a plan decides for the targeting key, and says why', async (t) => {
  const { client } = await serving(t, { plan: { inline: PLAN } });
  const details = await client.getStringDetails('my-service', 'none', { targetingKey: '123' });
  t.strictSame([details.value, details.variant, details.reason], ['v2', 'v2', 'TARGETING_MATCH']);
  t.strictSame(details.flagMetadata, {
    ...{ flagSetId: 'shop', version: '12', epoch: 1 },
    ...{ reason: 'TARGETING_MATCH', arm: 'other' },
  });
  t.equal(await client.getStringValue('my-service', 'none', { targetingKey: '4' }), 'v1');
  t.equal(await client.getStringValue('my-service', 'none'), 'v1', 'nobody in particular');
});

t.test('a boolean is whether the variant is another than stable', async (t) => {
  const { client } = await serving(t, { plan: { inline: PLAN } });
  t.equal(await client.getBooleanValue('my-service', false, { targetingKey: '123' }), true);
  t.equal(await client.getBooleanValue('my-service', true, { targetingKey: '4' }), false);
});

t.test("fields of the context are the plan's attributes", async (t) => {
  const { client } = await serving(t, { plan: { inline: PLAN } });
  const of = (country: string | number) =>
    client.getStringValue('my-service', 'none', { targetingKey: '4', country });
  t.strictSame([await of('de'), await of('fr'), await of(1)], ['v2', 'v1', 'v1']);
});

t.test("without a targeting key: the request's own decision", async (t) => {
  const how = [
    { options: {}, reason: 'SPLIT' },
    { options: { plan: { inline: PLAN } }, reason: 'UNKNOWN' },
  ];
  for (const { options, reason } of how) {
    const { client, within } = await serving(t, options);
    const details = await within(() => client.getStringDetails('my-service', 'none'));
    t.strictSame([details.value, details.reason], ['v2', reason]);
    t.equal(details.flagMetadata['arm'], 'canary');
  }
});

t.test('attack: an empty targeting key is none, and decides for nobody', async (t) => {
  const rules = '[{ percent: 100, variant: v2 }]';
  const { client } = await serving(t, { plan: { inline: plan(12, rules) } });
  t.equal(await client.getStringValue('my-service', 'none', { targetingKey: '' }), 'v1');
});

t.test('without a plan', async (t) => {
  const { client, within } = await serving(t, {});
  const outside = await client.getStringDetails('my-service', 'v1', { targetingKey: '123' });
  t.strictSame([outside.value, outside.errorCode], ['v1', 'FLAG_NOT_FOUND']);
  const inside = await within(() => client.getBooleanDetails('my-service', false));
  t.strictSame([inside.value, inside.errorCode], [false, 'GENERAL']);
  t.match(inside.errorMessage, /`stable: \{ 'my-service': … \}`/);
});

t.test('without a plan, told which variant is stable', async (t) => {
  const { client, within } = await serving(t, {}, { stable: { 'my-service': 'v1' } });
  t.equal(await within(() => client.getBooleanValue('my-service', false)), true);
});

t.test('an abort is an event, and everyone gets stable', async (t) => {
  const { client, tinct } = await serving(t, { plan: { inline: PLAN } });
  const { promise, resolve } = Promise.withResolvers<readonly string[] | undefined>();
  client.addHandler(ProviderEvents.ConfigurationChanged, (details) =>
    resolve(details?.flagsChanged),
  );
  tinct.plan?.kill('my-service');
  t.strictSame(await promise, ['my-service']);
  const details = await client.getStringDetails('my-service', 'none', { targetingKey: '123' });
  t.strictSame([details.value, details.reason], ['v1', 'DISABLED']);
});
