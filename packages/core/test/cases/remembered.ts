import { type CaseGroup, type CaseSource, DAY, HOUR, IDS, NOW, user, VISITORS } from './build.ts';
import {
  MISSED,
  memoryPlan,
  missedWith,
  ofUser,
  ofVisitor,
  on,
  remembers,
  STICKY,
} from './memory.ts';

const ages: CaseSource[] = [
  on('kept')('remembered half an hour ago', missedWith('kept', ofUser(IDS.last)), STICKY),
  on('kept')('remembered just now', missedWith('kept', ofUser(IDS.last, { at: NOW })), STICKY),
  on('kept')(
    'remembered by a clock that is ahead',
    missedWith('kept', ofUser(IDS.last, { at: NOW + HOUR })),
    STICKY,
  ),
  on('kept')(
    'remembered exactly as long as allowed',
    missedWith('kept', ofUser(IDS.last, { at: NOW - 30 * DAY })),
    STICKY,
  ),
  on('kept')(
    'remembered a millisecond too long',
    missedWith('kept', ofUser(IDS.last, { at: NOW - 30 * DAY - 1 })),
    MISSED,
  ),
  on('kept')('remembered since 1970', missedWith('kept', ofUser(IDS.last, { at: 0 })), MISSED),
  on('short')(
    'a memory of no length lasts for this millisecond',
    missedWith('short', ofUser(IDS.last, { at: NOW })),
    STICKY,
  ),
  on('short')(
    'a memory of no length is over in the next',
    missedWith('short', ofUser(IDS.last, { at: NOW - 1 })),
    MISSED,
  ),
  on('since')(
    'remembered exactly since stickySince',
    missedWith('since', ofUser(IDS.last, { at: NOW - HOUR })),
    STICKY,
  ),
  on('since')(
    'remembered before stickySince',
    missedWith('since', ofUser(IDS.last, { at: NOW - HOUR - 1 })),
    MISSED,
  ),
  on('since')(
    'remembered after stickySince, by a plan from before it: an edge that lagged',
    missedWith('since', ofUser(IDS.last, { since: NOW - HOUR - 1 })),
    MISSED,
  ),
  on('since')(
    'remembered before stickySince, by a plan that has it: a clock that is behind',
    missedWith('since', ofUser(IDS.last, { at: NOW - 2 * HOUR, since: NOW - HOUR })),
    STICKY,
  ),
  on('since')('remembered after stickySince', missedWith('since', ofUser(IDS.last)), STICKY),
  on('epochs')(
    'remembered in this epoch',
    missedWith('epochs', ofUser(IDS.last, { epoch: 2 })),
    STICKY,
  ),
  on('epochs')('remembered in an earlier epoch', missedWith('epochs', ofUser(IDS.last)), MISSED),
  on('epochs')(
    'remembered in a later epoch',
    missedWith('epochs', ofUser(IDS.last, { epoch: 3 })),
    MISSED,
  ),
];

const whose: CaseSource[] = [
  on('kept')('nothing is remembered', missedWith('kept'), MISSED),
  on('kept')('remembered of another user', missedWith('kept', ofUser('alice')), MISSED),
  on('kept')(
    'remembered of a visitor of that name',
    missedWith('kept', ofVisitor(IDS.last)),
    MISSED,
  ),
  on('kept')(
    'remembered of another user and of this one',
    missedWith('kept', ofUser('alice'), ofUser(IDS.last)),
    STICKY,
  ),
  on('kept')(
    'remembered twice: the first counts',
    missedWith('kept', ofUser(IDS.last), ofUser(IDS.last, { variant: 'v3' })),
    STICKY,
  ),
  on('kept')(
    'remembered twice: the first that is not too old',
    missedWith('kept', ofUser(IDS.last, { at: 0, variant: 'v3' }), ofUser(IDS.last)),
    STICKY,
  ),
  on('kept')(
    'remembered of a visitor',
    { units: { anonymous: VISITORS.high }, ...remembers('kept', ofVisitor(VISITORS.high)) },
    STICKY,
  ),
  on('kept')('another release remembers', missedWith('since', ofUser(IDS.last)), MISSED),
  on('off')('a release without memory', missedWith('off', ofUser(IDS.last)), MISSED),
  on('kept')(
    'remembered, without a unit',
    remembers('kept', ofUser(IDS.last)),
    'v1 DEFAULT unit-missing',
  ),
  on('kept')(
    'remembered of an empty id',
    { ...user(''), ...remembers('kept', ofUser('')) },
    'v1 DEFAULT unit-missing',
  ),
];

const EMAIL = { email: 'ann@example.com' };
const where: CaseSource[] = [
  on('kept')(
    'remembered what the bucket gives anyway',
    { ...user(IDS.first), ...remembers('kept', ofUser(IDS.first)) },
    'v2 SPLIT 0 canary',
  ),
  on('kept')(
    'remembered what the rule cannot give',
    missedWith('kept', ofUser(IDS.last, { variant: 'v3' })),
    MISSED,
  ),
  on('kept')(
    'remembered stable',
    { ...user(IDS.first), ...remembers('kept', ofUser(IDS.first, { variant: 'v1' })) },
    'v2 SPLIT 0 canary',
  ),
  on('kept')(
    'remembered a variant that is none',
    missedWith('kept', ofUser(IDS.last, { variant: 'v9' })),
    MISSED,
  ),
  on('kept')(
    'remembered what every object has',
    missedWith('kept', ofUser(IDS.last, { variant: 'constructor' })),
    MISSED,
  ),
  on('two')(
    'remembered a variant that one service lacks',
    missedWith('two', ofUser(IDS.last, { variant: 'v3' })),
    MISSED,
  ),
  on('nobody')(
    'remembered, and the percentage is 0',
    missedWith('nobody', ofUser(IDS.last)),
    STICKY,
  ),
  on('split')(
    'remembered one part of a split, in no range',
    missedWith('split', ofUser(IDS.last)),
    STICKY,
  ),
  on('split')(
    'remembered one part of a split, in another’s range',
    { ...user(IDS.first), ...remembers('split', ofUser(IDS.first, { variant: 'v3' })) },
    'v3 STICKY 0',
  ),
  on('split')(
    'remembered a part of a split without buckets',
    missedWith('split', ofUser(IDS.last, { variant: 'v3' })),
    'v3 STICKY 0',
  ),
  on('rules')(
    'a deny rule beats memory',
    { ...user(IDS.first), ...remembers('rules', ofUser(IDS.first)) },
    'v1 TARGETING_MATCH 0',
  ),
  on('rules')(
    'a rule for users beats memory',
    missedWith('rules', ofUser(IDS.last)),
    'v3 TARGETING_MATCH 2',
  ),
  on('rules')(
    'memory counts where the rule’s other conditions hold',
    { ...user('carol'), ...remembers('rules', ofUser('carol')) },
    'v2 STICKY 3',
  ),
  on('rules')(
    'memory does not count where they do not',
    { ...user('carol'), ...remembers('rules', ofUser('carol', { variant: 'v3' })) },
    'v1 SPLIT 3 control',
  ),
  on('rules')(
    'memory counts at an earlier rule',
    {
      ...user('carol'),
      attributes: EMAIL,
      ...remembers('rules', ofUser('carol', { variant: 'v3' })),
    },
    'v3 STICKY 1',
  ),
  on('rules')(
    'memory beats a later rule for users',
    { ...user(IDS.at50), ...remembers('rules', ofUser(IDS.at50)) },
    'v2 STICKY 3',
  ),
  on('targeted')(
    'without a share nothing is asked of memory',
    missedWith('targeted', ofUser(IDS.last)),
    'v1 DEFAULT',
  ),
  on('targeted')(
    'a rule for users, remembered otherwise',
    { ...user('alice'), ...remembers('targeted', ofUser('alice')) },
    'v3 TARGETING_MATCH 0',
  ),
  on('done')('completed beats memory', missedWith('done', ofUser(IDS.last)), 'v3 STATIC'),
];

export const remembered: CaseGroup = {
  plans: { memory: memoryPlan },
  cases: [...ages, ...whose, ...where],
};
