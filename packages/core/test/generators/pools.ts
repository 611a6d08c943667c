/** The values that plans and requests share. */
import fc from 'fast-check';
import { unitBucket } from '../oracle/hash.ts';

/** 2026-01-01T00:00:00Z. */
export const NOW = 1_767_225_600_000;
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

export const VARIANTS = ['v1', 'v2', 'v3', 'v4'] as const;
/** `constructor` is a label too, and every object has one. */
export const NAMES = ['shop', 'constructor', '3d-view'] as const;
export const UNITS = ['user', 'anonymous', 'tenant', 'constructor'] as const;
export const DIGESTS = { beta: 'b'.repeat(64), gone: '0'.repeat(64) } as const;

export const IDS = [
  '123',
  'alice',
  'bob',
  'anon-1',
  'anon-2',
  'acme',
  'zoë',
  'zoe\u0308',
  '😀',
  'constructor',
  'y'.repeat(10_000),
] as const;

/** The buckets of the ids under the salts and unit types that the plans use. */
export const BUCKETS_OF_IDS = ['shop', 'ümläut', 's'].flatMap((salt) =>
  ['user', 'anonymous'].flatMap((unit) => IDS.slice(0, 9).map((id) => unitBucket(salt, unit, id))),
);

export const wellFormedId = fc.constantFrom(...IDS);
/** Ids as requests bring them: empty and malformed ones too. */
export const anyId = fc.oneof(
  { weight: 9, arbitrary: wellFormedId },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 10_000 }).map((n) => `user-${n}`) },
  { weight: 1, arbitrary: fc.constantFrom('', '', '\ud800', 'a\udc00b') },
);

/** Leaves out what is undefined, as JSON does. */
export const some = <T extends Record<string, unknown>>(
  shape: { [K in keyof T]: fc.Arbitrary<T[K]> },
) => fc.record(shape, { requiredKeys: [] }) as fc.Arbitrary<Partial<T>>;
/** A value in so many percent of the cases. */
export const maybe = <T>(value: fc.Arbitrary<T>, percent: number): fc.Arbitrary<T | undefined> =>
  fc.oneof(
    { weight: percent, arbitrary: value },
    { weight: 100 - percent, arbitrary: fc.constant(undefined) },
  );

export const variant = fc.constantFrom(...VARIANTS);
export const epoch = fc.constantFrom(1, 1, 1, 2, 3);
