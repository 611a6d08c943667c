/** Manifests with mistakes, and what is said about each: `testdata/lint/*.in.yaml`, with a plan beside some. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  ERRORS,
  type ErrorCode,
  type Finding,
  formatFinding,
  parsePlan,
  placed,
} from '@tinct/core';
import { LINT_CODES, lint, RETIRED_LINT_CODES, readManifests, sarif } from '@tinct/istio-config';
import AjvModule from 'ajv-draft-04';
import t from 'tap';
import { type Golden, goldensOf } from './goldens.ts';

function found({ name, file, text, beside }: Golden): readonly Finding[] {
  const { manifests, findings } = readManifests(text, { file });
  const planText = beside('plan.yaml');
  if (planText === undefined) return [...findings, ...lint(manifests)];
  const { plan } = parsePlan(planText);
  if (plan === undefined) throw new Error(`${name}.plan.yaml has mistakes`);
  return [...findings, ...placed(lint(manifests, { plan }), planText, `${name}.plan.yaml`)];
}

/** A golden is named like its code. */
const nameOf = (code: ErrorCode): string => code.split('_').slice(2).join('-').toLowerCase();

const goldens = goldensOf('lint');
const all = goldens.map((golden) => ({ golden, findings: found(golden) }));

for (const { golden, findings } of all)
  t.test(`lint of ${golden.name}`, async (t) => {
    golden.equal(t, 'out.txt', findings.map((one) => `${formatFinding(one)}\n`).join(''));
    t.ok(findings.every(({ line = 0, column = 0, file = '' }) => line > 0 && column > 0 && file));
    const names = new Set(findings.map(({ code }) => nameOf(code)));
    const isFine = golden.name.startsWith('fine');
    t.ok(isFine ? names.size === 0 : names.has(golden.name), 'has the code that it is named for');
  });

t.test('each code has a golden of its name', async (t) => {
  const names = goldens.map(({ name }) => name).filter((name) => !name.startsWith('fine'));
  t.strictSame(names.sort(), LINT_CODES.map(nameOf).sort());
});

t.test('a code that was ever published is in the table or retired, and never both', async (t) => {
  const file = join(import.meta.dirname, '../testdata/lint/codes.txt');
  const published = readFileSync(file, 'utf8').trim().split('\n');
  const [known, retired] = [new Set<string>(LINT_CODES), new Set(RETIRED_LINT_CODES)];
  t.strictSame(
    published.filter((code) => !known.has(code) && !retired.has(code)),
    [],
  );
  t.strictSame(
    published.filter((code) => known.has(code) && retired.has(code)),
    [],
  );
  t.strictSame(
    LINT_CODES.filter((code) => !published.includes(code)),
    [],
    'add it to codes.txt',
  );
});

t.test('SARIF is what its schema says', async (t) => {
  const schema = join(import.meta.dirname, '../testdata/sarif-schema-2.1.0.json');
  const ajv = new AjvModule.default({ strict: false, validateFormats: false, allErrors: true });
  const validate = ajv.compile(JSON.parse(readFileSync(schema, 'utf8')));
  for (const { golden, findings } of all) {
    const log = JSON.parse(JSON.stringify(sarif(findings, { version: '1.2.3' })));
    t.ok(validate(log), `${golden.name}: ${JSON.stringify(validate.errors)}`);
    const [run] = log.runs;
    t.equal(run.results.length, findings.length);
    for (const { ruleId, ruleIndex } of run.results)
      t.equal(run.tool.driver.rules[ruleIndex].id, ruleId);
  }
  t.notOk(validate({ version: '2.1.0', runs: [{}] }), 'and the schema refuses what is none');
});

t.test('SARIF names a file as a URI', async (t) => {
  const golden = goldens.find(({ name }) => name === 'regex');
  const { manifests } = readManifests(golden?.text ?? '', { file: 'a b/ü#.yaml' });
  const [result] = JSON.parse(JSON.stringify(sarif(lint(manifests), { version: '1' }))).runs[0]
    .results;
  t.equal(result.locations[0].physicalLocation.artifactLocation.uri, 'a%20b/%C3%BC%23.yaml');
});

t.test('each code says cause and mend', async (t) => {
  for (const code of LINT_CODES) {
    const { title, cause, mend } = ERRORS[code as ErrorCode];
    t.match(`${title}. ${cause} ${mend}`, /^[A-Z].+\. [A-Z`].+\. .+[.`]$/, code);
  }
});

for (const folder of [
  'istio',
  'istio-mesh',
  'istio-gateway',
  'istio-weighted',
  'istio-mesh-header',
  'gateway-api',
  'gateway-api-gateway',
  'gateway-api-weighted',
])
  for (const { name, file, text, beside } of goldensOf(`documents/${folder}`))
    t.test(`what the generator makes is fine: ${folder}/${name}`, async (t) => {
      const { plan } = parsePlan(text);
      const { manifests } = readManifests(beside('out.yaml') ?? '', { file });
      t.not(manifests.length, 0);
      const findings = lint(manifests, plan === undefined ? {} : { plan });
      const gateway = findings.filter(({ code }) => code === 'TINCT_LINT_EDGE_OPEN');
      t.strictSame(
        findings.filter((one) => !gateway.includes(one)).map(formatFinding),
        [],
        'but for the gateway, which needs a filter or a guard beside it',
      );
    });
