import {
  DISTINCT_ERROR,
  estimateDistinct,
  mergeDistinct,
  noteDistinct,
  REGISTERS,
} from '@tinct/core';
import t from 'tap';
import { hashOf } from '../../src/record/hash.ts';

function sketchOf(from: number, to: number): Uint8Array {
  const registers = new Uint8Array(REGISTERS);
  for (let i = from; i < to; i += 1) noteDistinct(registers, hashOf(`user user-${i}`));
  return registers;
}

t.test('nobody is nobody, and each one of a few counts', async (t) => {
  t.equal(estimateDistinct(new Uint8Array(REGISTERS)), 0);
  for (const count of [1, 2, 10, 50])
    t.equal(Math.round(estimateDistinct(sketchOf(0, count))), count);
});

t.test('many are counted to some standard errors', async (t) => {
  for (const count of [1000, 20_000, 300_000]) {
    const found = estimateDistinct(sketchOf(0, count));
    t.ok(Math.abs(found / count - 1) < 4 * DISTINCT_ERROR, `${count}: ${found}`);
  }
});

t.test('who was seen twice counts once, also by two workers', async (t) => {
  const [one, other] = [sketchOf(0, 30_000), sketchOf(20_000, 50_000)];
  const all = sketchOf(0, 50_000);
  mergeDistinct(one, other);
  t.strictSame(one, all);
});

t.test('an estimate never shrinks', async (t) => {
  const registers = new Uint8Array(REGISTERS);
  let last = 0;
  for (let i = 0; i < 20_000; i += 1) {
    noteDistinct(registers, hashOf(`user user-${i}`));
    if (i % 50 !== 0) continue;
    const now = estimateDistinct(registers);
    t.ok(now >= last, `${i}`);
    last = now;
  }
});
