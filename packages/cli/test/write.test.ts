import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { createFile, replaceFile } from '../src/io/write.ts';

const { signal } = new AbortController();

function folder(): { dir: string; file: string } {
  const dir = mkdtempSync(join(tmpdir(), 'tinct-write-'));
  t.teardown(() => {
    chmodSync(dir, 0o700);
    rmSync(dir, { recursive: true, force: true });
  });
  const file = join(dir, 'plan.yaml');
  writeFileSync(file, 'old');
  return { dir, file };
}

t.test('an interruption leaves the old file, and no temporary one', async (t) => {
  const { dir, file } = folder();
  const aborted = AbortSignal.abort('SIGINT');
  await t.rejects(
    replaceFile(file, 'new', { expected: 'old', signal: aborted }).catch((e) => {
      throw new Error(e);
    }),
    /SIGINT/,
  );
  t.equal(readFileSync(file, 'utf8'), 'old');
  t.strictSame(readdirSync(dir), ['plan.yaml']);
});

t.test('a file that somebody else wrote meanwhile is left as it is', async (t) => {
  const { dir, file } = folder();
  writeFileSync(file, 'theirs');
  await t.rejects(replaceFile(file, 'new', { expected: 'old', signal }), {
    code: 'TINCT_CLI_CHANGED_MEANWHILE',
  });
  t.equal(readFileSync(file, 'utf8'), 'theirs');
  t.strictSame(readdirSync(dir), ['plan.yaml']);
});

t.test('a reader sees the old file or the new one, never a part', async (t) => {
  const { file } = folder();
  const texts = ['a', 'b'].map((letter) => letter.repeat(200_000));
  let [expected, writing] = ['old', true];
  const written = (async () => {
    for (let i = 0; i < 20; i++) {
      const text = texts[i % 2] ?? '';
      await replaceFile(file, text, { expected, signal });
      expected = text;
    }
    writing = false;
  })();
  const seen = new Set<string>();
  while (writing) {
    seen.add(readFileSync(file, 'utf8'));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await written;
  t.ok(seen.size > 1, 'read while it was written');
  t.strictSame(
    [...seen].filter((text) => text !== 'old' && !texts.includes(text)),
    [],
  );
});

t.test('a new file overwrites nothing', async (t) => {
  const { file } = folder();
  await t.rejects(createFile(file, 'new'), { code: 'TINCT_CLI_EXISTS' });
  t.equal(readFileSync(file, 'utf8'), 'old');
  await createFile(`${file}.key`, 'secret', 0o600);
  t.equal(statSync(`${file}.key`).mode & 0o777, 0o600);
});

t.test('where nothing can be written', async (t) => {
  const { dir, file } = folder();
  await t.rejects(createFile(join(dir, 'no', 'such'), ''), { code: 'TINCT_CLI_UNWRITABLE' });
  await t.rejects(createFile(join(file, 'below'), ''), { code: 'TINCT_CLI_UNWRITABLE' });
  await t.rejects(replaceFile(join(dir, 'gone'), '', { expected: '', signal }), {
    code: 'TINCT_CLI_UNWRITABLE',
  });
});
