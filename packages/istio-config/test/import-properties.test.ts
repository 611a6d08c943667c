/** What an imported plan decides, held against what the VirtualService says, read by a reader of its own. */
import { applicable, compilePlan, decide, parsePlan } from '@tinct/core';
import { importPlan, readManifests } from '@tinct/istio-config';
import fc from 'fast-check';
import t from 'tap';

type Match = { exact: string } | { prefix: string } | { regex: string } | Record<string, never>;
type Block = { headers?: Record<string, Match>; withoutHeaders?: Record<string, Match> };
type Target = { destination: { host: string; subset: string }; weight?: number };
type Route = { match?: Block[]; route: Target[] };
type Headers = Readonly<Record<string, string>>;

const HEADERS = ['user-id', 'x-group', 'X-Beta'];
const TEXTS = ['1', '12', '123', 'true', 'null', 'a b', 'é', '"', 'v2', '# x', '- y', '0x1F'];
const PATTERNS = ['1.*', '(1|v)2?', '[a-z ]+', '.', '^12$'];

const text = fc.constantFrom(...TEXTS);
const match: fc.Arbitrary<Match> = fc.oneof(
  text.map((exact) => ({ exact })),
  text.map((exact) => ({ exact })),
  fc.constantFrom('1', 'v', 'a ').map((prefix) => ({ prefix })),
  fc.constantFrom(...PATTERNS).map((regex) => ({ regex })),
  fc.constant({}),
);
const headers = fc.dictionary(fc.constantFrom(...HEADERS), match, { minKeys: 1, maxKeys: 2 });
const block: fc.Arbitrary<Block> = fc.oneof(
  headers.map((of) => ({ headers: of })),
  headers.map((of) => ({ withoutHeaders: of })),
  fc.tuple(headers, headers).map(([of, not]) => ({ headers: of, withoutHeaders: not })),
);
const SUBSETS = ['v1', 'v2', 'v3'];
const target = fc
  .constantFrom(...SUBSETS)
  .map((subset) => ({ destination: { host: 'web', subset } }));
const targets: fc.Arbitrary<Target[]> = fc.oneof(
  target.map((one) => [one]),
  fc
    .uniqueArray(fc.tuple(target, fc.integer({ min: 0, max: 100 })), {
      selector: ([{ destination }]) => destination.subset,
      minLength: 2,
      maxLength: 3,
    })
    .filter((pairs) => pairs.some(([, weight]) => weight > 0))
    .map((pairs) => pairs.map(([to, weight]) => ({ ...to, weight }))),
);
const conditional: fc.Arbitrary<Route> = fc.record({
  match: fc.array(block, { minLength: 1, maxLength: 3 }),
  route: targets,
});
const document = fc
  .tuple(fc.array(conditional, { maxLength: 4 }), targets)
  .map(([routes, last]): Route[] => [...routes, { route: last }]);
const request: fc.Arbitrary<Headers> = fc.dictionary(
  fc.constantFrom('user-id', 'x-group', 'x-beta'),
  text,
);

/** As Envoy has it: exact, prefix and full match on the value; a missing header matches nothing. */
function holds(match: Match, value: string | undefined): boolean {
  if (value === undefined) return false;
  if ('exact' in match) return value === match['exact'];
  if ('prefix' in match) return value.startsWith(match['prefix'] as string);
  if ('regex' in match) return new RegExp(`^(?:${match['regex']})$`, 'u').test(value);
  return true;
}

const blockHolds = (of: Block, sent: Headers): boolean =>
  Object.entries(of.headers ?? {}).every(([name, match]) =>
    holds(match, sent[name.toLowerCase()]),
  ) &&
  Object.entries(of.withoutHeaders ?? {}).every(
    ([name, match]) => !holds(match, sent[name.toLowerCase()]),
  );

/** The share of each subset for a request: of the first route that matches. */
function shares(routes: readonly Route[], sent: Headers): Map<string, number> {
  const route = routes.find(
    (one) => one.match === undefined || one.match.some((of) => blockHolds(of, sent)),
  );
  const to = route?.route ?? [];
  const total = to.reduce((sum, { weight = 1 }) => sum + weight, 0);
  return new Map(
    to.map(({ destination, weight = 1 }) => [destination.subset, (weight / total) * 100]),
  );
}

const toDocuments = (routes: readonly Route[]): string => {
  const metadata = { name: 'web', namespace: 'shop' };
  const apiVersion = 'networking.istio.io/v1';
  const subsets = SUBSETS.map((name) => ({ name, labels: { version: name } }));
  return [
    { apiVersion, kind: 'VirtualService', metadata, spec: { hosts: ['web'], http: routes } },
    { apiVersion, kind: 'DestinationRule', metadata, spec: { host: 'web', subsets } },
  ]
    .map((one) => JSON.stringify(one))
    .join('\n---\n');
};

function releaseOf(routes: readonly Route[]) {
  const { manifests } = readManifests(toDocuments(routes));
  const { text: plan = '' } = importPlan(manifests);
  const parsed = parsePlan(plan);
  if (parsed.plan === undefined) throw new Error(`${plan}\n${JSON.stringify(parsed.findings)}`);
  const [release] = applicable(compilePlan(parsed.plan), 'any', '/');
  if (release === undefined) throw new Error('no release applies');
  const attributes = Object.entries(parsed.plan.attributes).map(
    ([name, source]) => [name, source.name] as const,
  );
  const hasUser = parsed.plan.identity.some(({ unit }) => unit === 'user');
  return (sent: Headers, visitor: string): string =>
    decide(release, {
      units: { ...(hasUser && { user: sent['user-id'] }), anonymous: visitor },
      attributes: Object.fromEntries(attributes.map(([name, header]) => [name, sent[header]])),
      now: 0,
    }).variant;
}

t.test('an imported plan decides what the VirtualService routes', async (t) => {
  let compared = 0;
  fc.assert(
    fc.property(document, fc.array(request, { minLength: 12, maxLength: 12 }), (routes, sent) => {
      const variantFor = releaseOf(routes);
      for (const each of sent) {
        const allowed = shares(routes, each);
        const variant = variantFor(each, 'visitor');
        const share = allowed.get(variant) ?? 0;
        if (share === 0) throw new Error(`${variant}, not ${JSON.stringify([...allowed])}`);
        compared++;
      }
    }),
    { numRuns: 500 },
  );
  t.equal(compared, 6_000);
  t.comment(`${compared} requests of 500 documents`);
});

t.test('weights become shares of units', async (t) => {
  const visitors = Array.from({ length: 2000 }, (_, i) => `visitor-${i}`);
  let shown = 0;
  fc.assert(
    fc.property(document, request, (routes, sent) => {
      shown++;
      const variantFor = releaseOf(routes);
      const { 'user-id': _, ...anonymous } = sent;
      const counts = new Map<string, number>();
      for (const visitor of visitors) {
        const variant = variantFor(anonymous, visitor);
        counts.set(variant, (counts.get(variant) ?? 0) + 100 / visitors.length);
      }
      for (const [variant, share] of shares(routes, anonymous)) {
        const got = counts.get(variant) ?? 0;
        if (Math.abs(got - share) > 6) throw new Error(`${variant}: ${got} %, not ${share} %`);
      }
    }),
    { numRuns: 40 },
  );
  t.equal(shown, 40);
});
