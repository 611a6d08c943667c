import t from 'tap';
import { golden, project } from './world.ts';

t.test('types prints the declaration of one plan and of several', async (t) => {
  const shop = project();
  const { status, stdout, stderr } = await shop.tinct(['types']);
  t.strictSame({ status, stderr }, { status: 0, stderr: '' });
  golden(t, 'types', stdout);
  shop.write('staging.yaml', shop.read('plan.yaml').replaceAll('v2', 'v9'));
  const both = await shop.tinct(['types', 'plan.yaml', '--plan', 'staging.yaml']);
  t.match(both, { status: 0, stdout: "'my-service': 'v1' | 'v2' | 'v9';" });
});

t.test('--out writes it, twice is once, and --check holds it', async (t) => {
  const shop = project();
  const out = ['types', '--out', 'releases.d.ts'];
  const missing = await shop.tinct([...out, '--check']);
  t.strictSame([missing.status, missing.stdout], [1, '']);
  t.match(missing.stderr, /TINCT_CLI_STALE releases\.d\.ts is not there/);

  t.match(await shop.tinct(out), { status: 0, stdout: '', stderr: 'releases.d.ts written\n' });
  golden(t, 'types', shop.read('releases.d.ts'));
  t.match(await shop.tinct(out), { status: 0, stderr: 'releases.d.ts is up to date\n' });
  t.match(await shop.tinct([...out, '--check']), { status: 0, stdout: '', stderr: '' });

  shop.write('plan.yaml', shop.read('plan.yaml').replace('percent: 5', 'percent: 6'));
  t.match(await shop.tinct([...out, '--check']), { status: 0 }, 'a percentage is no name');
  shop.write('plan.yaml', shop.read('plan.yaml').replaceAll('banner', 'poster'));
  const stale = await shop.tinct([...out, '--check']);
  t.equal(stale.status, 1);
  t.match(stale.stderr, /TINCT_CLI_STALE releases\.d\.ts is not what the plan says\n.*--check/);
  t.match(await shop.tinct(out), { status: 0 });
  t.match(await shop.tinct([...out, '--check']), { status: 0 });
});

t.test('what another hand wrote stays', async (t) => {
  const shop = project();
  shop.write('own.d.ts', 'export {};\n');
  const { status, stderr } = await shop.tinct(['types', '--out', 'own.d.ts']);
  t.equal(status, 4);
  t.match(stderr, /TINCT_CLI_EXISTS own\.d\.ts was not made by `tinct types`/);
  t.equal(shop.read('own.d.ts'), 'export {};\n');
});

t.test('mistakes have a code and nothing is written', async (t) => {
  const shop = project();
  t.match(await shop.tinct(['types', '--check']), {
    status: 2,
    stderr: /TINCT_CLI_ARGUMENTS --check compares a file\n {4}hint: name it by --out/,
  });
  t.match(await shop.tinct(['types', 'nowhere.yaml', '--out', 'a.d.ts']), {
    status: 4,
    stderr: /TINCT_PLAN_UNREADABLE/,
  });
  shop.write('bad.yaml', shop.read('plan.yaml').replace('stable: v1', 'stable: v9'));
  t.match(await shop.tinct(['types', 'bad.yaml', '--out', 'a.d.ts']), {
    status: 1,
    stderr: /TINCT_PLAN_SUBSET_UNKNOWN/,
  });
  t.match(await shop.tinct(['types', '--out', 'nowhere/a.d.ts']), {
    status: 4,
    stderr: /TINCT_CLI_UNWRITABLE .*its folder does not exist/,
  });
  t.match(await shop.tinct(['types', '--out', '.']), {
    status: 4,
    stderr: /TINCT_CLI_UNWRITABLE .*it is a directory/,
  });
  t.throws(() => shop.read('a.d.ts'), { code: 'ENOENT' });
});
