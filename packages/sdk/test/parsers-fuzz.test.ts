/** Readers of key files, of what a cookie holds and of carried decisions: whatever the text, no surprise. */
import { TinctError } from '@tinct/core';
import fc from 'fast-check';
import t from 'tap';
import { formatContent, parseContent } from '../src/cookie/content.ts';
import { formatKeySet, generateKey, parseKeySet } from '../src/keys/keyset.ts';
import { readCarried } from '../src/visitor/carried.ts';

const RUNS = { numRuns: 10_000, seed: 5 };
const ID = 'AAAAAAAAAAAAAAAAAAAAAA';
const odd = fc.constantFrom(null, 0, 1, -1, 1.5, 2 ** 53, '', 'a', 'A', ID, `${ID}A`, [], {}, true);

/** A text with one piece left out, doubled or replaced. */
const bent = (text: string) =>
  fc
    .tuple(fc.nat({ max: text.length - 1 }), fc.nat({ max: 6 }), fc.string({ maxLength: 4 }))
    .map(([at, length, piece]) => text.slice(0, at) + piece + text.slice(at + length));

t.test('any text as a key file: keys, or a mistake that quotes nothing of it', async () => {
  const good = formatKeySet({ keys: [generateKey(), generateKey()] });
  const secrets = [...good.matchAll(/"k":\s*"([^"]+)"/g)].map(([, k = '']) => k);
  const key = fc.record({ kty: odd, use: odd, alg: odd, kid: odd, k: odd }, { requiredKeys: [] });
  const texts = fc.oneof(
    bent(good),
    fc.json(),
    fc.record({ keys: fc.array(fc.oneof(key, odd)) }).map((set) => JSON.stringify(set)),
  );
  const holds = (text: string) => {
    try {
      return parseKeySet(text).keys.length > 0;
    } catch (error) {
      if (!(error instanceof TinctError)) throw error;
      return !secrets.some((secret) => error.message.includes(secret.slice(0, 12)));
    }
  };
  fc.assert(fc.property(texts, holds), RUNS);
});

t.test(
  'any text as what a cookie holds: what is read is written the same, or nothing is',
  async () => {
    const entry = fc.array(odd, { minLength: 5, maxLength: 9 });
    const made = fc.record(
      {
        id: odd,
        rev: odd,
        exp: odd,
        mem: fc.oneof(odd, fc.array(entry)),
        last: fc.oneof(odd, fc.array(entry)),
      },
      { requiredKeys: ['rev', 'exp', 'mem'] },
    );
    const good = formatContent({
      id: ID,
      revision: 3,
      expires: 4,
      memory: [
        { release: 'a', variant: 'b', unitType: 'user', unit: ID, epoch: 1, at: 2, since: 0 },
      ],
      last: [
        { release: 'a', variant: 'b', unitType: 'user', unit: ID, epoch: 1, revision: 1, at: 2 },
      ],
    });
    const texts = fc.oneof(
      bent(good),
      fc.json(),
      made.map((value) => JSON.stringify(value)),
    );
    const holds = (text: string) => {
      const content = parseContent(text);
      if (content === undefined) return true;
      const again = parseContent(formatContent(content));
      return JSON.stringify(again) === JSON.stringify(content);
    };
    fc.assert(fc.property(texts, holds), RUNS);
  },
);

t.test('any value of the decision header: decisions, or one failure that is counted', async () => {
  const value = fc.oneof(
    bent(
      'my-service="v2";rev=1;epoch=1;reason=SPLIT;arm=canary, other="v1";rev=2;epoch=1;reason=DEFAULT',
    ),
    fc.string(),
  );
  const holds = (values: readonly string[]) => {
    const failures: string[] = [];
    const raw = values.flatMap((text) => ['x-tinct-decision', text]);
    const carried = readCarried(raw, (failure) => failures.push(failure));
    return failures.length === (values.length > 0 && carried === undefined ? 1 : 0);
  };
  fc.assert(fc.property(fc.array(value, { maxLength: 3 }), holds), RUNS);
});
