/** The rules as a whole: settled bytes, pages to read, and nothing that Prometheus' own tool objects to. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SERIES } from '@tinct/core';
import t from 'tap';
import { runbookName } from '../src/index.ts';
import { CASES } from './observe-cases.ts';
import {
  files,
  names,
  needsPromtool,
  promtool,
  ROOT,
  RULES,
  ruleFiles,
  rulesOf,
} from './observe-tools.ts';

t.test('the same plan gives the same bytes', async (t) => {
  t.strictSame(files(), files());
  t.not(files({ compress: 60 })[0]?.text, files()[0]?.text);
});

t.test('every alert has a summary, a description, a severity and a page to read', async (t) => {
  const all = ruleFiles()
    .flatMap(({ text }) => rulesOf(text))
    .filter(({ alert }) => alert);
  t.strictSame(new Set(all.map(({ alert }) => alert)), new Set(names));
  for (const { alert = '', labels, annotations } of all) {
    t.ok(annotations?.['summary'] && annotations['description'] && labels?.['severity'], alert);
    t.ok(existsSync(join(ROOT, annotations?.['runbook_url'] ?? '')), `${alert}: its runbook`);
  }
});

t.test('every runbook is of an alert, and says what it means and what to do', async (t) => {
  const folder = join(ROOT, 'docs/runbooks');
  const pages = readdirSync(folder).filter((name) => name !== 'README.md');
  t.strictSame(new Set(pages), new Set(names.map((name) => `${runbookName(name)}.md`)));
  for (const page of pages) {
    const text = readFileSync(join(folder, page), 'utf8');
    for (const heading of ['## What it means', '## First', '## What to do'])
      t.match(text, heading, `${page}: ${heading}`);
  }
});

t.test('rules ask for series that exist', async (t) => {
  const known = new Set(Object.values(SERIES).map(({ name }) => name));
  const text = ruleFiles()
    .map((file) => file.text)
    .join('');
  for (const [, name = ''] of text.matchAll(
    /(?<![:\w])(tinct_\w+?)(?:_bucket|_count)?(?=\{|\[|\)| |$)/gm,
  ))
    t.ok(known.has(name), name);
});

t.test('promtool finds nothing wrong', needsPromtool, async (t) => {
  for (const options of [{}, { compress: 60 }]) {
    const folder = t.testdir(
      Object.fromEntries(ruleFiles(options).map((file) => [file.name, file.text])),
    );
    const { status, said } = promtool('check', 'rules', ...RULES.map((name) => join(folder, name)));
    t.equal(status, 0, said);
  }
});

t.test('there is a case for every alert', async (t) => {
  const cased = new Set(CASES.map(({ alert }) => alert));
  t.strictSame(new Set(names.filter((name) => name !== 'TinctWatchdog')), cased);
});
