import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { foreignBaggage, formatBaggageMember, joinBaggage } from '../../src/carriers/baggage.ts';

const strip = (...values: string[]) => joinBaggage([], foreignBaggage(values));

const forged = [
  'tinct.my-service=v2',
  ' tinct.my-service =v2',
  'tinct.my-service=v2;ttl=1',
  'tinct.my-service;p=1',
  'tinct.my-service',
  'TINCT.my-service=v2',
  '%74inct.my-service=v2',
  '%74%69%6e%63%74%2Emy-service=v2',
  '%2574inct.my-service=v2',
  '%252574inct.my-service=v2',
  '%20tinct.my-service=v2',
  '+tinct.my-service=v2',
  '%1ctinct.my-service=v2',
  '\u00a0tinct.my-service=v2',
  'tinct.%6dy-service=v2',
  '%ff=1',
  '%=1',
  '%7=1',
];
for (const member of forged)
  t.test(`${JSON.stringify(member)} does not get through, wherever it stands`, async (t) => {
    t.notMatch(strip(member), /tinct|%/i);
    t.notMatch(strip(`a=1,${member}`), /tinct|%/i);
    t.notMatch(strip(`${member},a=1`, 'b=2', member), /tinct|%/i);
    t.match(strip(`${member},a=1`, 'b=2', member), /a=1,b=2$/);
  });

t.test('a quoted comma hides nothing: baggage has no quotes', async (t) => {
  t.equal(strip('x="a,tinct.my-service=v2"'), 'x="a');
});

const foreign = [
  'userId=alice',
  'serverNode=DF%2028;p=%ff',
  ' a = 1 ; b ; c=2 ',
  'a%25b=1',
  'a%20b=%74inct.my-service',
  'not-tinct.my-service=v2',
  'tinctx=1',
  'tinct=1',
  'k=tinct.my-service=v2',
  '\u00c3\u00a9=1',
];
for (const member of foreign)
  t.test(`${JSON.stringify(member)} is somebody else's and stays`, async (t) => {
    t.equal(strip(`a=1,${member},b=2`), `a=1,${member},b=2`);
  });

t.test('several headers become one, ours first', async (t) => {
  const ours = [formatBaggageMember('my-service', 'v2'), formatBaggageMember('cart', 'v1')];
  const joined = joinBaggage(ours, foreignBaggage(['a=1, b=2', '', ' , ', 'tinct.cart=v9']));
  t.equal(joined, 'tinct.my-service=v2,tinct.cart=v1,a=1, b=2');
});

t.test('nothing left is an empty text', async (t) => {
  t.equal(strip('tinct.a=1', ' '), '');
});

const piece = fc.oneof(
  fc.constantFrom(
    'tinct.',
    '%74',
    'tinct',
    '%',
    ',',
    '=',
    ';',
    ' ',
    '%25',
    '.',
    'a',
    '+',
    '\u00a0',
    '%ff',
    '%20',
  ),
  fc.string({ maxLength: 3 }),
);
const header = fc.array(piece).map((pieces) => pieces.join(''));

t.test(
  'stripping never throws, is done after one pass, and only ever removes members',
  async () => {
    fc.assert(
      fc.property(header, (value) => {
        const kept = foreignBaggage([value]);
        assert.deepEqual(foreignBaggage([kept.join(',')]), kept);
        const all = value.split(',');
        assert(kept.every((member) => all.includes(member)));
      }),
      { numRuns: 5000 },
    );
  },
);

/** As the sloppiest reader would see a key: decoded as far as it goes, trimmed. */
function seen(member: string): string {
  let key = member.split(/[=;]/)[0] ?? '';
  for (let i = 0; i < 3; i += 1)
    try {
      key = decodeURIComponent(key.trim());
    } catch {
      break;
    }
  return key.trim();
}

t.test('no reader that decodes and trims finds a member of ours in what is left', async () => {
  fc.assert(
    fc.property(header, (value) => {
      for (const member of foreignBaggage([value])) assert(!seen(member).startsWith('tinct.'));
    }),
    { numRuns: 5000 },
  );
});

t.test('a header of the largest size is stripped in linear time', async (t) => {
  const started = performance.now();
  for (const unit of ['%25', '%2574', 'a,', '%', '+', ' '])
    foreignBaggage([unit.repeat(Math.floor(65_536 / unit.length))]);
  t.ok(performance.now() - started < 1000);
});
