import t from 'tap';
import { golden, project } from './world.ts';

t.test('filter writes one document, with the secret that the server asks for', async (t) => {
  const shop = project();
  shop.write('secret', 's3cret-of-the-gateway and-one-more\n');
  const argv = [
    'istio',
    'filter',
    'mesh-plan.yaml',
    '--secret-file',
    'secret',
    '--host',
    'shop.example',
  ];
  const { status, stdout, stderr } = await shop.tinct(argv);
  t.strictSame({ status, stderr }, { status: 0, stderr: '' });
  golden(t, 'istio-filter', stdout);
  t.match(stdout, 'value: s3cret-of-the-gateway\n');
  t.notMatch(stdout, 'and-one-more');
});

t.test('lint finds the filter of yesterday: a release is missing in it', async (t) => {
  const shop = project();
  const { stdout } = await shop.tinct(['istio', 'filter', 'mesh-plan.yaml']);
  shop.write('filter.yaml', stdout);
  const renamed = shop.read('mesh-plan.yaml').replace('  web:\n    stable', '  new:\n    stable');
  shop.write('renamed.yaml', renamed);
  const linted = await shop.tinct(['istio', 'lint', 'filter.yaml', '-p', 'renamed.yaml']);
  t.match(linted.stdout, /TINCT_LINT_FILTER_OPEN failures are allowed, and not `x-tinct-new`/);
});

t.test('guard writes a policy or a gateway', async (t) => {
  const shop = project();
  const run = (...argv: string[]) => shop.tinct(['istio', 'guard', ...argv]);
  const policy = await run('--ip', '10.1.0.0/16', '--ip', 'fd00::/8', '--host', 'shop.example');
  golden(t, 'istio-guard', policy.stdout);
  t.match((await run('--mtls', 'edge-only', '--selector', 'app=gw')).stdout, /mode: MUTUAL/);
  for (const argv of [
    [],
    ['--mtls', 'a', '--ip', '10.0.0.1'],
    ['--mtls', 'a', '--gateway-api', 'b'],
  ])
    t.match((await run(...argv)).stderr, 'TINCT_CLI_ARGUMENTS', argv.join(' '));
  for (const ip of ['10.1.0.0/33', 'x', '10.0.0.0/8/8', '10.0.0.0/'])
    t.match((await run('--ip', ip)).stderr, 'TINCT_CLI_OPTION_VALUE', ip);
});

t.test('the server is a host and a port', async (t) => {
  const shop = project();
  for (const server of ['authz', 'authz:0', 'authz:65536', ':9191', 'http://authz:9191'])
    t.equal(
      (await shop.tinct(['istio', 'filter', 'mesh-plan.yaml', '--server', server])).status,
      2,
    );
  const both = ['--selector', 'a=b', '--gateway-api', 'c'];
  t.equal((await shop.tinct(['istio', 'filter', 'mesh-plan.yaml', ...both])).status, 2);
});
