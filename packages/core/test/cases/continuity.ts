/** Continuity: a visitor logs in, and others on that browser. */
import type { MemoryEntry } from '../../src/decide/types.ts';
import { type CaseGroup, type CaseSource, IDS, VISITORS } from './build.ts';
import { last, MISSED, memoryPlan, ofUser, ofVisitor, on, remembers } from './memory.ts';

const both = (key: string, visitor: string) => ({ units: { user: key, anonymous: visitor } });
const V = VISITORS.high;
const CONTINUED = 'v2 CONTINUITY 1';
const OWN = 'v1 SPLIT 1 control';
const loginWith = (...entries: MemoryEntry[]) => ({
  ...both(IDS.last, V),
  ...remembers('login', ...entries),
});

const logins: CaseSource[] = [
  on('login')('a visitor logs in and stays', loginWith(ofVisitor(V)), CONTINUED),
  on('login')('the same user later', loginWith(ofVisitor(V, { boundTo: IDS.last })), CONTINUED),
  on('login')(
    'the second user on that browser is decided by their own key',
    loginWith(ofVisitor(V, { boundTo: 'alice' })),
    OWN,
  ),
  on('login')(
    'a second user whose own bucket hits',
    { ...both(IDS.first, V), ...remembers('login', ofVisitor(V, { boundTo: 'alice' })) },
    'v2 SPLIT 1 canary',
  ),
  on('login')('another visitor’s assignment', loginWith(ofVisitor(VISITORS.low)), OWN),
  on('login')('no visitor any more', { ...last, ...remembers('login', ofVisitor(V)) }, OWN),
  on('login')(
    'an empty visitor',
    { ...both(IDS.last, ''), ...remembers('login', ofVisitor('')) },
    OWN,
  ),
  on('login')('a visitor’s assignment that is too old', loginWith(ofVisitor(V, { at: 0 })), OWN),
  on('login')(
    'a visitor’s assignment of another epoch',
    loginWith(ofVisitor(V, { epoch: 2 })),
    OWN,
  ),
  on('login')(
    'a visitor’s assignment that the rule cannot give',
    loginWith(ofVisitor(V, { variant: 'v3' })),
    OWN,
  ),
  on('login')(
    'the user’s own assignment comes first',
    loginWith(ofVisitor(V), ofUser(IDS.last)),
    'v2 STICKY 1',
  ),
  on('login')(
    'the user’s own assignment, that the rule cannot give, comes first too',
    loginWith(ofVisitor(V), ofUser(IDS.last, { variant: 'v3' })),
    OWN,
  ),
  on('login')(
    'a rule for users beats continuity',
    { ...both('bob', V), ...remembers('login', ofVisitor(V)) },
    'v1 TARGETING_MATCH 0',
  ),
  on('login')(
    'what the bucket gives anyway is no continuity',
    { ...both(IDS.first, V), ...remembers('login', ofVisitor(V)) },
    'v2 SPLIT 1 canary',
  ),
  on('login')(
    'logged out again, the visitor stays',
    { units: { anonymous: V }, ...remembers('login', ofVisitor(V, { boundTo: IDS.last })) },
    'v2 STICKY 1',
  ),
  on('login')(
    'a user’s assignment is none of the visitor’s',
    { units: { anonymous: V }, ...remembers('login', ofUser(IDS.last)) },
    OWN,
  ),
  on('no-login')(
    'without continuity a login starts anew',
    { ...both(IDS.last, V), ...remembers('no-login', ofVisitor(V)) },
    MISSED,
  ),
  on('tenants')(
    'a visitor becomes a tenant',
    { units: { tenant: 'tenant-29', anonymous: V }, ...remembers('tenants', ofVisitor(V)) },
    'v2 CONTINUITY 0',
  ),
];

export const continuity: CaseGroup = { plans: { memory: memoryPlan }, cases: logins };
