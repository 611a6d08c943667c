/** `cookie.json`: what every implementation, in every language, believes of a cookie. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { macKeys, openCookie, sealCookie, unitDigest } from '../../src/cookie/index.ts';

const { keys, digests, cases } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../testdata/cookie.json'), 'utf8'),
);
const ring = macKeys({ keys });

for (const { type, key, digest } of digests)
  t.test(`the digest of ${JSON.stringify(key)} as ${JSON.stringify(type)}`, async (t) => {
    t.equal(unitDigest(type, key), digest);
  });

for (const { name, cookie, now, value, failure, kid, content } of cases)
  t.test(`${name}: ${failure ?? 'believed'}`, async (t) => {
    const opened = openCookie(value, cookie, ring, now);
    if (failure !== undefined) return void t.equal(opened, failure);
    t.same(opened, { kid, content: { id: undefined, last: [], ...content } });
    const first = [...keys].filter((key) => key.kid === kid);
    if (!name.includes('not known'))
      t.equal(
        sealCookie({ last: [], ...content }, cookie, macKeys({ keys: first as [never] })),
        value,
      );
  });
