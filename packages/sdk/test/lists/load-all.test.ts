import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Finding, formatPath, listKey, TinctError } from '@tinct/core';
import t from 'tap';
import { type LoadLists, loadLists } from '../../src/index.ts';
import { planOf, sha256, short, sourceOf } from './helpers.ts';

const CSV = 'a,b\n1,x\n2,y\n';

async function failure(work: Promise<unknown>): Promise<TinctError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof TinctError)) throw error ?? new Error('it can be used');
  return error;
}

t.test('a plan without lists', async (t) => {
  const plan = planOf({});
  t.equal((await loadLists(plan, '.')).size, 0);
});

t.test('two columns of one file are two lists, and what is the same is read once', async (t) => {
  const baseDir = t.testdir({ 'l.csv': CSV });
  const base = sourceOf(CSV, { path: 'l.csv', format: 'csv', column: 'a' });
  const plan = planOf({
    first: base,
    second: { ...base, column: 'b' },
    third: { ...base, allowBadLines: 5 },
  });
  const lists = await loadLists(plan, baseDir);
  t.equal(lists.size, 2);
  const a = lists.get(listKey(base));
  const b = lists.get(listKey({ ...base, column: 'b' }));
  t.ok(a?.has('1') && !a.has('x'));
  t.ok(b?.has('x') && !b.has('1'));
});

t.test('each list is opened once', async (t) => {
  const opened: string[] = [];
  const base = sourceOf('a\n', { path: 'l.txt' });
  const open = async function* (path: string) {
    opened.push(path);
    yield Buffer.from('a\n');
  };
  await loadLists(planOf({ first: base, second: { ...base, allowBadLines: 1 } }), '.', { open });
  t.strictSame(opened, ['l.txt']);
});

t.test('everything wrong with all lists is said together, each at its cohort', async (t) => {
  const baseDir = t.testdir({
    'digest.txt': 'b\n',
    'bad.txt': 'a\n\0\n',
    'good.txt': 'a\n',
    'l.csv': CSV,
  });
  const plan = planOf({
    gone: sourceOf('a\n', { path: 'gone.txt' }),
    digest: sourceOf('a\n', { path: 'digest.txt' }),
    good: sourceOf('a\n', { path: 'good.txt', format: 'csv' }),
    bad: sourceOf('a\n\0\n', { path: 'bad.txt' }),
    column: sourceOf(CSV, { path: 'l.csv', format: 'csv', column: 'c' }),
  });
  const error = await failure(loadLists(plan, baseDir));
  t.strictSame(
    error.findings.map(({ code, path, line }) => [code, formatPath(path), line]),
    [
      ['TINCT_LIST_UNREADABLE', 'cohorts.gone.list', undefined],
      ['TINCT_LIST_DIGEST', 'cohorts.digest.sha256', undefined],
      ['TINCT_LIST_BAD_LINE', 'cohorts.bad.list', undefined],
      ['TINCT_LIST_BAD_LINE', 'cohorts.bad.list', 2],
      ['TINCT_LIST_COLUMN', 'cohorts.column.column', undefined],
    ],
  );
  t.equal(error.code, 'TINCT_LIST_UNREADABLE');
});

t.test('the strictest cohort decides how many bad lines a list may have', async (t) => {
  const baseDir = t.testdir({ 'l.txt': 'a\n\0\n' });
  const lax = sourceOf('a\n\0\n', { path: 'l.txt', allowBadLines: 1 });
  const error = await failure(
    loadLists(planOf({ lax, strict: { ...lax, allowBadLines: 0 } }), baseDir),
  );
  t.equal(formatPath(error.findings[0]?.path ?? []), 'cohorts.strict.list');
  t.equal((await loadLists(planOf({ lax }), baseDir)).size, 1);
});

t.test('a copy under another name must be one', async (t) => {
  const baseDir = t.testdir({ 'a.txt': 'a\n', 'copy.txt': 'a\n' });
  const first = sourceOf('a\n', { path: 'a.txt' });
  const plan = planOf({ first, second: { ...first, path: 'copy.txt' } });
  t.equal((await loadLists(plan, baseDir)).size, 1);
  writeFileSync(join(baseDir, 'copy.txt'), 'b\n');
  const changed = await failure(loadLists(plan, baseDir));
  t.strictSame(
    changed.findings.map(({ code, path }) => [code, formatPath(path)]),
    [['TINCT_LIST_DIGEST', 'cohorts.second.sha256']],
  );
  const gone = await failure(
    loadLists(planOf({ first, third: { ...first, path: 'gone.txt' } }), baseDir),
  );
  t.equal(gone.code, 'TINCT_LIST_UNREADABLE');
});

t.test('warnings: bad lines that the plan allows, and an empty list', async (t) => {
  const baseDir = t.testdir({ 'l.txt': '\0\n\0\n' });
  const found: Finding[] = [];
  const plan = planOf({ beta: sourceOf('\0\n\0\n', { path: 'l.txt', allowBadLines: 2 }) });
  await loadLists(plan, baseDir, { warn: (each) => found.push(each) });
  t.strictSame(found.map(short), [
    'l.txt TINCT_LIST_LINES_SKIPPED cohorts.beta.list: 2 bad lines skipped, 2 allowed',
    'l.txt TINCT_PLAN_COHORT_EMPTY cohorts.beta.list: nobody is in `beta`',
  ]);
});

t.test('the limit and the signal reach every list', async (t) => {
  const baseDir = t.testdir({ 'l.txt': 'a\nb\n' });
  const plan = planOf({ beta: sourceOf('a\nb\n', { path: 'l.txt' }) });
  t.equal((await failure(loadLists(plan, baseDir, { maxIds: 1 }))).code, 'TINCT_LIST_TOO_LARGE');
  const signal = AbortSignal.abort(new Error('enough'));
  await t.rejects(loadLists(plan, baseDir, { signal }), { message: 'enough' });
});

t.test('a mistake of the program is no finding', async (t) => {
  const plan = planOf({ beta: sourceOf('a\n') });
  const open = () => {
    throw new TypeError('no such thing');
  };
  await t.rejects(loadLists(plan, '.', { open }), TypeError);
});

t.test('the plan store can load lists with it', async (t) => {
  const load: LoadLists = loadLists;
  const baseDir = t.testdir({ 'l.txt': 'a\n' });
  const source = sourceOf('a\n', { path: 'l.txt' });
  const options = { signal: new AbortController().signal, warn: () => t.fail('no warning') };
  const list = (await load(planOf({ beta: source }), baseDir, options)).get(listKey(source));
  t.equal(list?.sha256, sha256('a\n'));
  t.equal(list?.has('a'), true);
});
