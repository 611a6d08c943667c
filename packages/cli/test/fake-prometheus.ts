/** A Prometheus that answers range selectors from a list. With a real one: test/analysis. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';

/** `name{labels}`, and its samples in seconds since the epoch. */
export interface FakeSeries {
  readonly name: string;
  readonly samples: readonly (readonly [at: number, value: string])[];
}

export interface Fake {
  readonly url: string;
  readonly tokens: (string | undefined)[];
  readonly queries: string[];
}

const labelsOf = (name: string): Record<string, string> => {
  const [metric = '', rest = ''] = name.split('{');
  const labels = [...rest.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [
    key,
    value,
  ]);
  return { __name__: metric, instance: 'edge-0', ...Object.fromEntries(labels) };
};

async function bodyOf(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return new URLSearchParams(Buffer.concat(chunks).toString());
}

/** `series`: what there is when it is asked. Answers with those that the query names, up to the time that it names. */
export async function fakePrometheus(t: Test, series: () => readonly FakeSeries[]): Promise<Fake> {
  const [tokens, queries]: [Fake['tokens'], string[]] = [[], []];
  const server = createServer(async (request, response) => {
    tokens.push(request.headers.authorization);
    const body = await bodyOf(request);
    const query = body.get('query') ?? '';
    queries.push(query);
    const end = Number(body.get('time'));
    const from = end - Number(/\[(\d+)ms\]$/.exec(query)?.[1]) / 1000;
    const result = series()
      .filter(({ name }) => query.includes(name.split('{')[0] ?? ''))
      .map(({ name, samples }) => ({
        metric: labelsOf(name),
        values: samples.filter(([at]) => at >= from && at <= end),
      }))
      .filter(({ values }) => values.length > 0);
    response.end(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } }));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.teardown(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, tokens, queries };
}
