import type { MemoryEntry } from '@tinct/core';
import t from 'tap';
import { fromMemory, toMemory, unitDigest } from '../../src/cookie/index.ts';

const remembered: MemoryEntry = {
  variant: 'v2',
  unit: { type: 'anonymous', key: 'visitor' },
  boundTo: 'alice',
  epoch: 1,
  at: 1000,
};
const stored = fromMemory({ shop: [remembered] });
const plain = (memory: object) => JSON.parse(JSON.stringify(memory));

t.test('a unit is a digest in the cookie, of its type and key', async (t) => {
  t.notMatch(JSON.stringify(stored), /visitor|alice/);
  t.equal(stored[0]?.unit, unitDigest('anonymous', 'visitor'));
  t.not(unitDigest('user', 'visitor'), unitDigest('anonymous', 'visitor'));
  t.not(unitDigest('a', 'bc'), unitDigest('ab', 'c'));
});

t.test('the request’s own units get their keys back', async (t) => {
  const memory = toMemory(stored, { anonymous: 'visitor', user: 'alice' });
  t.strictSame(plain(memory), plain({ shop: [remembered] }));
});

t.test('somebody else’s entries stay closed, and come back as they were', async (t) => {
  for (const units of [{}, { anonymous: 'other', user: 'bob' }, { user: 'visitor' }]) {
    const memory = toMemory(stored, units as Record<string, string>);
    t.notMatch(JSON.stringify(memory), /visitor|alice/);
    t.strictSame(fromMemory(memory), stored);
  }
});

t.test('attack: a key that looks like a closed one is nobody', async (t) => {
  const key = `\ud800${stored[0]?.unit}`;
  const [entry] = toMemory(stored, { anonymous: key })['shop'] ?? [];
  t.notOk(entry?.unit.key.isWellFormed());
  t.strictSame(fromMemory(toMemory(stored, { anonymous: key })), stored);
});

t.test('a unit type called constructor is one like any other', async (t) => {
  const [entry] =
    toMemory([{ ...stored[0], unitType: 'constructor' } as (typeof stored)[0]], {})['shop'] ?? [];
  t.equal(entry?.unit.key.isWellFormed(), false);
});

t.test('a unit type called constructor that a request has later is its own', async (t) => {
  const unit = unitDigest('constructor', 'x');
  const some = [{ ...stored[0], unitType: 'constructor', unit } as (typeof stored)[0]];
  toMemory(some, { user: 'alice' });
  const [entry] = toMemory(some, { user: 'alice', constructor: 'x' } as never)['shop'] ?? [];
  t.equal(entry?.unit.key, 'x');
});

t.test('entries leave in the order in which they were made', async (t) => {
  const later = { ...remembered, at: 2000 };
  t.strictSame(
    fromMemory({ a: [later], b: [remembered] }).map(({ at }) => at),
    [1000, 2000],
  );
});

t.test('a release called __proto__ is one like any other', async (t) => {
  const memory = toMemory([{ ...stored[0], release: '__proto__' } as (typeof stored)[0]], {});
  t.equal(fromMemory(memory)[0]?.release, '__proto__');
});
