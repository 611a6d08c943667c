/** Overrides and carried decisions: which hold, which are refused, and what they beat. */
import { type CaseGroup, type CaseSource, DAY, NOW, user, VISITORS } from './build.ts';
import {
  alice,
  carried,
  first,
  last,
  MISSED,
  on,
  override,
  remembered,
  statesPlan,
} from './precedence.ts';

const refused = 'v1 SPLIT 1 control override-refused';
const wished: CaseSource[] = [
  on('running')('an override', { ...last, ...override('running') }, 'v3 OVERRIDE'),
  on('running')(
    'an override beats a user who is named',
    { ...alice, ...override('running') },
    'v3 OVERRIDE',
  ),
  on('running')(
    'an override to stable',
    { ...first, ...override('running', { variant: 'v1' }) },
    'v1 OVERRIDE',
  ),
  on('running')('an override needs no unit', override('running'), 'v3 OVERRIDE'),
  on('running')(
    'an override beats a malformed unit',
    { ...user('\ud800'), ...override('running') },
    'v3 OVERRIDE',
  ),
  on('running')(
    'an override beats a carried decision',
    { ...last, ...override('running'), ...carried('running') },
    'v3 OVERRIDE',
  ),
  on('running')(
    'an override beats memory',
    { ...last, ...override('running'), ...remembered('running') },
    'v3 OVERRIDE',
  ),
  on('completed')(
    'an override beats completed',
    { ...last, ...override('completed') },
    'v3 OVERRIDE',
  ),
  on('running')(
    'an override in its last millisecond',
    { ...last, ...override('running', { expires: NOW + 1 }) },
    'v3 OVERRIDE',
  ),
  on('running')(
    'an override that ends now',
    { ...last, ...override('running', { expires: NOW }) },
    refused,
  ),
  on('running')(
    'an override that has ended',
    { ...last, ...override('running', { expires: NOW - 1 }) },
    refused,
  ),
  on('running')(
    'an override of 24 hours',
    { ...last, ...override('running', { expires: NOW + DAY }) },
    'v3 OVERRIDE',
  ),
  on('running')(
    'an override of more than 24 hours',
    { ...last, ...override('running', { expires: NOW + DAY + 1 }) },
    refused,
  ),
  on('running')(
    'an override of an earlier epoch',
    { ...last, ...override('running', { epoch: 1 }) },
    refused,
  ),
  on('running')(
    'an override of a later epoch',
    { ...last, ...override('running', { epoch: 3 }) },
    refused,
  ),
  on('running')(
    'an override for another release',
    { ...last, ...override('running', { release: 'paused' }) },
    refused,
  ),
  on('running')(
    'an override to a variant that is none',
    { ...last, ...override('running', { variant: 'v9' }) },
    refused,
  ),
  on('running')(
    'an override to what every object has',
    { ...last, ...override('running', { variant: 'constructor' }) },
    refused,
  ),
  on('running')('another release has the override', { ...last, ...override('paused') }, MISSED),
  on('two')(
    'an override to a variant that both services have',
    { ...first, ...override('two', { epoch: 1, variant: 'v2' }) },
    'v2 OVERRIDE',
  ),
  on('two')(
    'an override to a variant that one service lacks',
    { ...last, ...override('two', { epoch: 1 }) },
    refused,
  ),
  on('running')(
    'a refused override lets the rules decide',
    { ...alice, ...override('running', { epoch: 1 }) },
    'v2 TARGETING_MATCH 0 override-refused',
  ),
  on('running')(
    'a refused override lets memory decide',
    { ...last, ...remembered('running'), ...override('running', { epoch: 1 }) },
    'v2 STICKY 1 override-refused',
  ),
  on('running')(
    'a refused override lets the carried decision stand',
    { ...last, ...carried('running'), ...override('running', { epoch: 1 }) },
    'v2 CARRIED canary',
  ),
  on('running')(
    'both refused',
    { ...last, ...carried('running', { epoch: 1 }), ...override('running', { epoch: 1 }) },
    refused,
  ),
  on('completed')(
    'a refused override of a completed release',
    { ...last, ...override('completed', { epoch: 1 }) },
    'v2 STATIC override-refused',
  ),
  on('running')(
    'a refused override without a unit',
    override('running', { epoch: 1 }),
    'v1 DEFAULT unit-missing',
  ),
  on('running')(
    'a refused override with a malformed unit',
    { ...user('\ud800'), ...override('running', { epoch: 1 }) },
    'v1 ERROR unit-malformed',
  ),
];

const carriedDecisions: CaseSource[] = [
  on('running')('a carried decision', { ...last, ...carried('running') }, 'v2 CARRIED canary'),
  on('running')(
    'a carried decision beats a user who is named',
    { ...alice, ...carried('running', { variant: 'v1', arm: 'control' }) },
    'v1 CARRIED control',
  ),
  on('running')(
    'a carried decision of a higher revision',
    { ...last, ...carried('running', { revision: 99 }) },
    'v2 CARRIED canary',
  ),
  on('running')(
    'a carried decision of a lower revision',
    { ...last, ...carried('running', { revision: 1, arm: 'other' }) },
    'v2 CARRIED',
  ),
  on('running')(
    'a carried decision of a later epoch',
    { ...last, ...carried('running', { epoch: 3 }) },
    'v2 CARRIED canary',
  ),
  on('running')(
    'a carried decision of an epoch that was aborted',
    { ...last, ...carried('running', { epoch: 1 }) },
    'v1 SPLIT 1 control carried-refused',
  ),
  on('running')(
    'a carried decision for a variant that this plan does not know',
    { ...last, ...carried('running', { variant: 'v9' }) },
    'v9 CARRIED canary',
  ),
  on('running')('a carried decision needs no unit', carried('running'), 'v2 CARRIED canary'),
  on('running')(
    'a carried decision beats memory',
    { ...last, ...remembered('running'), ...carried('running', { variant: 'v1', arm: 'other' }) },
    'v1 CARRIED',
  ),
  on('completed')(
    'a carried decision beats completed',
    { ...last, ...carried('completed', { variant: 'v1', arm: 'control' }) },
    'v1 CARRIED control',
  ),
  on('running')(
    'the abort of another hop is carried too',
    { ...alice, ...carried('running', { variant: 'v1', reason: 'DISABLED', arm: 'other' }) },
    'v1 CARRIED',
  ),
  on('running')('another release was carried', { ...last, ...carried('paused') }, MISSED),
  on('running')(
    'a refused carried decision without a unit',
    carried('running', { epoch: 1 }),
    'v1 DEFAULT unit-missing',
  ),
  on('running')(
    'a refused carried decision lets the rules decide',
    { ...alice, ...carried('running', { epoch: 1 }) },
    'v2 TARGETING_MATCH 0 carried-refused',
  ),
  on('running')(
    'carried stable of an aborted epoch stands: the request began with it',
    {
      ...alice,
      ...carried('running', { epoch: 1, variant: 'v1', reason: 'DISABLED', arm: 'other' }),
    },
    'v1 CARRIED',
  ),
  on('completed')(
    'a refused carried decision of a completed release',
    { ...last, ...carried('completed', { epoch: 1 }) },
    'v2 STATIC carried-refused',
  ),
  on('running')(
    'a visitor with a carried decision',
    { units: { anonymous: VISITORS.high }, ...carried('running') },
    'v2 CARRIED canary',
  ),
];

export const overrides: CaseGroup = {
  plans: { states: statesPlan },
  cases: [...wished, ...carriedDecisions],
};
