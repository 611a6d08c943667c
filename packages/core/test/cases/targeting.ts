/** Users, cohorts and conditions: whom a rule is for. */
import {
  BETA,
  type CaseGroup,
  type CaseSource,
  GONE,
  IDS,
  LONG_ID,
  user,
  VISITORS,
} from './build.ts';
import { EMAIL, missed, on, rulesPlan } from './rules.ts';

const users: CaseSource[] = [
  on('no-rules')('a release without rules is static', user('123'), 'v1 STATIC'),
  on('empty-rules')('a release with no rule in its list is static', user('123'), 'v1 STATIC'),
  on('no-rules')('a release without rules asks for no unit', {}, 'v1 STATIC'),
  on('users')('a user who is named', user('123'), 'v2 TARGETING_MATCH 0'),
  on('users')('a user who is not named', user('124'), 'v1 DEFAULT'),
  on('users')('a named user compares byte for byte: composed', user('zoë'), 'v2 TARGETING_MATCH 0'),
  on('users')('a named user compares byte for byte: decomposed', user('zoe\u0308'), 'v1 DEFAULT'),
  on('users')('a named user compares byte for byte: a zero in front', user('0123'), 'v1 DEFAULT'),
  on('users')('a named user compares byte for byte: white space', user('123 '), 'v1 DEFAULT'),
  on('users')('a named user of four bytes', user('\u{1f600}'), 'v2 TARGETING_MATCH 0'),
  on('users')('another user of four bytes', user('\u{1f601}'), 'v1 DEFAULT'),
  on('users')('a named user of 10 kB', user(LONG_ID), 'v2 TARGETING_MATCH 0'),
  on('users')('a user of 10 kB and one byte', user(`${LONG_ID}x`), 'v1 DEFAULT'),
  on('users')('users are not for a visitor', { units: { anonymous: '123' } }, 'v1 DEFAULT'),
  on('users')(
    'users are not for another unit type',
    { units: { tenant: '123' } },
    'v1 DEFAULT unit-missing',
  ),
  on('users-half')('a named user below the percentage', user(IDS.below50), 'v2 SPLIT 0 canary'),
  on('users-half')('a named user above the percentage', user(IDS.at50), missed),
  on('users-half')(
    'a percentage is not for those who are not named',
    user(IDS.first),
    'v1 DEFAULT',
  ),
  on('users-deny')('a deny rule above a percentage', user(IDS.first), 'v1 TARGETING_MATCH 0'),
  on('users-deny')('below a deny rule for others', user(IDS.u11), 'v2 SPLIT 1 canary'),
  on('first')('the first rule that matches decides', user('123'), 'v2 TARGETING_MATCH 0'),
];

const cohorts: CaseSource[] = [
  on('vips')('a member of an inline cohort', user('alice'), 'v2 TARGETING_MATCH 0'),
  on('vips')('a member with zeros in front', user('007'), 'v2 TARGETING_MATCH 0'),
  on('vips')('not a member', user('bob'), 'v1 DEFAULT'),
  on('vips')(
    'a cohort of users asks for the user, not for the visitor',
    { units: { anonymous: 'alice' } },
    'v1 DEFAULT',
  ),
  on('nobody')('an empty cohort', user('alice'), 'v1 DEFAULT'),
  on('beta')('a member of a list', user('alice'), 'v2 TARGETING_MATCH 0'),
  on('beta')('a member of a list, composed', user('zoë'), 'v2 TARGETING_MATCH 0'),
  on('beta')('not a member of a list, decomposed', user('zoe\u0308'), 'v1 DEFAULT'),
  on('beta')('a member of a list, four bytes', user('\u{1f600}'), 'v2 TARGETING_MATCH 0'),
  on('beta')('a member of a list, 10 kB', user(LONG_ID), 'v2 TARGETING_MATCH 0'),
  on('beta')('not a member of a list', user('Alice'), 'v1 DEFAULT'),
  on('beta')('a list that could not be loaded', user('alice'), 'v1 ERROR cohort-unavailable', {
    unavailable: [BETA],
  }),
  on('beta')(
    'a list that could not be loaded is unavailable for everyone',
    user('bob'),
    'v1 ERROR cohort-unavailable',
    {
      unavailable: [BETA],
    },
  ),
  on('beta')('another list that could not be loaded', user('alice'), 'v2 TARGETING_MATCH 0', {
    unavailable: [GONE],
  }),
  on('gone')(
    'a rule above an unavailable list still decides',
    user('123'),
    'v2 TARGETING_MATCH 0',
    { unavailable: [GONE] },
  ),
  on('gone')(
    'no rule below an unavailable list decides',
    user('124'),
    'v1 ERROR cohort-unavailable',
    { unavailable: [GONE] },
  ),
  on('gone')('a loaded list that has not the id falls through', user('124'), 'v3 SPLIT 2 canary'),
  on('gone-guarded')(
    'a rule that fails before its cohort asks for no list',
    user('u11'),
    'v2 SPLIT 1 canary',
    { unavailable: [GONE] },
  ),
  on('gone-guarded')(
    'a rule that comes to its unavailable cohort',
    user('123'),
    'v1 ERROR cohort-unavailable',
    { unavailable: [GONE] },
  ),
  on('gone-last')('a percentage above an unavailable list', user('u11'), 'v2 SPLIT 0 canary', {
    unavailable: [GONE],
  }),
  on('gone-last')(
    'a percentage that missed, and then an unavailable list',
    user(IDS.last),
    'v1 ERROR cohort-unavailable',
    { unavailable: [GONE] },
  ),
  on('gone-tenants')(
    'an unavailable list of a unit that the request lacks',
    user('alice'),
    'v1 ERROR cohort-unavailable',
    { unavailable: [GONE] },
  ),
  on('gone-tenants')('a list of a unit that the request lacks', user('alice'), 'v1 DEFAULT'),
  on('gone-tenants')(
    'a list of another unit type',
    { units: { user: 'alice', tenant: 'nobody' } },
    'v2 TARGETING_MATCH 0',
  ),
  on('staff')(
    'a cohort by condition',
    { ...user('bob'), attributes: EMAIL },
    'v2 TARGETING_MATCH 0',
  ),
  on('staff')(
    'a cohort by condition that is false',
    { ...user('bob'), attributes: { email: 'x@y.z' } },
    'v1 DEFAULT',
  ),
  on('staff')('a cohort by condition that is unknown', user('bob'), 'v1 DEFAULT'),
  on('staff')(
    'a cohort by condition, mistyped',
    { ...user('bob'), attributes: { email: ['ann@example.com'] } },
    'v1 DEFAULT',
  ),
  on('staff')(
    'a cohort by condition holds for a visitor too',
    { units: { anonymous: 'x' }, attributes: EMAIL },
    'v2 TARGETING_MATCH 0',
  ),
  on('tenants')(
    'a cohort of tenants in a release of users',
    { units: { user: 'bob', tenant: 'acme' } },
    'v2 TARGETING_MATCH 0',
  ),
  on('tenants')(
    'a cohort of tenants, another tenant',
    { units: { user: 'acme', tenant: 'x' } },
    'v1 DEFAULT',
  ),
  on('tenants')(
    'a cohort of tenants, an empty tenant',
    { units: { user: 'acme', tenant: '' } },
    'v1 DEFAULT',
  ),
  on('visitors')(
    'a cohort of visitors holds for a user on that browser',
    { units: { user: 'bob', anonymous: VISITORS.low } },
    'v2 TARGETING_MATCH 0',
  ),
  on('visitors')('a cohort of visitors, a user of that name', user(VISITORS.low), 'v1 DEFAULT'),
];

const member = { ...user('alice'), attributes: EMAIL };
const combined: CaseSource[] = [
  on('all')('everything that a rule names holds', member, 'v2 SPLIT 0 canary'),
  on('all')('not among the users', { ...member, ...user('007') }, 'v1 DEFAULT'),
  on('all')('not in the cohort', { ...member, ...user(IDS.at50) }, 'v1 DEFAULT'),
  on('all')('the condition is false', { ...member, attributes: { email: '' } }, 'v1 DEFAULT'),
  on('all')('the condition is unknown', user('alice'), 'v1 DEFAULT'),
];

export const targeting: CaseGroup = {
  plans: { rules: rulesPlan },
  cases: [...users, ...cohorts, ...combined],
};
