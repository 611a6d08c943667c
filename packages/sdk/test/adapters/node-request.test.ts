import { once } from 'node:events';
import { request, type ServerResponse } from 'node:http';
import { variant } from '@tinct/sdk';
import { tinct as nodeHttp } from '@tinct/sdk/http';
import t from 'tap';
import { COLORED, listen, serving } from '../outbound/helpers.ts';

t.test('listeners of a request and of its response hear in its context', async (t) => {
  const { tinct } = serving();
  const heard: unknown[] = [];
  const begun = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  const front = await listen(
    nodeHttp(tinct, (req, res) => {
      const say = (event: string) => () => heard.push([event, variant('my-service')]);
      req.on('data', say('data')).on('end', say('end'));
      req.on('end', () => res.end('done'));
      res.on('finish', say('finish')).on('close', say('close')).on('close', closed.resolve);
      begun.resolve();
    }),
  );
  t.teardown(async () => {
    await front.close();
    tinct.close();
  });
  const headers = [...COLORED, 'host', 'x', 'transfer-encoding', 'chunked'];
  const client = request({ port: front.port, method: 'POST', headers, agent: false });
  client.flushHeaders();
  await begun.promise;
  client.end('body');
  const [response] = await once(client, 'response');
  response.resume();
  await closed.promise;
  t.strictSame(
    heard,
    ['data', 'end', 'finish', 'close'].map((event) => [event, 'v2']),
  );
});

t.test('what writeHead is given stands beside what Tinct adds, in each of its forms', async (t) => {
  const { tinct } = serving({ version: 'v2' });
  t.teardown(() => tinct.close());
  const forms: ((res: ServerResponse) => unknown)[] = [
    (res) => res.writeHead(200, { 'x-own': '1' }),
    (res) => res.writeHead(200, 'Fine', { 'x-own': '1' }),
    (res) => res.writeHead(200, ['x-own', '1']),
    (res) => res.writeHead(200, [['x-own', '1']] as never),
    (res) => res.setHeader('x-own', '1').writeHead(200),
  ];
  for (const [i, write] of forms.entries()) {
    const front = await listen(
      nodeHttp(tinct, (_req, res) => {
        write(res);
        res.end();
      }),
    );
    const { headers } = await fetch(`http://127.0.0.1:${front.port}/`);
    t.strictSame([headers.get('x-own'), headers.get('x-tinct-served')], ['1', 'v2'], `form ${i}`);
    await front.close();
  }
});
