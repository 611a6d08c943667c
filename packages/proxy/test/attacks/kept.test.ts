/** What requests leave behind in an edge's memory, by the heap: whoever writes long heads must not fill it with them. */
import { createServer, request } from 'node:http';
import t from 'tap';
import { heldBytes } from '../../../../test/held.ts';
import { listen } from '../helpers.ts';
import { type Visited, visitedEdge } from '../visitor-helpers.ts';

const HEAD = 12_000;
const TOGETHER = 20;

/** Each part of it is another's that nobody has sent before, and long enough to be a part of the head in memory. */
function headersOf(i: number, own: string): Record<string, string> {
  const id = String(i).padStart(36, '0');
  return {
    'user-id': `user-${id}`,
    country: `country-${id}-${'c'.repeat(600)}`,
    cookie: `session=${id}; theme-of-${id}=dark; ${own}`,
    traceparent: `00-${id.slice(4)}-${'1'.repeat(16)}-01`,
    baggage: `somebody-elses-${id}=1`,
    'x-tinct-decision': `a-release-of-${id};v=a-variant;rev=1`,
    [`x-made-up-${id}`]: id,
    filler: 'f'.repeat(HEAD),
  };
}

/** The cookie that the visitor has then. */
function ask({ edge }: Pick<Visited, 'edge'>, i: number, own: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const { port } = edge.address;
  const path = `/orders/made-up-path-${i}?made-up-query-${i}`;
  request({ port, host: '127.0.0.1', path, headers: headersOf(i, own) }, (res) =>
    res.resume().on('end', () => resolve(`${res.headers['set-cookie']?.[0]}`.split(';')[0] ?? '')),
  )
    .on('error', reject)
    .end();
  return promise;
}

async function askAll(visited: Pick<Visited, 'edge'>, from: number, to: number): Promise<void> {
  for (let i = from; i < to; i += TOGETHER)
    await Promise.all(
      Array.from({ length: TOGETHER }, async (_, at) => {
        const own = await ask(visited, i + at, `__Host-tinct=1~forged-${i}~payload~mac`);
        await ask(visited, i + at, own);
      }),
    );
}

t.test('attack: long heads, all different, leave nothing of themselves behind', async (t) => {
  const rules =
    '{ when: { attribute: country, equals: nowhere }, variant: v2 }, { percent: 50, variant: v2 }';
  const more = 'attributes: { country: { header: country } }';
  const server = createServer({ maxHeaderSize: 65_536 }, (req, res) => {
    res.setHeader('x-tinct-served', 'v1');
    res.setHeader(`x-answers-made-up-name-${req.url?.slice(-12)}`, 'z'.repeat(HEAD));
    res.statusCode = 500;
    res.end();
  });
  const url = await listen(t, server);
  const visited = await visitedEdge(t, { rules, more }, { upstream: url });
  await askAll(visited, 0, 200);
  const before = heldBytes();
  await askAll(visited, 200, 2200);
  const held = heldBytes() - before;
  // It was 19 MB while what is known of a cookie kept the heads of its visitors.
  t.ok(held < 10e6, `${held}`);
  t.comment(`${held} bytes`);
});
