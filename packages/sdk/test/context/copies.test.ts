/** Several copies of the package in one process, as dependencies bring them along. */
import { cpSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire, stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import type { LogLine } from '@tinct/sdk';
import t from 'tap';
import { serving } from '../outbound/helpers.ts';

type Copy = typeof import('@tinct/sdk');

const PACKAGE = join(import.meta.dirname, '../..');

/** Another copy, with a change to how it keeps its context if one is named. */
function copy(name: string, version?: number): Copy {
  const folder = join(PACKAGE, '.cache/copies', name);
  rmSync(folder, { recursive: true, force: true });
  cpSync(join(PACKAGE, 'src'), folder, { recursive: true });
  const storage = join(folder, 'context/storage.ts');
  const text = readFileSync(storage, 'utf8');
  const changed = text.replace(/const VERSION = \d+;/, `const VERSION = ${version};`);
  if (version !== undefined && changed === text) throw new Error('there is no version to change');
  if (version !== undefined) writeFileSync(storage, changed);
  // `require` strips no types where a test runner has hooks of its own.
  for (const file of globSync(`${folder}/**/*.ts`))
    writeFileSync(file, stripTypeScriptTypes(readFileSync(file, 'utf8')));
  return createRequire(import.meta.url)(join(folder, 'index.ts'));
}

t.test('copies of one version share the request’s context', async (t) => {
  const { tinct, within } = serving();
  t.teardown(() => tinct.close());
  const other = copy('same');
  t.equal(await within(async () => other.variant('my-service')), 'v2', 'what one entered');
  const log: LogLine[] = [];
  const theirs = other.createTinct({ trust: 'mesh', env: {}, log: (line) => void log.push(line) });
  t.teardown(() => theirs.close());
  t.strictSame(log, [], 'nothing is wrong with that');
});

t.test('a copy that keeps something else keeps to itself, and says so once', async (t) => {
  const { tinct, within } = serving();
  t.teardown(() => tinct.close());
  const other = copy('other', 999);
  const log: LogLine[] = [];
  const theirs = other.createTinct({ trust: 'mesh', env: {}, log: (line) => void log.push(line) });
  t.teardown(() => theirs.close());
  t.strictSame(
    log.map(({ code }) => code),
    ['TINCT_SDK_COPIES_DIFFER'],
  );
  t.equal(await within(async () => other.variant('my-service')), undefined, 'it reads nothing');
  const entered = await theirs.enter({
    ...{ rawHeaders: ['x-tinct-my-service', 'v3'], peer: { remoteAddress: '127.0.0.1' } },
    ...{ method: 'GET', host: 'x', path: '/' },
  });
  t.equal(
    entered.run(() => other.variant('my-service')),
    'v3',
    'but it works by itself',
  );
});
