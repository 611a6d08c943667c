/** How many series there are: the plan says, whatever comes. */
import t from 'tap';
import { metricsText } from '../../src/admin/metrics.ts';
import type { Edge } from '../../src/index.ts';
import { curl, planText, TextSource, twoVersions, until } from '../helpers.ts';

const seriesOf = (edge: Edge): Set<string> => {
  const view = { stats: edge.stats, plan: edge.plan, isReady: () => true } as never;
  const lines = metricsText(view).body.split('\n');
  return new Set(
    lines.filter((line) => /^tinct_/.test(line)).map((line) => line.split(' ')[0] ?? ''),
  );
};

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND', 'MKCOL', 'LOCK'];

t.test('attack: random hosts, paths, methods, users and versions make no series', async (t) => {
  const plan = new TextSource(planText({ rules: '{ percent: 50, variant: v2 }' }));
  const edge = await twoVersions(t, { plan });
  const hostile = async (from: number) => {
    for (let i = from; i < from + 12; i += 1)
      await curl(
        ...[
          '-X',
          METHODS[i % METHODS.length] ?? 'GET',
          '-H',
          `host: h${i}.example`,
          '-H',
          `user-id: u${i}`,
        ],
        ...['-H', `x-tinct-my-service: v${i}`, '-H', `baggage: tinct.my-service=v${i}`],
        ...['-H', `x-tinct-decision: my-service="v${i}"`, `${edge.address.url}/path-${i}`],
      );
    await until(() => edge.stats().requests === from + 12 && edge.stats().inFlight === 0);
  };
  await hostile(0);
  const before = seriesOf(edge);
  await hostile(12);
  const after = seriesOf(edge);
  t.strictSame(
    [...after].filter((one) => !before.has(one)),
    [],
  );
  t.notMatch([...after].join('\n'), /path-|h\d+\.example|u\d+"|v1\d"/);
});
