import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { ROOT } from '../structure/source.ts';
import { showsWhatItAnswers } from './readme.ts';
import { runExample, textOf } from './running.ts';

interface Page {
  readonly reviews: string;
  readonly ratings: string;
  readonly review: string;
}

const folder = mkdtempSync(join(tmpdir(), 'tinct-bookshop-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));
const plan = join(folder, 'plan.yaml');
const text = readFileSync(join(ROOT, 'examples/bookshop/plan.yaml'), 'utf8');

function write(revision: number, percent: number): void {
  const changed = text
    .replace('revision: 1', `revision: ${revision}`)
    .replace('percent: 50', `percent: ${percent}`);
  const next = `${plan}.next`;
  writeFileSync(next, changed);
  renameSync(next, plan);
}

t.test('examples/bookshop: no request sees a mixed pair, also while the plan moves', async (t) => {
  write(1, 50);
  const { line } = runExample(t, 'bookshop/main.ts', { env: { PLAN: plan } });
  const url = await line();
  await showsWhatItAnswers(t, 'bookshop', url);
  const ask = async (user: string): Promise<Page> =>
    JSON.parse(await textOf(url, { 'user-id': user }));
  t.strictSame(await ask('123'), {
    ...{ reviews: 'v2', ratings: 'v2' },
    review: 'A fine book: 4.5 of 5',
  });
  const pages: Page[] = [];
  const crowd = async (): Promise<void> => {
    const users = Array.from({ length: 40 }, (_, i) => `user-${i}`);
    pages.push(...(await Promise.all(users.map(ask))));
  };
  await crowd();
  const before = pages.filter(({ reviews }) => reviews === 'v2').length;
  t.ok(before > 5 && before < 35, `${before} of 40 at 50 %`);
  write(2, 100);
  while (pages.at(-1)?.reviews !== 'v2' || pages.slice(-40).some(({ reviews }) => reviews === 'v1'))
    await crowd();
  write(3, 0);
  while (pages.slice(-40).some(({ reviews }) => reviews === 'v2')) await crowd();
  t.strictSame(
    pages.filter(({ reviews, ratings, review }) => reviews !== ratings || review.includes('N')),
    [],
    `${pages.length} requests`,
  );
});
