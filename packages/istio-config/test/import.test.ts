import { formatFinding, hasErrors, parsePlan } from '@tinct/core';
import { type ImportOptions, importPlan, readManifests } from '@tinct/istio-config';
import t from 'tap';
import { goldensOf } from './goldens.ts';

const lines = (findings: readonly Parameters<typeof formatFinding>[0][]): string =>
  findings.map((found) => `${formatFinding(found)}\n`).join('');

for (const { name, file, text, equal } of goldensOf('import'))
  t.test(`import of ${name}`, async (t) => {
    const read = readManifests(text, { file });
    t.strictSame(read.findings, []);
    const { text: plan = '', findings } = importPlan(read.manifests);
    equal(t, 'out.yaml', plan);
    equal(t, 'out.txt', lines(findings));
    const again = parsePlan(plan);
    t.strictSame(again.findings, [], 'a plan that `tinct validate` finds fine');
    t.ok(findings.every(({ line = 0, column = 0 }) => line > 0 && column > 0));
  });

const imported = (text: string, options?: ImportOptions) => {
  const { manifests, findings } = readManifests(text);
  const result = importPlan(manifests, options);
  return { ...result, findings: [...findings, ...result.findings] };
};

const [article] = goldensOf('import').filter(({ name }) => name === 'article');

t.test('whoever believes clients may keep it so', async (t) => {
  const { text = '', findings } = imported(article?.text ?? '', { trust: 'anyone', name: 'shop' });
  t.strictSame(findings, []);
  t.match(text, '{ unit: user, header: user-id, trust: anyone }');
  t.match(text, 'name: shop');
  t.notOk(hasErrors(parsePlan(text).findings));
});

t.test('the header of the user can be named', async (t) => {
  const text = (article?.text ?? '').replace('user-id', 'X-Who');
  t.match(imported(text).text, 'when: { attribute: x-who, equals: "123" }');
  t.match(imported(text, { identityHeader: 'x-who' }).text, 'users: [ "123" ]');
});

t.test('what holds no route to versions is said', async (t) => {
  const nothing = 'apiVersion: v1\nkind: Service\nmetadata: { name: web }\n';
  const codes = (text: string) => imported(text).findings.map(({ code }) => code);
  t.strictSame(codes(nothing), ['TINCT_IMPORT_NOTHING']);
  t.strictSame(codes(''), ['TINCT_IMPORT_NOTHING']);
  t.strictSame(codes('- a\n- b\n'), ['TINCT_MANIFEST_SHAPE', 'TINCT_IMPORT_NOTHING']);
  t.strictSame(codes('{{ .Values.x }}\n---\na: [\n'), [
    'TINCT_MANIFEST_SHAPE',
    'TINCT_MANIFEST_SYNTAX',
    'TINCT_IMPORT_NOTHING',
  ]);
  t.strictSame(codes('a: *nowhere\n'), ['TINCT_MANIFEST_SYNTAX', 'TINCT_IMPORT_NOTHING']);
});

t.test('each object of a file that is broken elsewhere is read', async (t) => {
  const { findings, text } = imported(`a: [\n---\n${article?.text}`);
  t.equal(findings[0]?.code, 'TINCT_MANIFEST_SYNTAX');
  t.match(text, 'my-service');
});
