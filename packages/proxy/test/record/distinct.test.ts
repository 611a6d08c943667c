import t from 'tap';
import { DISTINCT_ERROR, estimate, merge, note, REGISTERS } from '../../src/record/distinct.ts';
import { hashOf } from '../../src/record/sample.ts';

function sketchOf(from: number, to: number): Uint8Array {
  const registers = new Uint8Array(REGISTERS);
  for (let i = from; i < to; i += 1) note(registers, hashOf(`user user-${i}`));
  return registers;
}

t.test('nobody is nobody, and each one of a few counts', async (t) => {
  t.equal(estimate(new Uint8Array(REGISTERS)), 0);
  for (const count of [1, 2, 10, 50]) t.equal(Math.round(estimate(sketchOf(0, count))), count);
});

t.test('many are counted to some standard errors', async (t) => {
  for (const count of [1000, 20_000, 300_000]) {
    const found = estimate(sketchOf(0, count));
    t.ok(Math.abs(found / count - 1) < 4 * DISTINCT_ERROR, `${count}: ${found}`);
  }
});

t.test('who was seen twice counts once, also by two workers', async (t) => {
  const [one, other] = [sketchOf(0, 30_000), sketchOf(20_000, 50_000)];
  const all = sketchOf(0, 50_000);
  merge(one, other);
  t.strictSame(one, all);
});

t.test('an estimate never shrinks', async (t) => {
  const registers = new Uint8Array(REGISTERS);
  let last = 0;
  for (let i = 0; i < 20_000; i += 1) {
    note(registers, hashOf(`user user-${i}`));
    if (i % 50 !== 0) continue;
    const now = estimate(registers);
    t.ok(now >= last, `${i}`);
    last = now;
  }
});
