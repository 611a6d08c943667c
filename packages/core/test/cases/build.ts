/** The words in which the cases are written. */
import { createHash } from 'node:crypto';
import type { DecisionContext } from '../../src/decide/types.ts';

export type Json = Record<string, unknown>;

/** A case as it is thought: `expect` is `variant REASON [rule] [arm] [detail]`, one for each release that applies. */
export interface CaseSource {
  readonly name: string;
  readonly plan: string;
  readonly release?: string;
  readonly host?: string;
  readonly path?: string;
  readonly context: Partial<DecisionContext>;
  readonly unavailable?: readonly string[];
  readonly killed?: Readonly<Record<string, number>>;
  readonly expect: readonly string[];
}

export interface CaseGroup {
  readonly plans: Readonly<Record<string, Json>>;
  readonly cases: readonly CaseSource[];
}

/** 2026-01-01T00:00:00Z. */
export const NOW = 1_767_225_600_000;
export const SECOND = 1000;
export const HOUR = 3600 * SECOND;
export const DAY = 24 * HOUR;

/** The longest line in the plans and cases: an id of 10 kB. */
export const LONG_ID = 'x'.repeat(10_000);

/** The buckets of these ids, of the unit type `user` under the salt `my-service`. */
export const IDS = {
  first: 'user-68588',
  u11: 'u11',
  below5: 'user-109510',
  at5: 'user-9080',
  bob: 'bob',
  alice: 'alice',
  below50: 'user-502453',
  at50: 'user-9483',
  carol: 'carol',
  last: 'user-93795',
} as const;
export const BUCKETS: Readonly<Record<keyof typeof IDS, number>> = {
  first: 0,
  u11: 818,
  below5: 4999,
  at5: 5000,
  bob: 12_296,
  alice: 44_663,
  below50: 49_999,
  at50: 50_000,
  carol: 57_169,
  last: 99_999,
};
/** Of the unit type `anonymous` under that salt: buckets 11,729 and 98,278. */
export const VISITORS = { low: 'visitor-6', high: 'visitor-1' } as const;
/** Of the unit type `tenant` under that salt: buckets 1,469 and 99,955. */
export const TENANTS = { low: 'tenant-26', high: 'tenant-29' } as const;

const LIST_IDS = ['alice', 'zoë', '\u{1f600}', LONG_ID];
const listText = `${LIST_IDS.join('\n')}\n`;
const GONE_TEXT = 'nobody\n';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
export const BETA = sha256(listText);
export const GONE = sha256(GONE_TEXT);
/** Digest → text: an id on each line. */
export const LISTS: Readonly<Record<string, string>> = { [BETA]: listText, [GONE]: GONE_TEXT };

const subsetsOf = (variants: readonly string[]) =>
  Object.fromEntries(variants.map((name) => [name, { version: name }]));

export const service = (name: string, variants: readonly string[] = ['v1', 'v2', 'v3']): Json => ({
  [name]: { host: `${name}.svc`, subsets: subsetsOf(variants) },
});

/** A release with the salt under which the ids' buckets are known. */
export function release(rules: readonly Json[] | undefined, more: Json = {}): Json {
  return { stable: 'v1', salt: 'my-service', ...(rules && { rules }), ...more };
}

/** A plan of these releases; each moves a service of its own unless it says which. */
export function plan(releases: Readonly<Record<string, Json>>, more: Json = {}): Json {
  const named = Object.entries(releases).map(([name, of]) => [
    name,
    { services: service(name), ...of },
  ]);
  return {
    apiVersion: 'tinct.dev/v1',
    kind: 'Plan',
    metadata: { name: 'vectors', revision: 12 },
    ...more,
    releases: Object.fromEntries(named),
  };
}

type Options = Pick<CaseSource, 'unavailable' | 'killed'>;

/** Cases of one release of a plan. */
export function casesOf(plan: string, release: string) {
  return (
    name: string,
    context: Partial<DecisionContext>,
    expect: string,
    more: Options = {},
  ): CaseSource => ({ name, plan, release, context, ...more, expect: [expect] });
}

export const user = (key: string): Partial<DecisionContext> => ({ units: { user: key } });
