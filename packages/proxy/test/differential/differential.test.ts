/**
 * Generated exchanges through Tinct, nginx and HAProxy: the service must get the same request, and the client the same
 * answer, as through one of the two, or as docs/differences.md says.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { edgeFor } from '../helpers.ts';
import { isInstalled } from '../parts.ts';
import type { Case } from './case.ts';
import { type Answered, inTurn, pipelined } from './client.ts';
import {
  type Aspect,
  aspectsOf,
  type Disagreement,
  disagreements,
  type Observed,
} from './compare.ts';
import { ADDED_TO_ANSWERS, ADDED_TO_REQUESTS, type Addition, DIFFERENCES } from './differences.ts';
import { exchanges } from './generate.ts';
import { type Origin, originFor } from './origin.ts';
import { haproxyFor, nginxFor } from './rivals.ts';

/** Other numbers find other things: CONTRIBUTING.md. */
const CONNECTIONS = Number(process.env['TINCT_DIFFERENTIAL_CONNECTIONS'] ?? 700);
const SEED = Number(process.env['TINCT_DIFFERENTIAL_SEED'] ?? 20_260_301);
const PATIENCE_MS = 20_000;

const found = [isInstalled(t, 'nginx'), isInstalled(t, 'haproxy')].every((there) => there);

const namesOf = (additions: readonly Addition[]) => new Set(additions.map(({ name }) => name));
const none = new Set<string>();
const OWN = [
  { request: namesOf(ADDED_TO_REQUESTS), answer: namesOf(ADDED_TO_ANSWERS) },
  { request: none, answer: new Set(['date', 'server']) },
  { request: none, answer: none },
] as const;
/** nginx before 1.29 knows neither trailers nor hints. */
const UNKNOWN_TO_NGINX: ReadonlySet<Aspect> = new Set(['trailers', 'answer trailers', 'hints']);

interface Way {
  readonly port: number;
  readonly origin: Origin;
}

/** Tinct, nginx and HAProxy, each in front of a service of its own. */
async function waysFor(t: Test): Promise<readonly [Way, Way, Way]> {
  const [ours, behindNginx, behindHaproxy] = [
    await originFor(t),
    await originFor(t, false),
    await originFor(t),
  ];
  const upstream = `http://127.0.0.1:${ours.port}`;
  const edge = await edgeFor(t, { upstream, caching: 'off' });
  return [
    { port: edge.address.port, origin: ours },
    { port: await nginxFor(t, behindNginx.port), origin: behindNginx },
    { port: await haproxyFor(t, behindHaproxy.port), origin: behindHaproxy },
  ];
}

const mayPipeline = (cases: readonly Case[]): boolean =>
  cases.every(
    ({ request }) =>
      request.version === '1.1' &&
      !request.expects &&
      !request.fields.some(([name, value]) => name === 'Connection' && value === ' close'),
  );

let ids = 0;

async function throughWay(
  { port, origin }: Way,
  cases: readonly Case[],
  atOnce: boolean,
): Promise<Observed[]> {
  const requests = cases.map((exchange) => {
    ids += 1;
    origin.expect(ids, exchange);
    return [ids, exchange.request] as const;
  });
  const { promise, reject } = Promise.withResolvers<Answered[]>();
  const late = setTimeout(() => reject(new Error(`no answer on port ${port}`)), PATIENCE_MS);
  const send = atOnce ? pipelined : inTurn;
  const answers = await Promise.race([send(port, requests), promise]);
  clearTimeout(late);
  return requests.map(([id], i) => ({ got: origin.take(id), answered: answers[i] }));
}

/** Where Tinct is alone in what it made of an exchange. */
function alone(exchange: Case, [tinct, nginx, haproxy]: readonly Observed[]): Disagreement[] {
  const { fields } = exchange.response;
  const [ours, ...theirs] = [tinct, nginx, haproxy].map((seen, i) =>
    aspectsOf(seen as Observed, OWN[i] as (typeof OWN)[number], fields),
  );
  const [byNginx = new Map(), byHaproxy = new Map()] = theirs;
  return disagreements(ours ?? new Map(), [
    { name: 'nginx', aspects: byNginx, foldsNames: false, silentOn: UNKNOWN_TO_NGINX },
    { name: 'HAProxy', aspects: byHaproxy, foldsNames: true, silentOn: new Set() },
  ]);
}

const explain = ({ aspect }: Disagreement, exchange: Case): string | undefined =>
  DIFFERENCES.find((difference) => difference.aspect === aspect && difference.holds(exchange))?.id;

const TITLE = 'the service and the client see the same through Tinct as through nginx or HAProxy';
const compare = async (t: Test) => {
  const ways = await waysFor(t);
  const seenDifferences = new Map(DIFFERENCES.map(({ id }) => [id, 0]));
  let compared = 0;
  let reached = 0;
  const property = fc.asyncProperty(exchanges, fc.boolean(), async (cases, wantsPipeline) => {
    const atOnce = wantsPipeline && mayPipeline(cases);
    const seen = await Promise.all(ways.map((way) => throughWay(way, cases, atOnce)));
    cases.forEach((exchange, i) => {
      const observed = seen.map((each) => each[i] as Observed);
      compared += 1;
      if (observed.every(({ got }) => got !== undefined)) reached += 1;
      for (const found of alone(exchange, observed)) {
        const id = explain(found, exchange);
        if (id === undefined) throw new Error(JSON.stringify({ found, exchange }, undefined, 1));
        seenDifferences.set(id, (seenDifferences.get(id) ?? 0) + 1);
      }
    });
  });
  await fc.assert(property, { numRuns: CONNECTIONS, seed: SEED, endOnFailure: true });
  t.comment(
    `${compared} exchanges on ${CONNECTIONS} connections, ${reached} of them through all three`,
  );
  t.comment(`differences: ${[...seenDifferences].map((each) => each.join(' ')).join(', ')}`);
  t.ok(reached > 0.9 * compared, 'nearly all requests are valid to all three');
  for (const [id, count] of seenDifferences) t.ok(count > 0, `${id} was met`);
};
if (found) t.test(TITLE, compare);
else t.test(TITLE, { skip: 'nginx or HAProxy is not installed' }, compare);

t.test('docs/differences.md says what the test lets pass, and nothing else', async (t) => {
  const page = readFileSync(join(import.meta.dirname, '../../../../docs/differences.md'), 'utf8');
  const rows = page.split('\n').filter((line) => line.startsWith('| `'));
  const added = [...ADDED_TO_REQUESTS, ...ADDED_TO_ANSWERS].map(
    ({ name, why }) => `| \`${name}\` | ${why} |`,
  );
  const different = DIFFERENCES.map(({ id, what, why }) => `| \`${id}\` | ${what} | ${why} |`);
  t.strictSame(rows, [...added, ...different]);
});
