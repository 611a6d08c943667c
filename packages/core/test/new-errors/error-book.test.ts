import { ErrorBook, mergeErrorReports, newErrorsIn, type SeenError } from '@tinct/core';
import t from 'tap';
import { heldBytes } from '../../../../test/held.ts';

const MINUTE = 60_000;
const seen = (message: string, more: Partial<SeenError> = {}): SeenError => ({
  ...{ type: 'TypeError', message, route: '/cart/:id' },
  ...more,
});
const requests = (book: ErrorBook, variant: string, count: number, now: number) => {
  for (let i = 0; i < count; i++) book.request(variant, now);
};

t.test('what the canary has and stable has not', async (t) => {
  const book = new ErrorBook();
  requests(book, 'v1', 9000, 0);
  requests(book, 'v2', 1000, 0);
  for (let i = 0; i < 5; i++)
    book.error('v2', seen(`no price for item ${i}`, { traceId: `t${i}` }), i);
  for (const variant of ['v1', 'v2']) book.error(variant, seen('timeout after 1000 ms'), 1);
  t.strictSame(newErrorsIn(book.report(MINUTE), 'v1'), [
    {
      ...{ type: 'TypeError', message: 'no price for item <number>', route: '/cart/:id' },
      ...{ frame: undefined, sample: 'no price for item 0', traceId: 't0', firstSeen: 0 },
      ...{ variant: 'v2', count: 5, verdict: 'new' },
    },
  ]);
  t.strictSame(newErrorsIn(book.report(MINUTE), 'v2'), [], 'nothing that only v1 has');
});

t.test('another route, type or place is another error', async (t) => {
  const book = new ErrorBook();
  book.error('v1', seen('x', { stack: 'TypeError: x\n    at a (/app/a.js:1:1)' }), 0);
  book.error('v2', seen('x', { stack: 'TypeError: x\n    at a (/app/a.js:9:9)' }), 0);
  t.strictSame(newErrorsIn(book.report(0), 'v1'), [], 'another line of the same function is not');
  book.error('v2', seen('x', { stack: 'TypeError: x\n    at b (/app/b.js:1:1)' }), 0);
  book.error('v2', seen('x', { route: '/pay' }), 0);
  book.error('v2', seen('x', { type: 'RangeError' }), 0);
  t.equal(newErrorsIn(book.report(0), 'v1').length, 3);
});

t.test('no data is no verdict', async (t) => {
  const book = new ErrorBook();
  requests(book, 'v2', 1000, 0);
  book.error('v2', seen('x'), 0);
  t.equal(newErrorsIn(book.report(0), 'v1')[0]?.verdict, 'unsure', 'stable had no requests');
  requests(book, 'v1', 2999, 0);
  t.equal(newErrorsIn(book.report(0), 'v1')[0]?.verdict, 'unsure', '2.999 would be expected');
  requests(book, 'v1', 1, 0);
  t.equal(newErrorsIn(book.report(0), 'v1')[0]?.verdict, 'new', '3 would be');
});

t.test('whoever keeps it is told once of what nobody had before', async (t) => {
  const book = new ErrorBook({ windowMs: 60 * MINUTE });
  const about = { type: 'TypeError', message: 'no <text>', route: '/cart/:id', frame: undefined };
  t.strictSame(book.error('v2', seen('no "a"'), 0), about);
  t.equal(book.error('v2', seen('no "b"'), 0), undefined);
  t.equal(book.error('v1', seen('no "c"'), 0), undefined);
  t.strictSame(book.error('v1', seen('no "c"'), 200 * MINUTE), about, 'or not in the window');
});

t.test('the window moves', async (t) => {
  const book = new ErrorBook({ windowMs: 60 * MINUTE });
  book.error('v1', seen('x'), 0);
  book.error('v2', seen('x'), 30 * MINUTE);
  t.strictSame(newErrorsIn(book.report(30 * MINUTE), 'v1'), []);
  t.equal(
    newErrorsIn(book.report(70 * MINUTE), 'v1').length,
    1,
    'stable’s is longer ago than the window',
  );
  t.strictSame(newErrorsIn(book.report(200 * MINUTE), 'v1'), []);
});

t.test('attack: errors that are all different take bounded room', async (t) => {
  const book = new ErrorBook({ maxErrors: 50 });
  const word = (i: number) =>
    i.toString(26).replaceAll(/\d/g, (digit) => 'qrstuvwxyz'[Number(digit)] ?? '');
  for (let i = 0; i < 5000; i++) book.error('v2', seen(`fault ${word(i)}`), 0);
  t.equal(newErrorsIn(book.report(0), 'v1').length, 50);
  t.equal(book.dropped, 4950);
  book.error('v2', seen('later'), 500 * MINUTE);
  t.strictSame(
    newErrorsIn(book.report(500 * MINUTE), 'v1').map(({ message }) => message),
    ['later'],
    'there is room again when they are over',
  );
  for (let i = 0; i < 100; i++) book.request(`v${i}`, 0);
  t.equal(book.dropped, 4950 + 68, 'variants too');
});

t.test('the books of pods that see one version each', async (t) => {
  const [old, next] = [new ErrorBook(), new ErrorBook()];
  requests(old, 'v1', 1000, 0);
  requests(next, 'v2', 1000, 0);
  old.error('v1', seen('timeout after 3 ms'), 7);
  next.error('v2', seen('timeout after 9 ms'), 5);
  for (let i = 0; i < 3; i++) next.error('v2', seen('no price', { traceId: 't' }), 9);
  t.equal(newErrorsIn(next.report(9), 'v1').length, 2, 'by itself one cannot know');
  const merged = mergeErrorReports([old.report(9), next.report(9)]);
  t.strictSame(merged.requests, { v1: 1000, v2: 1000 });
  t.match(merged.errors[0], {
    sample: 'timeout after 9 ms',
    firstSeen: 5,
    counts: { v1: 1, v2: 1 },
  });
  t.match(newErrorsIn(merged, 'v1'), [{ message: 'no price', count: 3, verdict: 'new' }]);
  t.equal(newErrorsIn(merged, 'v1').length, 1);
});

t.test('attack: long messages and stacks are not kept beyond what is shown of them', async (t) => {
  const book = new ErrorBook();
  const long = (text: string) => Buffer.from(`${text}${'y'.repeat(100_000)}`).toString('latin1');
  const before = heldBytes();
  for (let i = 0; i < 300; i++) {
    const name = String.fromCharCode(97 + (i % 26), 97 + Math.floor(i / 26));
    const message = long(`no such thing: ${name}\n`);
    book.error(
      'v2',
      {
        type: 'TypeError',
        message,
        stack: long(`${name}\n    at f${name} (file:///app/a.js:1:2)\n`),
      },
      i,
    );
  }
  const held = heldBytes() - before;
  t.equal(book.report(300).errors.length, 300);
  // The whole texts would be 60 MB.
  t.ok(held < 4e6, `${held}`);
});
