import t from 'tap';
import { project } from './world.ts';

t.test('rules go to stdout, all files into a folder; twice is once', async (t) => {
  const shop = project();
  const rules = await shop.tinct(['observe', 'generate', 'plan.yaml']);
  t.match(rules, { status: 0, stderr: '' });
  t.match(rules.stdout, 'alert: TinctCanaryErrors');
  const into = ['observe', 'generate', 'plan.yaml', '-o', 'monitoring'];
  t.match(await shop.tinct(into), { status: 0, stderr: /(\d+) files, \1 of them changed/ });
  t.match(await shop.tinct(into), { status: 0, stderr: /files, 0 of them changed/ });
  t.equal(shop.read('monitoring/tinct.rules.yaml'), rules.stdout);
});

t.test('a file that there is none of, and runbooks elsewhere', async (t) => {
  const shop = project();
  const run = (...argv: string[]) => shop.tinct(['observe', 'generate', 'plan.yaml', ...argv]);
  t.match(await run('--file', 'x.yaml'), { status: 2, stderr: /alertmanager\.yaml/ });
  const { stdout } = await run('--runbooks', 'https://wiki.example/tinct', '--compress', '60');
  t.match(stdout, 'runbook_url: https://wiki.example/tinct/tinct-canary-errors.md');
  t.match(stdout, '[5s]');
});
