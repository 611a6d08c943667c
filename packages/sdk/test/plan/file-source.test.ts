import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { FilePlanSource } from '../../src/index.ts';

/** 30 ms on a quiet machine; far from the poll, which is out of the way. */
const AT_ONCE = 1000;
const NO_POLL = { pollMs: 60_000 };

const never = new AbortController().signal;

/** Waits for the next change; how many milliseconds it took. */
function changes(t: Test, source: FilePlanSource) {
  let heard = 0;
  let wake = () => {};
  const watch = source.watch(() => {
    heard += 1;
    wake();
  });
  t.teardown(() => watch.close());
  return {
    count: () => heard,
    async after(change: () => Promise<unknown>): Promise<number> {
      const { promise, resolve } = Promise.withResolvers<void>();
      wake = resolve;
      // The watch keeps no process alive.
      const alive = setInterval(() => {}, 1000);
      const started = performance.now();
      await change();
      await promise;
      clearInterval(alive);
      return performance.now() - started;
    },
  };
}

t.test('a plan is read with the folder of its lists', async (t) => {
  const dir = t.testdir({ 'plan.yaml': 'größe: 1\n' });
  const file = join(dir, 'plan.yaml');
  t.same(await new FilePlanSource(file).read(never), { text: 'größe: 1\n', file, baseDir: dir });
});

t.test('what cannot be read says why, without a stack', async (t) => {
  const dir = t.testdir({
    latin1: Buffer.from([0x61, 0xff]),
    large: 'x'.repeat(1024 * 1024 + 1),
    loop: t.fixture('symlink', 'loop'),
    file: '',
  });
  const failures = [
    ['absent', 'TINCT_PLAN_UNREADABLE', /no such file/],
    ['.', 'TINCT_PLAN_UNREADABLE', /no regular file/],
    ['latin1', 'TINCT_PLAN_UNREADABLE', /not UTF-8/],
    ['loop', 'TINCT_PLAN_UNREADABLE', /circle/],
    ['file/below', 'TINCT_PLAN_UNREADABLE', /no directory/],
    ['large', 'TINCT_PLAN_TOO_LARGE', /1048577/],
  ] as const;
  for (const [name, code, message] of failures)
    await t.rejects(new FilePlanSource(join(dir, name)).read(never), { code, message });
});

t.test('a plan written in place is noticed by its event', async (t) => {
  const file = join(t.testdir({ 'plan.yaml': 'a' }), 'plan.yaml');
  const heard = changes(t, new FilePlanSource(file, NO_POLL));
  t.ok((await heard.after(() => writeFile(file, 'b'))) < AT_ONCE);
  t.ok((await heard.after(() => writeFile(file, 'c'))) < AT_ONCE);
});

t.test('a plan renamed over the old one is noticed by its event', async (t) => {
  const dir = t.testdir({ 'plan.yaml': 'a' });
  const file = join(dir, 'plan.yaml');
  const source = new FilePlanSource(file, NO_POLL);
  const heard = changes(t, source);
  for (const text of ['b', 'c']) {
    await writeFile(join(dir, 'next'), text);
    t.ok((await heard.after(() => rename(join(dir, 'next'), file))) < AT_ONCE);
    t.equal((await source.read(never)).text, text);
  }
});

t.test('a ConfigMap volume that swaps ..data is noticed by its event', async (t) => {
  const dir = t.testdir({
    '..one': { 'plan.yaml': 'a' },
    '..two': { 'plan.yaml': 'b' },
    '..data': t.fixture('symlink', '..one'),
    'plan.yaml': t.fixture('symlink', join('..data', 'plan.yaml')),
  });
  const source = new FilePlanSource(join(dir, 'plan.yaml'), NO_POLL);
  const heard = changes(t, source);
  await symlink('..two', join(dir, '..data_tmp'));
  t.ok((await heard.after(() => rename(join(dir, '..data_tmp'), join(dir, '..data')))) < AT_ONCE);
  t.equal((await source.read(never)).text, 'b');
});

t.test('a plan behind a symlink into another folder is noticed by the poll', async (t) => {
  const dir = t.testdir({
    elsewhere: { 'plan.yaml': 'a' },
    here: { 'plan.yaml': t.fixture('symlink', join('..', 'elsewhere', 'plan.yaml')) },
  });
  const heard = changes(t, new FilePlanSource(join(dir, 'here', 'plan.yaml'), { pollMs: 10 }));
  await heard.after(() => writeFile(join(dir, 'elsewhere', 'plan.yaml'), 'b'));
  t.equal(heard.count(), 1);
});

t.test('a plan that disappears and comes back is noticed, its folder too', async (t) => {
  const dir = t.testdir({ plans: { 'plan.yaml': 'a' } });
  const file = join(dir, 'plans', 'plan.yaml');
  const heard = changes(t, new FilePlanSource(file, { pollMs: 10 }));
  await heard.after(() => rm(join(dir, 'plans'), { recursive: true }));
  await heard.after(async () => {
    await mkdir(join(dir, 'plans'));
    await writeFile(file, 'b');
  });
  await heard.after(() => writeFile(file, 'c'));
});

t.test('other files in the folder are no change', async (t) => {
  const dir = t.testdir({ 'plan.yaml': 'a' });
  const heard = changes(t, new FilePlanSource(join(dir, 'plan.yaml'), { pollMs: 5 }));
  await writeFile(join(dir, 'other'), 'b');
  await sleep(40);
  t.equal(heard.count(), 0);
});

t.test(
  'a file that is written without a pause holds the callback back for a bounded time',
  async (t) => {
    const file = join(t.testdir({ 'plan.yaml': 'a' }), 'plan.yaml');
    const source = new FilePlanSource(file, { restMs: 60_000, patienceMs: 30 });
    const heard = changes(t, source);
    t.ok((await heard.after(() => writeFile(file, 'b'))) < AT_ONCE);
  },
);

t.test('a closed watch is silent', async (t) => {
  const file = join(t.testdir({ 'plan.yaml': 'a' }), 'plan.yaml');
  let heard = 0;
  const watch = new FilePlanSource(file, { pollMs: 5 }).watch(() => {
    heard += 1;
  });
  await writeFile(file, 'b');
  watch.close();
  await sleep(40);
  t.equal(heard, 0);
});
