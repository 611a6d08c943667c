/** Manifests with anything in any place: reading, linting and importing them never throws. */
import { isRecord, parsePlan } from '@tinct/core';
import { importPlan, lint, readManifests, sarif } from '@tinct/istio-config';
import fc from 'fast-check';
import t from 'tap';
import { parseAllDocuments } from 'yaml';
import { goldensOf } from './goldens.ts';

const documents = [...goldensOf('lint'), ...goldensOf('import'), ...goldensOf('filter')].flatMap(
  ({ text }) => parseAllDocuments(text).map((document) => document.toJS() as unknown),
);
const [planText] = goldensOf('lint').flatMap(({ beside }) => beside('plan.yaml') ?? []);
const { plan } = parsePlan(planText ?? '');

const junk = fc.oneof(
  fc.constantFrom(null, true, 0, -1, 1e9, '', 'x', '*', '.', '__proto__', 'constructor', [], {}),
  fc.string({ maxLength: 5 }),
  fc.constant([[null], { exact: {} }, 'a']),
  fc.constant({ exact: null, name: 7, host: [], subsets: 'v1', http: { 0: 1 } }),
);

/** Puts something else into one place of a value, chosen by numbers that say which way to go down. */
function changed(value: unknown, way: readonly number[], to: unknown): unknown {
  const [step, ...rest] = way;
  const keys = isRecord(value) || Array.isArray(value) ? Object.keys(value) : [];
  const key = step === undefined ? undefined : keys[step % Math.max(keys.length, 1)];
  if (key === undefined) return to;
  const inner = (value as Record<string, unknown>)[key];
  if (Array.isArray(value))
    return value.map((one, i) => (i === Number(key) ? changed(one, rest, to) : one));
  return { ...(value as object), [key]: changed(inner, rest, to) };
}

t.test('whatever stands in a manifest is read, linted and imported without a throw', async (t) => {
  let seen = 0;
  const some = fc.tuple(
    fc.constantFrom(...documents),
    fc.array(fc.nat(20), { minLength: 1, maxLength: 9 }),
    junk,
  );
  fc.assert(
    fc.property(fc.array(some, { minLength: 1, maxLength: 3 }), (all) => {
      const text = all
        .map(([document, way, to]) => JSON.stringify(changed(document, way, to)))
        .join('\n---\n');
      const { manifests } = readManifests(text, { file: 'a.yaml' });
      const findings = [...lint(manifests), ...lint(manifests, plan === undefined ? {} : { plan })];
      sarif(findings, { version: '1' });
      for (const { line, column, path, file } of findings)
        if (file !== undefined && !(Number(line) > 0 && Number(column) > 0))
          throw new Error(`no place: ${path.join('.')}`);
      const { text: made } = importPlan(manifests);
      if (made !== undefined && parsePlan(made).plan === undefined)
        throw new Error(`an imported plan with errors:\n${made}`);
      seen += manifests.length;
    }),
    { numRuns: 1500 },
  );
  t.ok(seen > 1000, `${seen} objects`);
});

t.test('and so is a text that is no YAML', async (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      lint(readManifests(text).manifests);
    }),
    { numRuns: 500 },
  );
  t.pass('nothing was thrown');
});
