/** Percentages, splits, and the arms that come of them. */
import { BUCKETS, type CaseGroup, type CaseSource, IDS, LONG_ID, user } from './build.ts';
import { EMAIL, missed, on, rulesPlan } from './rules.ts';

const ids = Object.keys(IDS) as (keyof typeof IDS)[];
const SPLIT_GIVES: Readonly<Record<keyof typeof IDS, string>> = {
  first: 'v2 SPLIT 0 canary',
  u11: 'v2 SPLIT 0 canary',
  below5: 'v3 SPLIT 0 canary',
  at5: missed,
  bob: missed,
  alice: missed,
  below50: 'v2 SPLIT 0 canary',
  at50: 'v3 SPLIT 0 canary',
  carol: 'v3 SPLIT 0 canary',
  last: missed,
};

const percentages: CaseSource[] = [
  ...ids.map((id) =>
    on('split')(`a split in bucket ${BUCKETS[id]}`, user(IDS[id]), SPLIT_GIVES[id]),
  ),
  on('split-staff')(
    'a split for some, a bucket of a range',
    { ...user(IDS.below5), attributes: EMAIL },
    'v3 SPLIT 0',
  ),
  on('split-staff')(
    'a split for some that misses falls through',
    { ...user('bob'), attributes: EMAIL },
    'v3 SPLIT 1',
  ),
  on('split-staff')('a split for others', user('bob'), 'v3 SPLIT 1 canary'),
  on('nothing')('0 % gives the first bucket nothing', user(IDS.first), missed),
  on('nothing')('0 % gives the last bucket nothing', user(IDS.last), missed),
  on('everything')('100 % takes the first bucket', user(IDS.first), 'v2 SPLIT 0 canary'),
  on('everything')('100 % takes the last bucket', user(IDS.last), 'v2 SPLIT 0 canary'),
  on('everything')('100 % takes an id of four bytes', user('\u{1f600}'), 'v2 SPLIT 0 canary'),
  on('everything')('100 % takes an id of 10 kB', user(LONG_ID), 'v2 SPLIT 0 canary'),
  on('everything')('100 % does not take a missing id', {}, 'v1 DEFAULT unit-missing'),
  on('stable')('a percentage of stable', user(IDS.first), missed),
  on('stable')('a percentage of stable that misses', user(IDS.last), missed),
  on('after-percent')('a rule below a percentage that hits', user(IDS.first), 'v2 SPLIT 0 canary'),
  on('after-percent')(
    'a rule below a percentage that misses',
    user(IDS.last),
    'v3 TARGETING_MATCH 1',
  ),
  on('after-percent')('no rule below a percentage that misses', user(IDS.at50), missed),
];

const STAFF = (id: string) => ({ ...user(id), attributes: EMAIL });
const arms: CaseSource[] = [
  on('staff-half')('staff below half: not the rule that compares', STAFF(IDS.below5), 'v2 SPLIT 0'),
  on('staff-half')('staff above half had another chance before', STAFF(IDS.last), 'v1 SPLIT 1'),
  on('staff-half')('others below 5 % are the canary', user(IDS.below5), 'v2 SPLIT 1 canary'),
  on('staff-half')('others above 5 % are the control', user(IDS.at5), 'v1 SPLIT 1 control'),
  on('twice')('the first of two conditional percentages', STAFF(IDS.first), 'v2 SPLIT 0'),
  on('twice')('the second had an earlier one before it', STAFF('alice'), 'v3 SPLIT 1'),
  on('twice')('both missed', STAFF(IDS.at50), 'v1 SPLIT 1'),
  on('twice')('both missed, and a user is named', STAFF(IDS.last), 'v3 TARGETING_MATCH 2'),
  on('twice')('neither asked, and a user is named', user(IDS.last), 'v3 TARGETING_MATCH 2'),
  on('twice')('neither asked', user(IDS.first), 'v1 DEFAULT'),
  on('not-everyone')(
    'the percentage of everyone compares, not the later one',
    user(IDS.first),
    'v2 SPLIT 0 canary',
  ),
  on('not-everyone')('the percentage of everyone missed', user(IDS.at5), missed),
  on('not-everyone')('the later one hits', STAFF('alice'), 'v2 SPLIT 1'),
  on('not-everyone')('the later one misses too', STAFF(IDS.at50), 'v1 SPLIT 1'),
];

export const shares: CaseGroup = {
  plans: { rules: rulesPlan },
  cases: [...percentages, ...arms],
};
