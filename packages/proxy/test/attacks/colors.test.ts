/** A client that sends colors: in any spelling, doubled, hidden, they change nothing. */

import type { Test } from 'tap';
import { planText, TextSource, valuesOf } from '../helpers.ts';
import { each } from './each.ts';
import type { Except, Form } from './forms.ts';

/** A header written as `name: value`. */
const headersOf = (lines: readonly string[]): string[] =>
  lines.flatMap((line) => [
    line.slice(0, line.indexOf(':')),
    line.slice(line.indexOf(':') + 1).trim(),
  ]);

async function seenBy(t: Test, form: Form, lines: readonly string[], options = {}) {
  const target = await form.start(t, options);
  const { seen } = await target.ask({ headers: headersOf(lines) });
  if (seen === undefined) throw new Error('it was not sent on');
  return seen;
}

/** Each is what a client without user-id sends in the hope of v2. */
const forgeries: readonly (readonly [attack: string, ...headers: string[]])[] = [
  ['a forged color', 'x-tinct-my-service: v2'],
  ['a forged color in capitals', 'X-TINCT-MY-SERVICE: v2'],
  ['a forged color in mixed case', 'X-Tinct-My-Service: v2'],
  ['a forged color with underscores', 'x_tinct_my_service: v2'],
  ['a forged color with one underscore', 'X-Tinct_My-Service: v2'],
  ['a forged color sent twice', 'x-tinct-my-service: v2', 'X-Tinct-My-Service: v2'],
  ['a forged color in a list', 'x-tinct-my-service: v1, v2'],
  [
    'a forged color named in Connection',
    'Connection: x-tinct-my-service',
    'x-tinct-my-service: v2',
  ],
  ['the assigned color named in Connection', 'Connection: close, X-Tinct-My-Service'],
  ['the decision named in Connection', 'Connection: x-tinct-decision, baggage'],
  ['a forged color of a release that is in no plan', 'x-tinct-other: v2'],
  [
    'a forged decision',
    'x-tinct-decision: my-service="v2";rev=1;epoch=1;reason=OVERRIDE;arm=other',
  ],
  ['a forged baggage member', 'baggage: tinct.my-service=v2'],
  ['a forged baggage member behind others', 'baggage: a=1, tinct.my-service = v2;p=1'],
  ['a forged baggage member with an encoded key', 'baggage: %74inct.my-service=v2'],
  ['a forged baggage member with a doubly encoded key', 'baggage: %2574inct.my-service=v2'],
  ['a forged baggage member in a second header', 'baggage: a=1', 'Baggage: TINCT.my-service=v2'],
  ['a forged response mark', 'x-tinct-served: v2', 'x-tinct-routed: my-service=v2'],
];
for (const [attack, ...headers] of forgeries)
  each(`${attack} changes nothing`, async (t, form) => {
    const request = await seenBy(t, form, ['user-id: 124', ...headers]);
    t.equal(request.version, 'v1');
    const colors = request.raw.filter((name, i) => i % 2 === 0 && /^x[-_]tinct[-_]/i.test(name));
    t.same(colors, ['x-tinct-my-service', 'x-tinct-decision']);
    t.same(valuesOf(request, 'x-tinct-my-service'), ['v1']);
    t.equal(request.raw.join('\n').match(/v2/g), null);
    t.equal(valuesOf(request, 'baggage').length, 1);
    t.match(valuesOf(request, 'baggage')[0], /^tinct\.my-service=v1/);
  });

each('a plan’s own routing header cannot be forged either, in any spelling', async (t, form) => {
  const plan = new TextSource(planText({ more: '    header: X-Version_Of\n' }));
  const spellings = ['x-version-of: v2', 'X_VERSION_OF: v2', 'x-version_of: v2'];
  const request = await seenBy(t, form, spellings, { plan });
  t.same(valuesOf(request, 'x-version_of'), ['v1']);
  t.notMatch(request.raw.join('\n'), 'v2');
});

each('without a plan every color is forged and goes', async (t, form) => {
  const forged = ['x-tinct-my-service: v2', 'baggage: tinct.my-service=v2'];
  const request = await seenBy(t, form, forged, { plan: new TextSource('') });
  t.notMatch(request.raw.join('\n'), /tinct/i);
});

each('thousands of headers in front do not hide a forged color', async (t, form) => {
  const junk = Array.from({ length: 2500 }, (_, i) => `${i % 10}:`);
  const request = await seenBy(t, form, [...junk, 'x-tinct-my-service: v3', 'user-id: 123']);
  t.equal(request.version, 'v2');
  t.same(valuesOf(request, 'x-tinct-my-service'), ['v2']);
});

/** Envoy hands the HTTP form each name once. */
const JOINED: Except = {
  'ext_authz HTTP': 'the gateway joins duplicates: they are one value, and another one than either',
};

each(
  'a doubled identity is no identity',
  async (t, form) => {
    for (const second of ['User-Id: 124', 'user-id: 123'])
      t.equal((await seenBy(t, form, ['user-id: 123', second])).version, 'v1');
    const target = await form.start(t);
    await target.ask({ headers: ['user-id', '123', 'user-id', '123'] });
    t.equal(target.stats().failures['header.several'], 1);
  },
  JOINED,
);

each('a doubled identity is nobody’s who is in the plan', async (t, form) => {
  t.equal((await seenBy(t, form, ['user-id: 123', 'user-id: 123'])).version, 'v1');
});

each(
  'an identity named in Connection is neither believed nor forwarded',
  async (t, form) => {
    const request = await seenBy(t, form, ['user-id: 123', 'Connection: user-id']);
    t.equal(request.version, 'v1');
    t.same(valuesOf(request, 'user-id'), []);
  },
  {
    'ext_authz HTTP': 'the gateway keeps Connection to itself: nobody here sees what it names',
    Envoy: 'Envoy keeps Connection to itself, and what it names is decided by and forwarded alike',
  },
);

each('identity is believed from trusted hops only', async (t, form) => {
  const ask = ['user-id: 123'];
  t.equal((await seenBy(t, form, ask, { trustedHops: [] })).version, 'v1');
  t.equal((await seenBy(t, form, ask, { trustedHops: ['10.0.0.0/8'] })).version, 'v1');
  t.equal((await seenBy(t, form, ask, { trustedHops: ['::1', '127.0.0.1'] })).version, 'v2');
});

each('a client that says it comes from a trusted hop is where it is', async (t, form) => {
  const claims = ['X-Forwarded-For: 10.0.0.1', 'Forwarded: for=10.0.0.1', 'X-Real-Ip: 10.0.0.1'];
  const request = await seenBy(t, form, ['user-id: 123', ...claims], {
    trustedHops: ['10.0.0.0/8'],
  });
  t.equal(request.version, 'v1');
});

each('a client cannot pose as another hop’s client', async (t, form) => {
  const forged = [
    'Forwarded: for=1.1.1.1;host=evil',
    'FORWARDED: for=evil',
    'X_Forwarded_Host: evil',
    'x-forwarded-host: evil',
    'x_forwarded_for: evil',
    'x_forwarded_proto: evil',
  ];
  const request = await seenBy(t, form, forged, { trustedHops: [] });
  t.same(valuesOf(request, 'forwarded'), []);
  t.notMatch(request.raw.join('\n'), 'evil');
});

each('asking for what opens tunnels or echoes is refused', async (t, form) => {
  const target = await form.start(t);
  const { status, seen } = await target.ask({ method: 'TRACE' });
  t.equal(status, form.kind === 'ext_authz HTTP' ? 405 : 501);
  t.equal(seen, undefined);
  t.equal(target.stats().requests, 0);
});
