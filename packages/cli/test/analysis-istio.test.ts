/** Istio's series: what is added up, and what a proxy's memory and restarts do to it. */
import t from 'tap';
import { meshSelectorOf, meshSeries } from '../src/analysis/istio.ts';

const versions = {
  hosts: ['my-service.shop.svc.cluster.local'],
  arms: new Map([
    ['v1', 'control'],
    ['v2', 'canary'],
  ] as const),
};

const series = (labels: Record<string, string>, ...samples: (readonly [number, number])[]) => ({
  labels: {
    __name__: 'istio_requests_total',
    destination_service: 'my-service.shop.svc.cluster.local',
    source_workload: 'gateway',
    ...labels,
  },
  samples,
});

const values = (
  given: ReturnType<typeof meshSeries>,
  arm: string,
  of: string,
  isRefusal?: boolean,
) =>
  given
    .find(
      ({ kind }) =>
        kind.of === of &&
        'arm' in kind &&
        kind.arm === arm &&
        (!('isRefusal' in kind) || kind.isRefusal === (isRefusal ?? false)),
    )
    ?.samples.map(({ value }) => value);

t.test('codes of one version are one count; what failed is a request, too', async (t) => {
  const found = meshSeries(
    [
      series({ destination_version: 'v2', response_code: '200' }, [1, 10], [2, 20]),
      series({ destination_version: 'v2', response_code: '503', response_flags: 'UC' }, [2, 3]),
      series(
        { destination_version: 'v2', response_code: '200', grpc_response_status: '14' },
        [1, 1],
        [2, 1],
      ),
      series({ destination_version: 'v2', response_code: '404' }, [1, 2], [2, 4]),
      series({ destination_version: 'v3', response_code: '500' }, [1, 7], [2, 9]),
    ],
    versions,
  );
  t.equal(new Set(found.map(({ target }) => target)).size, 1);
  t.strictSame(values(found, 'canary', 'requests'), [11, 24]);
  t.strictSame(values(found, 'canary', 'requests', true), [2, 4]);
  t.strictSame(
    values(found, 'canary', 'errors'),
    [1, 4],
    'the first 503 counts: there was none before',
  );
  t.strictSame(values(found, 'control', 'errors'), [0, 0]);
});

t.test(
  'a series that the proxy forgot stays in the sum; a restart forgets everything',
  async (t) => {
    const found = meshSeries(
      [
        series({ destination_version: 'v1', response_code: '200' }, [1, 10], [2, 20], [3, 5]),
        series({ destination_version: 'v1', response_code: '500' }, [1, 4]),
      ],
      versions,
    );
    t.strictSame(values(found, 'control', 'requests'), [14, 24, 5]);
    t.strictSame(values(found, 'control', 'errors'), [4, 4, 0]);
  },
);

t.test('another caller is another place to compare at', async (t) => {
  const found = meshSeries(
    [
      series({ destination_version: 'v1', response_code: '200', pod: 'a' }, [1, 10]),
      series({ destination_version: 'v2', response_code: '200', pod: 'b' }, [1, 10]),
    ],
    versions,
  );
  t.equal(new Set(found.map(({ target }) => target)).size, 2);
});

t.test(
  'attack: a host or version with signs of a regular expression selects nothing else',
  async (t) => {
    const selector = meshSelectorOf({ hosts: ['a.b'], arms: new Map([['v1|.*', 'canary']]) });
    t.match(selector, String.raw`destination_service=~"a\\.b"`);
    t.match(selector, String.raw`destination_version=~"v1\\|\\.\\*"`);
  },
);
