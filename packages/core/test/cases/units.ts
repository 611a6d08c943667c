/** Unit types, and keys that are missing, empty or malformed. */
import { type CaseGroup, type CaseSource, IDS, TENANTS, user, VISITORS } from './build.ts';
import { missed, on, rulesPlan } from './rules.ts';

const declared: CaseSource[] = [
  on('tenant')(
    'a release of tenants, the tenant below',
    { units: { tenant: TENANTS.low } },
    'v2 SPLIT 1 canary',
  ),
  on('tenant')(
    'a release of tenants, a tenant who is named',
    { units: { tenant: TENANTS.high } },
    'v3 TARGETING_MATCH 0',
  ),
  on('tenant')(
    'a release of tenants, the user does not count',
    { units: { user: IDS.first, tenant: 'acme' } },
    'v3 TARGETING_MATCH 0',
  ),
  on('tenant')('a release of tenants without a tenant', user(IDS.first), 'v1 DEFAULT unit-missing'),
  on('tenant')(
    'a release of tenants has no anonymous fallback',
    { units: { anonymous: VISITORS.low } },
    'v1 DEFAULT unit-missing',
  ),
  on('anonymous')(
    'a release of visitors, the visitor below',
    { units: { user: IDS.last, anonymous: VISITORS.low } },
    'v2 SPLIT 1 canary',
  ),
  on('anonymous')(
    'a release of visitors, a visitor who is named',
    { units: { anonymous: VISITORS.high } },
    'v3 TARGETING_MATCH 0',
  ),
];

const half = on('after-percent');
const keys: CaseSource[] = [
  half('no unit at all', {}, 'v1 DEFAULT unit-missing'),
  half('an empty user', user(''), 'v1 DEFAULT unit-missing'),
  half(
    'an empty user and an empty visitor',
    { units: { user: '', anonymous: '' } },
    'v1 DEFAULT unit-missing',
  ),
  half(
    'without a user the visitor is the unit: below',
    { units: { anonymous: VISITORS.low } },
    'v2 SPLIT 0 canary',
  ),
  half(
    'without a user the visitor is the unit: above',
    { units: { anonymous: VISITORS.high } },
    missed,
  ),
  half(
    'an empty user falls back to the visitor',
    { units: { user: '', anonymous: VISITORS.low } },
    'v2 SPLIT 0 canary',
  ),
  half(
    'the user comes before the visitor',
    { units: { user: IDS.at50, anonymous: VISITORS.low } },
    missed,
  ),
  half('the unit type is part of the bucket', { units: { anonymous: IDS.first } }, missed),
  half('a lone high surrogate', user('\ud800'), 'v1 ERROR unit-malformed'),
  half('a lone low surrogate', user('a\udc00b'), 'v1 ERROR unit-malformed'),
  half('surrogates in the wrong order', user('\udc00\ud800'), 'v1 ERROR unit-malformed'),
  half(
    'a malformed user does not fall back to the visitor',
    { units: { user: '\ud800', anonymous: VISITORS.low } },
    'v1 ERROR unit-malformed',
  ),
  half('a malformed visitor', { units: { anonymous: '\udfff' } }, 'v1 ERROR unit-malformed'),
  half(
    'a malformed visitor beside a user',
    { units: { user: IDS.first, anonymous: '\udfff' } },
    'v2 SPLIT 0 canary',
  ),
  on('users')('a malformed user whom no rule asks for', user('\ud800'), 'v1 ERROR unit-malformed'),
  on('no-rules')('a malformed user of a release without rules', user('\ud800'), 'v1 STATIC'),
];

export const units: CaseGroup = { plans: { rules: rulesPlan }, cases: [...declared, ...keys] };
