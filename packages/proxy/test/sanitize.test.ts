import type { IncomingMessage } from 'node:http';
import { compilePlan, parsePlan } from '@tinct/core';
import { decideAll, identify, PlanViews, rawHeaderValues } from '@tinct/sdk';
import fc from 'fast-check';
import t from 'tap';
import { color } from '../src/color.ts';
import { Refusal } from '../src/refusal.ts';
import { sanitize } from '../src/sanitize.ts';
import { planText } from './helpers.ts';

const { plan } = parsePlan(planText({ more: '    header: x-version\n' }));
const compiled = plan && compilePlan(plan);
const view = new PlanViews().of(compiled);

/** A request's headers after sanitize, identify, decide and color. */
function through(rawHeaders: string[]): string[] | Refusal {
  const req = { rawHeaders, url: '/', method: 'GET', httpVersion: '1.1' } as IncomingMessage;
  const request = sanitize({ req }, view);
  if (request instanceof Refusal) return request;
  const who = identify(rawHeaderValues(request.headers), true, view);
  return [...color(request, decideAll(request, who, view, 0).decisions, view).headers];
}

const spelled = (name: string) =>
  fc
    .array(fc.boolean(), { minLength: name.length, maxLength: name.length })
    .chain((upper) => fc.boolean().map((underscored) => ({ upper, underscored })))
    .map(({ upper, underscored }) => {
      const cased = [...name]
        .map((letter, i) => (upper[i] ? letter.toUpperCase() : letter))
        .join('');
      return underscored ? cased.replaceAll('-', '_') : cased;
    });

const color_ = fc
  .constantFrom('x-version', 'x-tinct-my-service', 'x-tinct-decision', 'x-tinct-served')
  .chain(spelled);
const member = fc.constantFrom(
  'tinct.my-service=v2',
  '%74inct.my-service=v2',
  ' TINCT.a=v2',
  'a=1',
  'b=%20;c',
  '%=v2',
);
const pair = fc.oneof(
  fc.tuple(color_, fc.constantFrom('v2', 'v1, v2', '')),
  fc.tuple(
    fc.constantFrom('Connection', 'connection'),
    fc
      .array(fc.oneof(color_, fc.constantFrom('close', 'baggage', 'x-other', '')))
      .map((all) => all.join(', ')),
  ),
  fc.tuple(
    spelled('baggage'),
    fc.array(member).map((all) => all.join(',')),
  ),
  fc.tuple(fc.constantFrom('x-other', 'accept'), fc.string()),
  fc.tuple(fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}$/), fc.string()),
);

t.test(
  'whatever headers a client sends, the service sees each color once, and it is the decided one',
  async (t) => {
    let refused = 0;
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 12 }), (pairs) => {
        const headers = through(['host', 'a', ...pairs.flat()]);
        if (headers instanceof Refusal) {
          refused += 1;
          return true;
        }
        const all = headers.flatMap((name, i) =>
          i % 2 === 0 ? [[name.toLowerCase(), headers[i + 1] ?? '']] : [],
        );
        const like = (pattern: RegExp) =>
          all.filter(([name = '']) => pattern.test(name)).map(([, value]) => value);
        const baggage = like(/^baggage$/);
        return (
          like(/^x[-_]version$/).join('|') === 'v1' &&
          like(/^x[-_]tinct[-_]/).join('|') ===
            'my-service="v1";rev=1;epoch=1;reason=DEFAULT;arm=other' &&
          baggage.length === 1 &&
          /^tinct\.my-service=v1(,|$)/.test(baggage[0] ?? '') &&
          !/tinct|%74/i.test(baggage[0]?.slice(6) ?? '') &&
          like(/^connection$/).length === 0
        );
      }),
      { numRuns: 5000 },
    );
    t.ok(refused < 500, `${refused} were refused`);
  },
);

t.test('what is nobody’s color passes in order, byte for byte', async (t) => {
  const kept = [
    'Host',
    'a',
    'X-A',
    '1',
    'x-a',
    '2',
    'x-tinct',
    'no color',
    'xtinct-my-service',
    'no color',
  ];
  const headers = through([...kept, 'Connection', 'close']);
  t.same(headers instanceof Refusal ? headers : headers.slice(0, kept.length), kept);
});
