/** Clients who would choose their version themselves, through the edge and a real gateway, and past the edge. */
import t from 'tap';
import { type Answer, valuesOf } from '../harness/ask.ts';
import { until } from '../harness/child.ts';
import { type Gateway, startMesh } from '../harness/mesh.ts';
import { askRaw } from '../harness/raw.ts';
import { COLOR, HOST, openShop, planText, writePlan } from '../harness/shop.ts';
import { startEdge } from '../harness/tinct.ts';
import { ENVOYS } from '../parts/parts.ts';

interface Attack {
  readonly lines: readonly string[];
  readonly body?: string;
}

const header = (...lines: readonly string[]): Attack => ({ lines });
const baggage = (...members: readonly string[]): Attack =>
  header(...members.map((member) => `baggage: ${member}`));

/** By user 124, who is on v1. */
const ATTACKS: Readonly<Record<string, Attack>> = {
  'a color of one’s own': header(`${COLOR}: v2`),
  'a color in capitals': header('X-TINCT-MY-SERVICE: v2'),
  'a color with underscores': header('x_tinct_my_service: v2'),
  'a color with some underscores': header('X-Tinct_My-Service: v2'),
  'a color twice': header(`${COLOR}: v2`, `${COLOR}: v2`),
  'both colors, the right one first': header(`${COLOR}: v1`, `${COLOR}: v2`),
  'both colors in one header': header(`${COLOR}: v1,v2`),
  'a color that Connection takes away': header(`Connection: ${COLOR}`, `${COLOR}: v2`),
  'a decision of one’s own': header(
    'x-tinct-decision: my-service="v2";rev=99;epoch=1;reason=SPLIT;arm=canary',
  ),
  'a route’s word': header('x-tinct-routed: my-service=v2', 'x-tinct-served: v2'),
  'a baggage member': baggage('tinct.my-service=v2'),
  'a baggage member with an encoded key': baggage('%74inct.my-service=v2'),
  'a baggage member encoded twice': baggage('%2574inct.my-service=v2'),
  'a baggage member in capitals': baggage('TINCT.my-service=v2'),
  'a baggage member behind others': baggage('a=1, tinct.my-service = v2;p=1'),
  'a baggage member in a second header': baggage('a=1', 'tinct.my-service=v2'),
  'a cookie that nobody signed': header('Cookie: __Host-tinct=my-service~v2; tinct=v2'),
  'a color in the trailers': {
    lines: ['Transfer-Encoding: chunked', `Trailer: ${COLOR}`],
    body: `1\r\na\r\n0\r\n${COLOR}: v2\r\n\r\n`,
  },
  'two users': header('user-id: 123'),
};

/** Everything in a request that some route or library could take for a color, as the pod got it. */
function colorsIn({ seen }: Answer) {
  const raw = seen?.raw ?? [];
  const isColor = (name: string) => name.toLowerCase().replaceAll('_', '-') === COLOR;
  const names = raw.filter((name, i) => i % 2 === 0 && isColor(name));
  const members = valuesOf(raw, 'baggage')
    .flatMap((value) => value.split(','))
    .filter((member) => /tinct/i.test(decodeURIComponent(decodeURIComponent(member))));
  return { names, values: valuesOf(raw, COLOR), members: members.map((each) => each.trim()) };
}

const STABLE = { names: [COLOR], values: ['v1'], members: ['tinct.my-service=v1'] };

/** Only what comes from the edge's address may enter. */
const guard = (edge: string) => `
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: only-the-edge, namespace: istio-system }
spec:
  selector: { matchLabels: { istio: ingressgateway } }
  action: ALLOW
  rules:
    - from: [{ source: { ipBlocks: [${edge}/32] } }]
`;

t.test('attacks', async (t) => {
  const mesh = await startMesh(t);
  const plan = writePlan(mesh, planText());
  const { service, gateway: first } = await openShop(mesh, plan);
  const stranger = mesh.address();
  const past = (gateway: Gateway, { lines, body }: Attack) =>
    askRaw(gateway.url, { host: HOST, lines, from: stranger, ...(body && { body }) });

  for (const version of ENVOYS) {
    const gateway = version === ENVOYS[0] ? first : await mesh.gateway({ envoy: version });
    const edge = await startEdge(mesh, { upstream: gateway.url, plan: plan.file });
    const through = ({ lines, body }: Attack) =>
      askRaw(edge.url, { host: HOST, lines: ['user-id: 124', ...lines], ...(body && { body }) });
    await until('the route is there', async () => (await through(header())).version === 'v1');

    for (const [name, attack] of Object.entries(ATTACKS)) {
      await t.test(`attack through the edge, Envoy ${version}: ${name}`, async (t) => {
        const answer = await through(attack);
        t.match(answer, { status: 200, version: 'v1' });
        t.strictSame(colorsIn(answer), STABLE);
        t.notOk(answer.headers['x-tinct-routed'], 'a client is not told where it was led');
      });
    }

    await t.test(`attack past the edge, Envoy ${version}: a color of one’s own`, async (t) => {
      const color = header(`${COLOR}: v2`);
      t.equal(
        (await past(gateway, color)).version,
        'v2',
        'the danger: without a guard it is served',
      );
      await mesh.apply(guard('127.0.0.1'));
      await until('the guard stands', async () => (await past(gateway, color)).status === 403);
      const before = service.versions.v2.got.count + service.versions.v1.got.count;
      const answers = await Promise.all(Object.values(ATTACKS).map((each) => past(gateway, each)));
      t.ok(
        answers.every(({ status }) => status === 403),
        'no attack enters',
      );
      t.equal(service.versions.v2.got.count + service.versions.v1.got.count, before);
      t.match(
        await through(header()),
        { status: 200, version: 'v1' },
        'through the edge as before',
      );
      await mesh.api.kube.remove(guard('127.0.0.1'));
    });
    await gateway.stop();
  }
});
