/** Every document that the generator's goldens hold: Istio finds nothing in it, and a real API server takes it. */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Plan, parsePlan } from '@tinct/core';
import t from 'tap';
import { ask } from '../harness/ask.ts';
import { until } from '../harness/child.ts';
import { analyze, type Message, validate } from '../harness/istioctl.ts';
import { type KubeObject, objectsOf } from '../harness/kube.ts';
import { startMesh } from '../harness/mesh.ts';
import { say } from '../harness/say.ts';
import { surroundings } from '../harness/surroundings.ts';
import { ROOT } from '../parts/parts.ts';

const TESTDATA = join(ROOT, 'packages/istio-config/testdata');
const ENDING = '.out.yaml';

/** What Istio says of every EnvoyFilter that changes what Istio itself makes. */
const ALWAYS_SAID = ['IST0133'];
/** What cannot be known of documents that stand alone. */
const WITHOUT_SURROUNDINGS = ['IST0101', 'IST0173'];

/** A document for a cluster; a plan only looks like one. */
const isObject = (each: unknown): each is KubeObject =>
  typeof each === 'object' &&
  each !== null &&
  'kind' in each &&
  'apiVersion' in each &&
  !String(each.apiVersion).startsWith('tinct.dev/');

/** Goldens that are documents for a cluster; others are data. */
const goldens = globSync(`**/*${ENDING}`, { cwd: TESTDATA })
  .sort()
  .map((name) => ({ name, file: join(TESTDATA, name) }))
  .map((golden) => ({ ...golden, objects: objectsOf(readFileSync(golden.file, 'utf8')) }))
  .filter(({ objects }) => objects.length > 0 && objects.every(isObject));

/** The plan that a golden was made of, if it was. */
function planOf(file: string): Plan | undefined {
  const source = file.replace(ENDING, '.in.yaml');
  return parsePlan(readFileSync(source, 'utf8'), { file: source }).plan;
}

const namespaceOf = (name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name },
});

t.test('every golden', async (t) => {
  const mesh = await startMesh(t);
  t.ok(goldens.length > 10, 'they are found');
  const all = goldens.flatMap(({ objects }) => objects);
  const namespaces = new Set(all.map(({ metadata }) => metadata.namespace ?? 'default'));
  await mesh.apply([...namespaces].map(namespaceOf));

  /** A file with what lies around a golden in a cluster. */
  const around = (golden: KubeObject[], plan: Plan | undefined, i: number): string => {
    const key = ({ kind, metadata }: KubeObject) =>
      `${kind} ${metadata.namespace} ${metadata.name}`;
    const own = new Set(golden.map(key));
    const others =
      plan === undefined ? [] : surroundings(plan).filter((each) => !own.has(key(each)));
    const file = join(mesh.folder, `around-${i}.yaml`);
    writeFileSync(file, others.map((each) => JSON.stringify(each)).join('\n---\n'));
    return file;
  };

  const bad: string[] = [];
  for (const [i, { name, file, objects }] of goldens.entries()) {
    await t.test(name, async (t) => {
      t.equal(await validate(file), '', 'istioctl validate');
      const plan = planOf(file);
      const allowed = [...ALWAYS_SAID, ...(plan === undefined ? WITHOUT_SURROUNDINGS : [])];
      const found = await analyze(file, around(objects, plan, i));
      t.strictSame(
        found.filter(({ code }) => !allowed.includes(code)),
        [],
        'istioctl analyze',
      );
      await t.resolves(mesh.apply(objects, { dryRun: true }), 'the API server, strictly');
      if (!t.passing()) bad.push(name);
    });
  }
  const found = bad.length === 0 ? 'nothing found' : `something found in ${bad.join(', ')}`;
  say(t, `${goldens.length} goldens, ${all.length} objects: ${found}`);

  await t.test('what is wrong would be found', async (t) => {
    const first = goldens.find(({ name }) => name === 'documents/istio/article.out.yaml');
    const text = readFileSync(first?.file ?? '', 'utf8');
    const write = (name: string, content: string) => {
      writeFileSync(join(mesh.folder, name), content);
      return join(mesh.folder, name);
    };
    const badRegex = write('regex.yaml', text.replace(/regex: .*/, 'regex: "(["'));
    t.not(await validate(badRegex), '', 'istioctl validate: a bad regular expression');
    const noSubset = write('subset.yaml', text.replaceAll('subset: v2', 'subset: v7'));
    const codes = (await analyze(noSubset)).map(({ code }: Message) => code);
    t.ok(codes.includes('IST0101'), 'istioctl analyze: a subset that nothing defines');
    const unknown = objectsOf(text.replaceAll('exact:', 'exakt:'));
    await t.rejects(mesh.apply(unknown, { dryRun: true }), {
      message: /exakt: field not declared|unknown field .*exakt/,
    });
  });
});

t.test(
  'the danger: one bad object freezes other hosts, and istiod’s counter says so',
  async (t) => {
    const mesh = await startMesh(t, { provokesRejects: 'a regular expression that is none' });
    const gateway = await mesh.gateway();
    await mesh.service('my-service', ['v1']);
    const route = (host: string, match: object) => ({
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name: host, namespace: 'shop' },
      spec: {
        hosts: [host],
        gateways: [gateway.ref],
        http: [{ match: [match], route: [{ destination: { host: 'my-service' } }] }],
      },
    });
    const asked = { headers: { host: 'good.example' } };
    t.equal(await mesh.istiod.xdsRejects(), 0);
    await mesh.apply([route('bad.example', { uri: { regex: '([' } })]);
    await until('the counter grows', async () => (await mesh.istiod.xdsRejects()) > 0);
    await mesh.apply([route('good.example', { uri: { prefix: '/' } })]);
    const before = await mesh.istiod.xdsRejects();
    await until('it is refused too', async () => (await mesh.istiod.xdsRejects()) > before);
    t.equal((await ask(gateway.url, asked)).status, 404, 'a good route that nobody sees');
    await mesh.apply([route('bad.example', { uri: { prefix: '/' } })]);
    t.match(await mesh.waitRoute('it thaws', gateway.url, asked, ({ status }) => status === 200), {
      version: 'v1',
    });
  },
);
