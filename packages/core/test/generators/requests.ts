/** Requests, and what else a decision depends on. */
import fc from 'fast-check';
import { REASONS } from '../../src/decide/reason.ts';
import type { DecisionContext, MemoryEntry } from '../../src/decide/types.ts';
import { attributes } from './conditions.ts';
import {
  anyId,
  DAY,
  epoch,
  HOUR,
  maybe,
  NAMES,
  NOW,
  some,
  UNITS,
  VARIANTS,
  wellFormedId,
} from './pools.ts';

/** Which lists could be loaded, and which epochs were killed. */
export const world = fc.record({
  lists: fc.record({
    beta: maybe(fc.constant(['123', 'alice', '😀', 'y'.repeat(10_000)]), 90),
    gone: maybe(fc.constant(['acme']), 50),
  }),
  killed: maybe(some(Object.fromEntries(NAMES.map((name) => [name, epoch]))), 10).map(
    (epochs) => epochs ?? {},
  ),
});

const at = fc
  .tuple(
    fc.constantFrom(NOW, NOW, NOW, NOW - HOUR / 2, NOW - HOUR, NOW - DAY, NOW + HOUR, 0),
    fc.constantFrom(0, 0, 0, -1, 1),
  )
  .map(([edge, offset]) => edge + offset);

type Units = Readonly<Record<string, string | undefined>>;

/** An entry of the request's own units, mostly; else of someone else's. */
const entry = fc
  .record({
    type: fc.constantFrom('user', 'anonymous', 'anonymous', 'anonymous', ...UNITS),
    own: maybe(fc.constant(true), 80),
    key: anyId,
    rest: fc.record({ variant: fc.constantFrom('v2', 'v2', ...VARIANTS, 'v9'), epoch, at }),
    boundTo: maybe(wellFormedId, 15),
    since: maybe(at, 50),
  })
  .map(({ type, own, key, rest, boundTo, since }) => (units: Units): MemoryEntry => {
    const unit = { type, key: own ? (units[type] ?? key) : key };
    const more = {
      ...(boundTo !== undefined && { boundTo }),
      ...(since !== undefined && { since }),
    };
    return { ...rest, unit, ...more };
  });

const carried = fc.record({
  variant: fc.constantFrom(...VARIANTS, 'v9'),
  reason: fc.constantFrom(...REASONS),
  revision: fc.integer({ min: 1, max: 99 }),
  epoch: fc.constantFrom(1, 2, 3, 4),
  arm: fc.constantFrom('canary' as const, 'control' as const, 'other' as const),
});

const override = (name: string) =>
  fc.record({
    release: fc.oneof({ weight: 9, arbitrary: fc.constant(name) }, fc.constantFrom(...NAMES)),
    variant: fc.constantFrom(...VARIANTS, 'v9'),
    epoch,
    expires: fc.constantFrom(NOW - 1, NOW, NOW + 1, NOW + HOUR, NOW + DAY, NOW + DAY + 1),
  });

const perRelease = <T>(value: (name: string) => fc.Arbitrary<T>, percent: number) =>
  fc.record(Object.fromEntries(NAMES.map((name) => [name, maybe(value(name), percent)])));

const units = fc.record({
  user: maybe(anyId, 75),
  anonymous: maybe(anyId, 75),
  tenant: maybe(anyId, 50),
  constructor: maybe(anyId, 50),
});

/** What a request may bring; the keys of `units` may be missing, empty or malformed. */
export const context: fc.Arbitrary<DecisionContext> = fc
  .record({
    units,
    now: fc.constantFrom(NOW, NOW, NOW, NOW + 1),
    attributes: maybe(attributes.values, 90),
    memory: perRelease(() => fc.array(entry, { minLength: 1, maxLength: 4 }), 70),
    carried: perRelease(() => carried, 8),
    overrides: perRelease(override, 8),
  })
  .map(({ memory: remembered, ...of }) => {
    const entries = Object.entries(remembered).map(([name, made]) => [
      name,
      made?.map((make) => make(of.units)),
    ]);
    return { ...of, memory: Object.fromEntries(entries) } as DecisionContext;
  });

export const request = fc.record({
  host: fc.constantFrom(
    'shop.example',
    'SHOP.example:8080',
    'shop.example.',
    'x.shop.example',
    '.shop.example',
    'a.b.shop.example:1',
    'notshop.example',
    'other.test',
    'example',
    '[::1]:80',
    '',
  ),
  path: fc.constantFrom(
    '/',
    '/api',
    '/api/',
    '/api/v1',
    '/apix',
    '/API',
    '/api?x=/api/v1',
    '/api/v1#x',
    '*',
    '',
  ),
});
