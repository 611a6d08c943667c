import fc from 'fast-check';
import t from 'tap';
import { traceOf } from '../src/record/trace.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const good = `00-${TRACE}-${SPAN}-01`;
const ids = { traceId: TRACE, spanId: SPAN, isSampled: true };

t.test('trace and span of a valid traceparent', async (t) => {
  t.strictSame(traceOf(['Host', 'a', 'TraceParent', good]), ids);
  t.strictSame(traceOf(['traceparent', `01-${TRACE}-${SPAN}-01-more.of-it`]), ids);
  t.match(traceOf(['traceparent', `00-${TRACE}-${SPAN}-02`]), { isSampled: false });
  t.equal(traceOf(['host', 'traceparent']), undefined);
});

t.test('what is not valid is no trace', async (t) => {
  const bad = [
    '',
    good.toUpperCase(),
    ` ${good}`,
    `${good}-more`,
    `${good}0`,
    `ff-${TRACE}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE}-${SPAN}`,
    `00-${TRACE}x-${SPAN}-01`,
    `01-${TRACE}-${SPAN}-01more`,
  ];
  for (const text of bad) t.equal(traceOf(['traceparent', text]), undefined, text);
  t.equal(traceOf(['traceparent', good, 'Traceparent', good]), undefined, 'said twice');
});

const CASES = 10_000;
t.test(
  `${CASES} texts that are nearly valid: nothing but hexadecimal digits comes out`,
  async (t) => {
    const part = fc.constantFrom('00', 'ff', TRACE, SPAN, '-', '01', 'x', '\n', '"');
    const text = fc.oneof(
      fc.array(part, { maxLength: 9 }).map((all) => all.join('')),
      fc.string(),
    );
    fc.assert(
      fc.property(text, (value) => {
        const trace = traceOf(['traceparent', value]);
        return (
          trace === undefined ||
          /^[0-9a-f]{32} [0-9a-f]{16}$/.test(`${trace.traceId} ${trace.spanId}`)
        );
      }),
      { numRuns: CASES },
    );
    t.pass();
  },
);
