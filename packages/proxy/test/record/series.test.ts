/** How many series there are: the plan says, whatever comes. */

import { text } from 'node:stream/consumers';
import t from 'tap';
import { Exposition } from '../../src/exposition/scrape.ts';
import type { Edge } from '../../src/index.ts';
import { curl, planText, TextSource, twoVersions, until } from '../helpers.ts';

const seriesOf = async (edge: Edge): Promise<Set<string>> => {
  const { body } = await new Exposition({ ...edge, isReady: () => true }).scrape();
  const lines = (await text(body)).split('\n');
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
  const before = await seriesOf(edge);
  await hostile(12);
  const after = await seriesOf(edge);
  t.strictSame(
    [...after].filter((one) => !before.has(one)),
    [],
  );
  t.notMatch([...after].join('\n'), /path-|h\d+\.example|u\d+"|v1\d"/);
});
