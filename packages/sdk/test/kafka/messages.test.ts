import { currentContext, type TinctOptions, variant } from '@tinct/sdk';
import { handleMessage, type MessageHeaders, messageHeaders } from '@tinct/sdk/kafka';
import t from 'tap';
import { DECISION, serving } from '../outbound/helpers.ts';

const plan = (state: string, epoch = 1) => ({
  inline: `
apiVersion: tinct.dev/v1
kind: Plan
metadata: { name: shop, revision: 12 }
releases:
  my-service:
    state: ${state}
    epoch: ${epoch}
    stable: v1
    scope: { hosts: [shop.example] }
    services: { my-service: { host: my-service, subsets: { v1: { version: v1 }, v2: { version: v2 } } } }
    rules: [{ percent: 5, variant: v2 }]
`,
});
const SENT = { 'x-tinct-decision': DECISION, 'x-tinct-my-service': 'v2' };
const handled = async (options: Partial<TinctOptions>, headers: MessageHeaders = SENT) => {
  const { tinct } = serving({ outbound: { fetch: false }, ...options });
  await tinct.ready();
  const found = await handleMessage(tinct, { headers }, () => variant('my-service'));
  tinct.close();
  return found;
};

t.test(
  'a message carries the color of the request that sends it, and nothing of the user',
  async (t) => {
    const { tinct, within } = serving({ outbound: { fetch: false } });
    t.teardown(() => tinct.close());
    const own = { source: 'web', baggage: 'a=1', 'X-Tinct-My-Service': 'v9' };
    t.strictSame(await within(async () => messageHeaders(tinct, own)), {
      ...{ source: 'web', baggage: 'tinct.my-service=v2,a=1' },
      ...{ 'x-tinct-my-service': 'v2', 'x-tinct-decision': DECISION },
    });
    t.strictSame(
      messageHeaders(tinct, { source: 'cron' }),
      { source: 'cron' },
      'outside of a request',
    );
  },
);

t.test(
  'a handler runs in the color of the message, however the client gives headers',
  async (t) => {
    const pairs = Object.entries(SENT).map(([k, v]) => [Buffer.from(k), Buffer.from(v)] as const);
    t.equal(await handled({}), 'v2');
    t.equal(await handled({}, new Map(pairs)), 'v2');
    t.equal(await handled({}, { 'x-tinct-my-service': [Buffer.from('v2')] }), 'v2');
    t.equal(await handled({}, {}), undefined);
  },
);

t.test('attack: colors in messages that nobody vouches for', async (t) => {
  t.equal(await handled({ trust: 'none' }), undefined);
  t.equal(await handled({ trust: { cidr: ['10.0.0.0/8'] } }), undefined);
  t.equal(await handled({}, { 'x-tinct-my-service': ['v2', 'v1'] }), undefined, 'twice');
  t.equal(await handled({}, { 'x-tinct-my-service': Buffer.alloc(100_000, 'v') }), undefined);
});

t.test('a decision of an aborted epoch is dropped, however long the message waited', async (t) => {
  t.equal(await handled({ plan: plan('running') }), 'v2');
  t.equal(await handled({ plan: plan('aborted') }), 'v1');
  t.equal(await handled({ plan: plan('running', 2), killed: new Map([['my-service', 1]]) }), 'v1');
});

t.test('what a handler throws is the caller’s', async (t) => {
  const { tinct } = serving({ outbound: { fetch: false } });
  t.teardown(() => tinct.close());
  const failing = () => Promise.reject(new Error('on purpose'));
  await t.rejects(handleMessage(tinct, {}, failing), { message: 'on purpose' });
  t.equal(currentContext(), undefined);
});
