import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { TinctError } from '@tinct/core';
import t, { type Test } from 'tap';
import { BAD_LINES_SHOWN, digestOf, loadList } from '../../src/index.ts';
import { give, holds, load, sha256, short, sourceOf } from './helpers.ts';

/** What a list that cannot be used says. */
async function findingsOf(t: Test, work: Promise<unknown>): Promise<string[]> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof TinctError)) throw error;
    t.equal(error.code, error.findings[0]?.code);
    t.equal(error.message, `${error.findings[0]?.file}: ${error.findings[0]?.message}`);
    return error.findings.map(short);
  }
  t.fail('it can be used');
  return [];
}

t.test('a file beside the plan', async (t) => {
  const baseDir = t.testdir({ lists: { 'beta.csv': 'id\n123\n007\n123\n' } });
  const source = sourceOf('id\n123\n007\n123\n', {
    path: 'lists/beta.csv',
    format: 'csv',
    column: 'id',
  });
  const { list, lines, duplicates, badLines } = await loadList(source, { baseDir });
  t.strictSame(
    { lines, duplicates, badLines },
    { lines: 4, duplicates: 1, badLines: { count: 0, first: [] } },
  );
  t.equal(list.sha256, source.sha256);
  t.ok(holds(list, ['123', '007']));
  t.equal(await digestOf('lists/beta.csv', { baseDir }), source.sha256);
  t.equal(await digestOf(join(baseDir, 'lists/beta.csv')), source.sha256);
});

t.test('files that cannot be read', async (t) => {
  const baseDir = t.testdir({ 'file.csv': 'x' });
  mkdirSync(join(baseDir, 'dir.csv'));
  symlinkSync('loop.csv', join(baseDir, 'loop.csv'));
  spawnSync('mkfifo', [join(baseDir, 'pipe.csv')]);
  const why = {
    'none.csv': 'there is no such file',
    'dir.csv': 'it is a directory',
    'file.csv/x.csv': 'a part of its path is no directory',
    'loop.csv': 'its symlinks lead in a circle',
    'pipe.csv': 'it is no regular file',
  };
  for (const [path, reason] of Object.entries(why)) {
    const expected = [`${path} TINCT_LIST_UNREADABLE list: ${reason}`];
    t.strictSame(await findingsOf(t, loadList(sourceOf('', { path }), { baseDir })), expected);
    t.strictSame(await findingsOf(t, digestOf(path, { baseDir })), expected);
  }
});

t.test('a file that may not be read', async (t) => {
  const error = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
  const refuse = async function* () {
    yield Buffer.from('id\n');
    throw error;
  };
  t.strictSame(
    await findingsOf(
      t,
      loadList(sourceOf('x', { path: 'secret.csv' }), { baseDir: '.', open: refuse }),
    ),
    ['secret.csv TINCT_LIST_UNREADABLE list: it may not be read'],
  );
});

t.test('another digest than the plan says', async (t) => {
  const source = sourceOf('a\n');
  const open = give(Buffer.from('b\n'));
  t.strictSame(await findingsOf(t, loadList(source, { baseDir: '.', open })), [
    `list.txt TINCT_LIST_DIGEST sha256: its digest is ${sha256('b\n')}; the plan says ${sha256('a\n')}`,
  ]);
});

t.test('everything wrong at once: digest and bad lines', async (t) => {
  const open = give(Buffer.from('b\n\0\n'));
  const found = await findingsOf(t, loadList(sourceOf('a\n'), { baseDir: '.', open }));
  t.match(found, [
    /TINCT_LIST_DIGEST/,
    /1 bad line, 0 allowed/,
    /^list.txt:2 TINCT_LIST_BAD_LINE list: holds a NUL/,
  ]);
  t.equal(found.length, 3);
});

t.test('bad lines: as many as allowed, the first 20 and the count', async (t) => {
  const content = `${'ok\n\0\n'.repeat(30)}`;
  const allowed = await load(content, { allowBadLines: 30 });
  t.equal(allowed.list.size, 1);
  t.equal(allowed.badLines.count, 30);
  t.equal(allowed.badLines.first.length, BAD_LINES_SHOWN);
  t.strictSame(allowed.badLines.first[1], { line: 4, reason: 'holds a NUL character' });
  const found = await findingsOf(t, load(content, { allowBadLines: 29 }));
  t.equal(found.length, 21);
  t.equal(
    found[0],
    'list.txt TINCT_LIST_BAD_LINE list: 30 bad lines, 29 allowed; the first 20 follow',
  );
  t.equal(found[20], 'list.txt:40 TINCT_LIST_BAD_LINE list: holds a NUL character');
});

t.test('attack: one bad quote cannot hide many lines behind one allowed', async (t) => {
  const content = `id\n"a\n${'b\n'.repeat(50)}`;
  const found = await findingsOf(
    t,
    load(content, { format: 'csv', column: 'id', allowBadLines: 50 }),
  );
  t.match(found[0], /51 bad lines, 50 allowed/);
  t.match(found[1], /^list.txt:2 .*a quote is not closed/);
});

t.test('what is wrong with a line never quotes the line', async (t) => {
  const secret = 'alice@example.com';
  const contents = [
    [`id\n${secret},1\n"${secret}"x\n`, 'csv', 'id'],
    [`{"id":${secret}}\n{"x":"${secret}"}\n["${secret}"]\n`, 'ndjson', 'id'],
    [`${secret}\0\n`, 'text', undefined],
    [`${secret}\n`, 'csv', 'id'],
  ] as const;
  for (const [content, format, column] of contents) {
    const found = await findingsOf(t, load(content, { format, column }));
    t.ok(found.length > 0);
    t.notOk(
      found.some((text) => text.includes('alice')),
      found.join('\n'),
    );
  }
});

t.test('columns that cannot be told', async (t) => {
  const cases: readonly (readonly [string, string | undefined, RegExp])[] = [
    ['a,b\n', 'id', /no column "id"; the first line of a CSV/],
    [' User_ID,b\n', 'user_id', /no column "user_id"; did you mean " User_ID"\?/],
    ['id,b,id\n', 'id', /two columns are called "id"/],
    ['', 'id', /there is no first line/],
    ['\n\r\n', undefined, /there is no first line/],
    ['id;b\n', undefined, /not separated by commas/],
    ['id\tb\n', 'id', /not separated by commas/],
    ['i"d\n', 'id', /the first line cannot be read: a quote within/],
    ['"id\n', 'id', /the first line cannot be read: a quote is not closed/],
    ['\0id\n', 'id', /the first line cannot be read: holds a NUL/],
  ];
  for (const [content, column, expected] of cases) {
    const found = await findingsOf(t, load(content, { format: 'csv', column }));
    t.equal(found.length, 1, JSON.stringify(content));
    t.match(found[0], expected);
    t.match(found[0], /TINCT_LIST_COLUMN/);
  }
});

t.test('too many ids: not one more is kept, the digest is still checked', async (t) => {
  const open = give(Buffer.from('a\nb\nc\n'));
  const options = { baseDir: '.', open, maxIds: 2 };
  t.match(await findingsOf(t, loadList(sourceOf('a\nb\nc\n'), options)), [
    /TINCT_LIST_TOO_LARGE list: more than 2 ids/,
  ]);
  const found = await findingsOf(t, loadList(sourceOf('x'), options));
  t.match(found, [/TINCT_LIST_DIGEST/, /TINCT_LIST_TOO_LARGE/]);
  t.equal((await loadList(sourceOf('a\nb\nc\n'), { ...options, maxIds: 3 })).list.size, 3);
});

t.test('a signal that was given before', async (t) => {
  const baseDir = t.testdir({ 'list.txt': 'a\n' });
  const signal = AbortSignal.abort(new Error('enough'));
  await t.rejects(loadList(sourceOf('a\n'), { baseDir, signal }), { message: 'enough' });
  await t.rejects(digestOf('list.txt', { baseDir, signal }), { message: 'enough' });
});

t.test('a signal between two chunks', async (t) => {
  const stop = new AbortController();
  let asked = 0;
  const open = async function* () {
    for (; asked < 10; asked++) {
      if (asked === 2) stop.abort(new Error('enough'));
      yield Buffer.from('a\n');
    }
  };
  const loading = loadList(sourceOf('x'), { baseDir: '.', open, signal: stop.signal });
  await t.rejects(loading, { message: 'enough' });
  t.equal(asked, 2);
});

t.test('a signal while the source keeps silent', async (t) => {
  const stop = new AbortController();
  const open = async function* () {
    yield Buffer.from('a\n');
    stop.abort(new Error('enough'));
    await new Promise(() => {});
  };
  const loading = loadList(sourceOf('x'), { baseDir: '.', open, signal: stop.signal });
  await t.rejects(loading, { message: 'enough' });
});

t.test('a signal while a file is read', async (t) => {
  const content = `${'x'.repeat(99)}\n`.repeat(50_000);
  const baseDir = t.testdir({ 'list.txt': content });
  const stop = new AbortController();
  const loading = loadList(sourceOf(content), { baseDir, signal: stop.signal });
  setImmediate(() => stop.abort(new Error('enough')));
  await t.rejects(loading, { message: 'enough' });
});

t.test('a signal while the list is sorted', async (t) => {
  const ids = Array.from({ length: 200_000 }, (_, i) => `${i}\n`).join('');
  const stop = new AbortController();
  const open = async function* () {
    yield Buffer.from(ids);
    setImmediate(() => stop.abort(new Error('enough')));
  };
  const loading = loadList(sourceOf(ids), { baseDir: '.', open, signal: stop.signal });
  await t.rejects(loading, { message: 'enough' });
});

t.test('a source that yields text instead of bytes', async (t) => {
  const open = async function* () {
    yield 'a\n' as unknown as Uint8Array;
  };
  const found = await findingsOf(t, loadList(sourceOf('a\n'), { baseDir: '.', open }));
  t.match(found, [/TINCT_LIST_UNREADABLE.*it yields no bytes/]);
});

t.test('memory stays bounded while a list of much text and few ids is read', async (t) => {
  const chunk = Buffer.from(`a,${'x'.repeat(1000)}\n`.repeat(100));
  const chunks = 2000;
  const open = async function* () {
    yield Buffer.from('id,text\n');
    for (let i = 0; i < chunks; i++) yield chunk;
  };
  const before = process.memoryUsage().rss;
  const source = { ...sourceOf(''), sha256: '0'.repeat(64), format: 'csv' as const };
  const found = await findingsOf(t, loadList(source, { baseDir: '.', open }));
  t.match(found, [/TINCT_LIST_DIGEST/]);
  const grown = process.memoryUsage().rss - before;
  t.ok(grown < (chunks * chunk.length) / 2, `${grown} bytes for ${chunks * chunk.length}`);
});

t.test('a worker thread uses the same memory', async (t) => {
  const { list } = await load('a\nb\n');
  const core = import.meta.resolve('@tinct/core');
  const script = `
    import { parentPort, workerData } from 'node:worker_threads';
    const { FingerprintList } = await import(${JSON.stringify(core)});
    const list = new FingerprintList(workerData);
    parentPort.postMessage([list.has('a'), list.has('c')]);
    list.data.words.fill(0);
  `;
  const url = new URL(`data:text/javascript,${encodeURIComponent(script)}`);
  const worker = new Worker(url, { workerData: list.data });
  const exit = once(worker, 'exit');
  t.strictSame(await once(worker, 'message'), [[true, false]]);
  await exit;
  t.notOk(list.has('a'), 'what the worker wrote is seen here');
});
