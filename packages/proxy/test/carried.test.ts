import t from 'tap';
import { type Edge, startEdge } from '../src/index.ts';
import { planText, seen, TextSource, twoVersions, valuesOf } from './helpers.ts';

const LOOPBACK = ['127.0.0.0/8'];
const DECIDED = 'x-tinct-decision: my-service="v2";rev=7;epoch=1;reason=SPLIT;arm=canary';
const version = async (edge: Edge, ...args: string[]) => (await seen(edge, ...args)).version;

t.test(
  'a decision of a hop that is trusted for it stands, whatever the plan says here',
  async (t) => {
    const edge = await twoVersions(t, { trustedForDecisions: LOOPBACK });
    const request = await seen(edge, '-H', DECIDED, '-H', 'user-id: 124');
    t.equal(request.version, 'v2');
    const [decision] = valuesOf(request, 'x-tinct-decision');
    t.equal(decision, 'my-service="v2";rev=7;epoch=1;reason=CARRIED;arm=canary');
    t.same(valuesOf(request, 'x-tinct-my-service'), ['v2']);
  },
);

t.test('attack: a forged decision from a hop that is trusted for identity only', async (t) => {
  const edge = await twoVersions(t, { trustedHops: LOOPBACK });
  t.equal(await version(edge, '-H', DECIDED, '-H', 'user-id: 124'), 'v1');
});

t.test(
  'attack: colors beside the decision, from a hop that is trusted for decisions',
  async (t) => {
    const edge = await twoVersions(t, { trustedForDecisions: LOOPBACK });
    const forged = ['-H', 'x-tinct-my-service: v2', '-H', 'baggage: tinct.my-service=v2'];
    t.equal(await version(edge, ...forged), 'v1');
  },
);

t.test('an abort beats a carried decision of the epoch', async (t) => {
  const plan = new TextSource(planText({ more: '    state: aborted\n' }));
  const edge = await twoVersions(t, { plan, trustedForDecisions: LOOPBACK });
  t.equal(await version(edge, '-H', DECIDED), 'v1');
});

t.test('two decision headers, or one that is none, are not believed and counted', async (t) => {
  const edge = await twoVersions(t, { trustedForDecisions: LOOPBACK });
  t.equal(await version(edge, '-H', DECIDED, '-H', DECIDED), 'v1');
  t.equal(await version(edge, '-H', 'x-tinct-decision: "v2"'), 'v1');
  t.match(edge.stats().failures, { 'decision.several': 1, 'decision.malformed': 1 });
});

t.test('a range that is none is named with its option', async (t) => {
  const plan = new TextSource(planText());
  const options = { plan, upstream: 'http://127.0.0.1:9', trustedForDecisions: ['10.0.0.0/33'] };
  const message = /^trustedForDecisions: /;
  await t.rejects(startEdge(options), { code: 'TINCT_EDGE_OPTION_MALFORMED', message });
});
