/** Documents in the shapes that people write: what a release changes of them, byte for byte, and what it refuses. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatFinding } from '@tinct/core';
import { type Insertion, insertionOf, insertText, removeText } from '@tinct/istio-config';
import t from 'tap';
import { goldensOf } from './goldens.ts';
import { planOf } from './stages.ts';

const PLAN = planOf(
  readFileSync(join(import.meta.dirname, '../testdata/foreign/plan.yaml'), 'utf8'),
);
const RELEASES = ['reviews', 'shop'];

/** `out.yaml` is held against a real Istio and API server; these are for neither: a route that is never used, a List, mistakes. */
const endingOf = (name: string): string =>
  ['by-version', 'list', 'refused'].includes(name) ? 'after.yaml' : 'out.yaml';

function release(name: string): Insertion {
  const { insertion } = insertionOf(PLAN, name);
  assert.ok(insertion);
  return insertion;
}

for (const { name, file, text, equal } of goldensOf('foreign'))
  t.test(`foreign: ${name}`, async (t) => {
    let made = text;
    const lines: string[] = [];
    for (const each of RELEASES) {
      const changed = insertText(made, release(each), { file });
      lines.push(...changed.findings.map((found) => `${formatFinding(found)}\n`));
      made = changed.text;
    }
    equal(t, endingOf(name), made);
    equal(t, 'out.txt', lines.join(''));
    t.equal(
      made === text,
      lines.some((line) => line.includes(' error ')),
      'all or nothing',
    );
    for (const each of RELEASES)
      t.equal(insertText(made, release(each)).text, made, `${each}: twice is once`);
    const back = RELEASES.reduce((now, each) => removeText(now, each).text, made);
    t.equal(back, text, 'the original comes back');
  });

t.test('a text without a line end, and a list at its end', async (t) => {
  const text = [
    'apiVersion: gateway.networking.k8s.io/v1',
    'kind: HTTPRoute',
    'metadata: { name: reviews, namespace: books }',
    'spec:',
    '  rules:',
    '  - backendRefs: [{ name: reviews, port: 9080 }]',
  ].join('\r\n');
  const made = insertText(text, release('reviews')).text;
  t.ok(made.startsWith(`${text}\r\n  - matches:\r\n`));
  t.notMatch(made, /[^\r]\n/, 'line ends stay what they are');
  t.equal(removeText(made, 'reviews').text, text);
});

t.test('an object without a namespace lies where it will be applied to', async (t) => {
  const text = [
    'apiVersion: networking.istio.io/v1',
    'kind: VirtualService',
    'metadata: { name: reviews }',
    'spec: { hosts: [reviews], http: [{ route: [{ destination: { host: reviews } }] }] }',
    '',
  ].join('\n');
  t.equal(insertText(text, release('reviews')).concerned, false);
  const { text: made, concerned } = insertText(text, release('reviews'), { namespace: 'books' });
  t.equal(concerned, true);
  t.match(made, /tinct\/reviews\/v3/);
  t.equal(removeText(made, 'reviews').text, text);
});

t.test('what is no YAML is said, and nothing is changed', async (t) => {
  const text = 'kind: [';
  const { text: made, findings } = insertText(text, release('reviews'), { file: 'x.yaml' });
  t.equal(made, text);
  t.strictSame(
    findings.map(({ code }) => code),
    ['TINCT_MANIFEST_SYNTAX'],
  );
});
