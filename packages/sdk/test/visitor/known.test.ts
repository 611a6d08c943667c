import t from 'tap';
import { Known } from '../../src/visitor/known.ts';

const text = (i: number) => `text-${i}`;

t.test('what comes again and again stays, whatever comes once', async (t) => {
  const known = new Known<number>(100);
  known.set('often', 42, 1);
  for (let i = 0; i < 10_000; i += 1) {
    known.set(text(i), i, 1);
    if (i % 10 === 0) t.equal(known.get('often', 1), 42);
  }
});

t.test('it never holds more than its limit', async (t) => {
  const known = new Known<number>(100);
  let most = 0;
  for (let i = 0; i < 10_000; i += 1) {
    known.set(text(i), i, 1);
    known.get(text(i - 60), 1);
    most = Math.max(most, known.size);
  }
  t.ok(most <= 100, `${most}`);
});

t.test('of texts that come in turn, as many as half of the limit are all known', async (t) => {
  const known = new Known<number>(100);
  let missed = 0;
  for (let i = 0; i < 5000; i += 1) {
    const turn = text(i % 50);
    if (known.get(turn, 1) !== undefined) continue;
    missed += 1;
    known.set(turn, i, 1);
  }
  t.equal(missed, 50);
});

t.test('a heavy one counts for what it weighs', async (t) => {
  const known = new Known<number>(100);
  for (let i = 0; i < 10; i += 1) known.set(text(i), i, 25);
  t.ok(known.size <= 4);
  t.equal(known.get(text(9), 25), 9);
  t.equal(known.get(text(0), 25), undefined);
});
