import { statSync } from 'node:fs';
import { join } from 'node:path';
import { parseKeySet, verifyOverride } from '@tinct/sdk';
import t from 'tap';
import { NOW, project } from './world.ts';

const HOUR = 3_600_000;

t.test('keys generate', async (t) => {
  const shop = project();
  const { status, stdout, stderr } = await shop.tinct(['keys', 'generate']);
  t.strictSame({ status, stderr }, { status: 0, stderr: '' });
  t.equal(parseKeySet(stdout).keys.length, 1);

  const made = await shop.tinct(['keys', 'generate', '--out', 'keys.json']);
  t.equal(made.status, 0);
  t.equal(made.stdout, '');
  t.match(made.stderr, /^keys\.json: key \S+ signs\n$/);
  t.equal(statSync(join(shop.dir, 'keys.json')).mode & 0o777, 0o600);
  const before = shop.read('keys.json');
  const again = await shop.tinct(['keys', 'generate', '--out', 'keys.json']);
  t.equal(again.status, 4);
  t.match(again.stderr, /^error TINCT_CLI_EXISTS /);
  t.equal(shop.read('keys.json'), before);
});

t.test('keys generate --add rotates', async (t) => {
  const shop = project();
  await shop.tinct(['keys', 'generate', '--out', 'keys.json']);
  const [old] = parseKeySet(shop.read('keys.json')).keys;
  const { stderr } = await shop.tinct(['keys', 'generate', '--add', 'keys.json']);
  const { keys } = parseKeySet(shop.read('keys.json'));
  t.equal(keys.length, 2);
  t.strictSame(keys[1], old);
  t.equal(stderr, `keys.json: key ${keys[0].kid} signs; 1 older key still verifies\n`);
  t.equal(statSync(join(shop.dir, 'keys.json')).mode & 0o777, 0o600);
  const piped = await shop.tinct(['keys', 'generate', '--add', '-'], {
    stdin: shop.read('keys.json'),
  });
  t.strictSame(parseKeySet(piped.stdout).keys.slice(1), keys);
});

t.test('a file that is no key file is not rotated, and not quoted', async (t) => {
  const shop = project();
  shop.write('secret.txt', 'password: hunter2');
  const { status, stderr } = await shop.tinct(['keys', 'generate', '--add', 'secret.txt']);
  t.equal(status, 1);
  t.match(stderr, /^error TINCT_KEYS_MALFORMED secret\.txt: it is not JSON\n/);
  t.notMatch(stderr, /hunter2/);
  t.equal(shop.read('secret.txt'), 'password: hunter2');
});

const OVERRIDE = ['override', 'create', 'my-service', 'v2', '--keys', 'keys.json'];

t.test('override create signs what the plan allows', async (t) => {
  const shop = project();
  await shop.tinct(['keys', 'generate', '--out', 'keys.json']);
  const keys = parseKeySet(shop.read('keys.json'));
  const { status, stdout, stderr } = await shop.tinct([...OVERRIDE, '--expires', '2h']);
  t.equal(status, 0);
  const expires = NOW + 2 * HOUR;
  t.strictSame(await verifyOverride(stdout.trim(), keys), {
    release: 'my-service',
    variant: 'v2',
    epoch: 1,
    expires,
  });
  const { kid } = keys.keys[0];
  t.equal(stderr, `my-service gives v2 until 2026-03-01T14:00:00Z (epoch 1, key ${kid})\n`);

  const json = await shop.tinct([...OVERRIDE, '-o', 'json']);
  t.equal(json.stderr, '');
  const told = JSON.parse(json.stdout);
  t.match(told, {
    kid,
    claims: { release: 'my-service', iat: NOW / 1000, exp: (NOW + HOUR) / 1000 },
  });
  t.type(await verifyOverride(told.token, keys), 'object');
});

t.test('override create --link prints a link that carries the token', async (t) => {
  const shop = project();
  await shop.tinct(['keys', 'generate', '--out', 'keys.json']);
  const keys = parseKeySet(shop.read('keys.json'));
  const linked = [...OVERRIDE, '--link', 'https://shop.example/a%20page'];
  const { stdout } = await shop.tinct(linked);
  const [page, token = ''] = stdout.trim().split('?tinct-override=');
  t.equal(page, 'https://shop.example/a%20page');
  t.match(await verifyOverride(token, keys), { release: 'my-service', variant: 'v2' });
  const told = JSON.parse((await shop.tinct([...linked, '-o', 'json'])).stdout);
  t.equal(told.link, `${page}?tinct-override=${told.token}`);
  const { status, stderr } = await shop.tinct([...OVERRIDE, '--link', 'shop.example']);
  t.equal(status, 2);
  t.match(stderr, /TINCT_CLI_OPTION_VALUE --link/);
});

t.test('an abort ends its tokens: the epoch is the one of the plan', async (t) => {
  const shop = project();
  await shop.tinct(['keys', 'generate', '--out', 'keys.json']);
  await shop.tinct(['plan', 'resume', 'halted']);
  const argv = ['override', 'create', 'halted', 'v2', '-k', 'keys.json', '-o', 'json'];
  t.equal(JSON.parse((await shop.tinct(argv)).stdout).claims.epoch, 4);
});

const REFUSED: readonly [argv: string[], status: number, code: string, hint: RegExp][] = [
  [['my-servce', 'v2'], 1, 'TINCT_PLAN_RELEASE_UNKNOWN', /did you mean `my-service`/],
  [['my-service', 'v3'], 1, 'TINCT_PLAN_SUBSET_UNKNOWN', /did you mean|it has v1, v2/],
  [['my-service', 'toString'], 1, 'TINCT_PLAN_SUBSET_UNKNOWN', /it has v1, v2/],
  [['halted', 'v2'], 1, 'TINCT_PLAN_STATE', /plan resume halted/],
  [['my-service', 'v2', '--expires', '25h'], 1, 'TINCT_OVERRIDE_LIFETIME', /24h/],
  [['my-service', 'v2', '--expires', '0s'], 1, 'TINCT_OVERRIDE_LIFETIME', /24h/],
  [['my-service', 'v2', '--expires', 'tomorrow'], 2, 'TINCT_CLI_OPTION_VALUE', /90s, 30m, 2h/],
  [['my-service', 'v2', '--plan', 'nope.yaml'], 4, 'TINCT_PLAN_UNREADABLE', /path/],
];

for (const [argv, status, code, hint] of REFUSED) {
  t.test(`override create ${argv.join(' ')} is refused`, async (t) => {
    const shop = project();
    await shop.tinct(['keys', 'generate', '--out', 'keys.json']);
    const refused = await shop.tinct(['override', 'create', '--keys', 'keys.json', ...argv]);
    t.strictSame([refused.status, refused.stdout], [status, '']);
    t.match(refused.stderr, new RegExp(`^error ${code} `));
    t.match(refused.stderr, hint);
  });
}

t.test('override create without a key file', async (t) => {
  const shop = project();
  t.equal((await shop.tinct(OVERRIDE)).status, 4);
  shop.write('keys.json', '{"keys":[]}');
  t.match((await shop.tinct(OVERRIDE)).stderr, /TINCT_KEYS_MALFORMED keys\.json: it holds no key/);
});
