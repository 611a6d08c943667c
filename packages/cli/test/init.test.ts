import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsePlan } from '@tinct/core';
import t from 'tap';
import { project } from './world.ts';

t.test('init writes a plan without findings, for an editor that knows the schema', async (t) => {
  const shop = project();
  const { status, stdout, stderr } = await shop.tinct(['init', 'new/folder']);
  t.strictSame({ status, stdout }, { status: 0, stdout: '' });
  t.match(stderr, /^new\/folder\/plan\.yaml written\. Next: tinct explain new\/folder\/plan\.yaml/);
  const text = shop.read('new/folder/plan.yaml');
  t.match(
    text,
    /^# yaml-language-server: \$schema=https:\/\/tinct\.dev\/schema\/plan\.schema\.json\n/,
  );
  const { plan, findings } = parsePlan(text);
  t.strictSame(findings, []);
  t.ok(plan);
});

t.test('what the first plan says to try works', async (t) => {
  const shop = project();
  const cwd = join(shop.dir, 'new');
  await shop.tinct(['init', 'new']);
  for (const [, line = ''] of shop.read('new/plan.yaml').matchAll(/^# {3}tinct (.+?) {2,}/gm)) {
    const argv = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(
      ([, quoted, plain = '']) => quoted ?? plain,
    );
    t.equal((await shop.tinct(argv, { cwd })).status, 0, line);
  }
  t.match(shop.read('new/plan.yaml'), 'revision: 3');
});

t.test('init overwrites nothing', async (t) => {
  const shop = project();
  const before = shop.read('plan.yaml');
  const { status, stderr } = await shop.tinct(['init']);
  t.equal(status, 4);
  t.match(stderr, /^error TINCT_CLI_EXISTS .*plan\.yaml exists already\n/);
  t.equal(shop.read('plan.yaml'), before);
});

t.test('init where no folder can be', async (t) => {
  const shop = project();
  mkdirSync(join(shop.dir, 'a'));
  writeFileSync(join(shop.dir, 'a/file'), '');
  const { status, stderr } = await shop.tinct(['init', 'a/file/below']);
  t.equal(status, 4);
  t.match(stderr, /^error TINCT_CLI_UNWRITABLE a\/file\/below: this folder cannot be made\n/);
});

t.test('schema prints the published schema', async (t) => {
  const { status, stdout, stderr } = await project().tinct(['schema']);
  t.strictSame({ status, stderr }, { status: 0, stderr: '' });
  const published = join(import.meta.dirname, '../../core/schema/plan.schema.json');
  t.strictSame(JSON.parse(stdout), JSON.parse(readFileSync(published, 'utf8')));
});
