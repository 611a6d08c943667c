/** Override tokens that are known by their text. */
import t from 'tap';
import { heldBytes } from '../../../../test/held.ts';
import { generateKey, OverrideDesk, signOverride } from '../../src/index.ts';

const NOW = 1_800_000_000_000;
const keys = { keys: [generateKey()] as const };
const wish = { release: 'shop', variant: 'v2', epoch: 3, expires: NOW + 3_600_000 };

/** As a server hands it over: a part of a long header. */
function inLongHeader(token: string): string {
  const header = Buffer.from(`${'x'.repeat(60_000)}; ${token}`).toString('latin1');
  return header.slice(-token.length);
}

t.test(
  'attack: override tokens that are known do not keep the heads that they came in',
  async (t) => {
    const failed = (failure: string) => t.fail(failure);
    const desk = new OverrideDesk(keys, { now: () => NOW, failed });
    const tokens = [];
    for (let i = 0; i < 200; i += 1) tokens.push((await signOverride(wish, keys, NOW)).token);
    const before = heldBytes();
    for (const token of tokens)
      t.match(await desk.read([inLongHeader(token)]), { shop: { variant: 'v2' } });
    const held = heldBytes() - before;
    // Of 200 headers it would be 12 MB.
    t.ok(held < 4e6, `${held}`);
    t.notOk(desk.read([tokens[0] as string]) instanceof Promise, 'it is known');
  },
);
