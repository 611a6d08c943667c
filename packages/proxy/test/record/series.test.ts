/** How many series there are: the plan says, whatever comes. */

import { text } from 'node:stream/consumers';
import t from 'tap';
import { Exposition } from '../../src/exposition/scrape.ts';
import type { Edge } from '../../src/index.ts';
import { curl, edgeFor, planText, TextSource, twoVersions, until, upstream } from '../helpers.ts';

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

t.test(
  'attack: an upstream that makes up versions, routes and gRPC statuses makes no series',
  async (t) => {
    let sent = 0;
    const url = await upstream(t, (_, res) => {
      sent += 1;
      res.writeHead(200, {
        'x-tinct-served': `made-up-${sent}`,
        'x-tinct-routed': `my-service=made-up-${sent}, other-${sent}=v1`,
        'grpc-status': `${sent * 7}`,
      });
      res.end();
    });
    const direct = { 'my-service': { v1: url, v2: url } };
    const edge = await edgeFor(t, { upstream: url, direct });
    const hostile = async (from: number) => {
      for (let i = from; i < from + 12; i += 1) {
        const trace = `00-${`${i}`.padStart(32, 'e')}-00f067aa0ba902b7-01`;
        await curl('-H', `user-id: u${i % 5}`, '-H', `traceparent: ${trace}`, edge.address.url);
      }
      // Methods that nobody knows are refused before anything is counted for a release.
      await curl('-X', `METHOD${from}`, edge.address.url);
      await until(() => edge.stats().requests >= from + 12 && edge.stats().inFlight === 0);
    };
    await hostile(0);
    const before = await seriesOf(edge);
    await hostile(12);
    const after = await seriesOf(edge);
    t.strictSame([...after], [...before]);
    t.notMatch([...after].join('\n'), /made-up|METHOD|other-\d|trace/);
    t.equal(edge.stats().flips[0]?.flips, 0, 'versions that the plan has not are one');
  },
);

t.test('`metrics: edge` counts what the edge does, and nothing of releases', async (t) => {
  const edge = await twoVersions(t, { metrics: 'edge' });
  await curl(edge.address.url);
  await until(() => edge.stats().requests === 1);
  t.strictSame(edge.stats().versions, []);
  const series = [...(await seriesOf(edge))];
  t.ok(series.includes('tinct_edge_requests_total'));
  t.ok(series.includes('tinct_plan_revision'));
  t.notMatch(series.join('\n'), 'my-service');
});
