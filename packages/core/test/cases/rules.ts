/** The plan on which the cases of rules, cohorts, shares and units are thought. */
import {
  BETA,
  casesOf,
  GONE,
  IDS,
  type Json,
  LONG_ID,
  plan,
  release,
  TENANTS,
  VISITORS,
} from './build.ts';

const V2 = { variant: 'v2' };
const V3 = { variant: 'v3' };
const staff = { attribute: 'email', endsWith: '@example.com' };

const more = {
  attributes: { email: { claim: 'email' } },
  cohorts: {
    vips: { users: ['alice', 'zoë', '007', LONG_ID, '\u{1f600}'] },
    nobody: { users: [] },
    beta: { list: 'beta.txt', sha256: BETA },
    gone: { list: 'gone.txt', sha256: GONE },
    staff: { when: staff },
    tenants: { users: ['acme', TENANTS.high], unit: 'tenant' },
    visitors: { users: [VISITORS.low], unit: 'anonymous' },
    'gone-tenants': { list: 'gone.txt', sha256: GONE, unit: 'tenant' },
  },
};

/** Ranges on purpose out of order, with stable as one of the parts. */
const SPLIT = [
  {
    variant: 'v2',
    percent: 5,
    ranges: [
      [0, 4000],
      [49_000, 50_000],
    ],
  },
  {
    variant: 'v3',
    percent: 10,
    ranges: [
      [50_000, 59_999],
      [4999, 5000],
    ],
  },
  {
    variant: 'v1',
    percent: 1,
    ranges: [
      [4000, 4999],
      [99_999, 100_000],
    ],
  },
];

const releases: Readonly<Record<string, Json>> = {
  'no-rules': release(undefined),
  'empty-rules': release([]),
  users: release([{ users: ['123', 'zoë', '\u{1f600}', LONG_ID], ...V2 }]),
  'users-half': release([{ users: [IDS.below50, IDS.at50], percent: 50, ...V2 }]),
  'users-deny': release([
    { users: [IDS.first], variant: 'v1' },
    { percent: 50, ...V2 },
  ]),
  vips: release([{ cohort: 'vips', ...V2 }]),
  nobody: release([{ cohort: 'nobody', ...V2 }]),
  beta: release([{ cohort: 'beta', ...V2 }]),
  gone: release([
    { users: ['123'], ...V2 },
    { cohort: 'gone', ...V2 },
    { percent: 100, ...V3 },
  ]),
  'gone-guarded': release([
    { users: ['123'], cohort: 'gone', ...V2 },
    { percent: 50, ...V2 },
  ]),
  'gone-last': release([
    { percent: 50, ...V2 },
    { cohort: 'gone', ...V2 },
  ]),
  'gone-tenants': release([{ cohort: 'gone-tenants', ...V2 }]),
  staff: release([{ cohort: 'staff', ...V2 }]),
  'staff-half': release([
    { cohort: 'staff', percent: 50, ...V2 },
    { percent: 5, ...V2 },
  ]),
  tenants: release([{ cohort: 'tenants', ...V2 }]),
  visitors: release([{ cohort: 'visitors', ...V2 }]),
  all: release([{ users: ['alice', IDS.at50], cohort: 'vips', when: staff, percent: 50, ...V2 }]),
  first: release([
    { users: ['123'], ...V2 },
    { users: ['123'], ...V3 },
  ]),
  split: release([{ split: SPLIT }]),
  'split-staff': release([
    { when: staff, split: SPLIT },
    { percent: 50, variant: 'v3' },
  ]),
  nothing: release([{ percent: 0, ...V2 }]),
  everything: release([{ percent: 100, ...V2 }]),
  stable: release([{ percent: 50, variant: 'v1' }]),
  'after-percent': release([
    { percent: 50, ...V2 },
    { users: [IDS.last, IDS.first], ...V3 },
  ]),
  twice: release([
    { when: staff, percent: 5, ...V2 },
    { when: staff, percent: 50, ...V3 },
    { users: [IDS.last], ...V3 },
  ]),
  'not-everyone': release([
    { percent: 5, ...V2 },
    { when: staff, percent: 50, ...V2 },
  ]),
  tenant: release(
    [
      { users: [TENANTS.high, 'acme'], ...V3 },
      { percent: 50, ...V2 },
    ],
    { unit: 'tenant' },
  ),
  anonymous: release(
    [
      { users: [VISITORS.high], ...V3 },
      { percent: 50, ...V2 },
    ],
    { unit: 'anonymous' },
  ),
};

export const rulesPlan: Json = plan(releases, more);

/** Cases of one of its releases. */
export const on = (name: string) => casesOf('rules', name);

/** Whom the attributes make staff. */
export const EMAIL = { email: 'ann@example.com' };
export const missed = 'v1 SPLIT 0 control';
