/**
 * A process that knows as many visitors' cookies as it may, each read out of a head of its own, and says what its memory
 * holds then: `node --expose-gc cookies-held.ts`. Short names make the most of a cookie's length.
 */

import { unitDigest } from '../../src/cookie/digest.ts';
import { lastFor } from '../../src/cookie/last.ts';
import { toMemory } from '../../src/cookie/memory.ts';
import { macKeys, sealCookie } from '../../src/cookie/seal.ts';
import { CookieJar, cookieNames, generateKey, takeCookies } from '../../src/index.ts';

/** More than it may know of this length. */
const VISITORS = 30_000;
const ENTRIES = 10;

/** Of other cookies beside Tinct's, in the same header. */
const FOREIGN = 'x'.repeat(4000);

const NOW = 1_800_000_000_000;
const names = cookieNames('tinct', undefined);
const keys = { keys: [generateKey()] as const };
const failed = (failure: string) => {
  throw new Error(failure);
};
const jar = new CookieJar(keys, {
  name: 'tinct',
  domain: undefined,
  maxAgeMs: 4e10,
  names,
  now: () => NOW,
  failed,
});

const sealing = macKeys(keys);

const userOf = (visitor: number): string => `user-${String(visitor).padStart(31, '0')}`;

function cookieOf(visitor: number): string {
  const id = Buffer.from(String(visitor).padStart(16, '0')).toString('base64url');
  const memory = Array.from({ length: ENTRIES }, (_, i) => ({
    release: `r${i}`,
    variant: 'v',
    unitType: 'u',
    unit: id,
    epoch: 3,
    at: NOW - visitor,
  }));
  const unit = unitDigest('u', userOf(visitor));
  const about = { release: 'r0', variant: 'v', unitType: 'u', unit, epoch: 3 };
  const last = [{ ...about, revision: 7, at: NOW - visitor }];
  const content = { id, revision: 7, expires: NOW / 1000 + 1e7, memory, last };
  return sealCookie(content, names.visitor, sealing);
}

/** As a server hands it over: parts of what was read from the connection. */
function headersOf(value: string, user: string): { cookie: string; user: string } {
  const head = Buffer.from(
    `GET / HTTP/1.1\r\nuser-id: ${user}\r\ncookie: a=${FOREIGN}; ${names.visitor}=${value}; b=c\r\n\r\n`,
  );
  const text = head.toString('latin1');
  const at = text.indexOf(user);
  return {
    cookie: text.slice(text.indexOf('a='), text.indexOf('\r\n\r\n')),
    user: text.slice(at, at + user.length),
  };
}

/** What a request of the visitor's leaves behind. */
function request(visitor: number): void {
  const { cookie, user } = headersOf(cookieOf(visitor), userOf(visitor));
  const { own } = takeCookies(['cookie', cookie], names);
  const { opened } = jar.open(own.visitor, false);
  if (opened === undefined) throw new Error(`${visitor} is not known`);
  const { memory, last } = opened.content;
  toMemory(memory, { u: user });
  if (lastFor('r0', last, { type: 'u', key: user }) === undefined) throw new Error(user);
}

function held(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const before = held();
let most = 0;
for (let visitor = 0; visitor < VISITORS; visitor += 1) {
  request(visitor);
  if (visitor % 2000 === 1999) most = Math.max(most, held() - before);
}
process.stdout.write(`${JSON.stringify({ bytes: most })}\n`);
