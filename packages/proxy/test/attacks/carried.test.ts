import t, { type Test } from 'tap';
import { startEdge, startExtAuthz } from '../../src/index.ts';
import { planText, TextSource, valuesOf } from '../helpers.ts';
import { each } from './each.ts';
import type { Form, FormOptions } from './forms.ts';

const LOOPBACK = ['127.0.0.0/8'];
const DECISION = 'my-service="v2";rev=7;epoch=1;reason=SPLIT;arm=canary';
const DECIDED = ['x-tinct-decision', DECISION];

async function targetOf(t: Test, form: Form, options: FormOptions) {
  const target = await form.start(t, options);
  const seen = async (...headers: string[]) => {
    const told = await target.ask({ headers });
    if (told.seen === undefined) throw new Error('it was not sent on');
    return told.seen;
  };
  return {
    target,
    seen,
    version: async (...headers: string[]) => (await seen(...headers)).version,
  };
}

each(
  'a decision of a hop that is trusted for it stands, whatever the plan says here',
  async (t, form) => {
    const { seen } = await targetOf(t, form, { trustedForDecisions: LOOPBACK });
    const request = await seen(...DECIDED, 'user-id', '124');
    t.equal(request.version, 'v2');
    const [decision] = valuesOf(request, 'x-tinct-decision');
    t.equal(decision, 'my-service="v2";rev=7;epoch=1;reason=CARRIED;arm=canary');
    t.same(valuesOf(request, 'x-tinct-my-service'), ['v2']);
  },
);

each('attack: a forged decision from a hop that is trusted for identity only', async (t, form) => {
  const { version } = await targetOf(t, form, { trustedHops: LOOPBACK });
  t.equal(await version(...DECIDED, 'user-id', '124'), 'v1');
});

each(
  'attack: colors beside the decision, from a hop that is trusted for decisions',
  async (t, form) => {
    const { version } = await targetOf(t, form, { trustedForDecisions: LOOPBACK });
    t.equal(await version('x-tinct-my-service', 'v2', 'baggage', 'tinct.my-service=v2'), 'v1');
  },
);

each('an abort beats a carried decision of the epoch', async (t, form) => {
  const plan = new TextSource(planText({ more: '    state: aborted\n' }));
  const { version } = await targetOf(t, form, { plan, trustedForDecisions: LOOPBACK });
  t.equal(await version(...DECIDED), 'v1');
});

each(
  'two decision headers are not believed and counted',
  async (t, form) => {
    const { target, version } = await targetOf(t, form, { trustedForDecisions: LOOPBACK });
    t.equal(await version(...DECIDED, ...DECIDED), 'v1');
    t.match(target.stats().failures, { 'decision.several': 1 });
  },
  {
    'ext_authz HTTP':
      'the gateway joins duplicates: a list of decisions of the same release is one',
  },
);

each('a decision header that is none is not believed and counted', async (t, form) => {
  const { target, version } = await targetOf(t, form, { trustedForDecisions: LOOPBACK });
  t.equal(await version('x-tinct-decision', '"v2"'), 'v1');
  t.match(target.stats().failures, { 'decision.malformed': 1 });
});

t.test('a range that is none is named with its option', async (t) => {
  const plan = new TextSource(planText());
  const options = { plan, trustedForDecisions: ['10.0.0.0/33'] };
  const message = /^trustedForDecisions: /;
  const refused = { code: 'TINCT_EDGE_OPTION_MALFORMED', message };
  await t.rejects(startEdge({ ...options, upstream: 'http://127.0.0.1:9' }), refused);
  await t.rejects(startExtAuthz({ ...options, secrets: ['a-secret-of-the-gateway'] }), refused);
});
