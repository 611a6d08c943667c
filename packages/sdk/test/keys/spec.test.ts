/** docs/spec/override.md is true: its key file is read, and its token is what its payload becomes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parseKeySet, verifyOverride } from '../../src/keys/index.ts';

const page = readFileSync(join(import.meta.dirname, '../../../../docs/spec/override.md'), 'utf8');
const blocks = [...page.matchAll(/```\w+\n([\s\S]*?)```/g)].map(([, text = '']) => text.trim());
const [keyFile = '', payload = '', token = ''] = blocks;

t.test('the test vector', async (t) => {
  t.strictSame(await verifyOverride(token, parseKeySet(keyFile)), {
    release: 'my-service',
    variant: 'v2',
    epoch: 3,
    expires: Date.parse('2026-03-01T14:00:00Z'),
  });
  t.equal(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString(), payload);
});
