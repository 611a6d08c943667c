/** States, and aborts that beat everything of their epoch. */
import { type CaseGroup, type CaseSource, user } from './build.ts';
import {
  alice,
  carried,
  first,
  HIT,
  last,
  MISSED,
  on,
  override,
  remembered,
  statesPlan,
} from './precedence.ts';

const states: CaseSource[] = [
  on('running')('running, below', first, HIT),
  on('running')('running, above', last, MISSED),
  on('running')('running, a user who is named', alice, 'v2 TARGETING_MATCH 0'),
  on('paused')('paused decides as running does: below', first, HIT),
  on('paused')('paused decides as running does: above', last, MISSED),
  on('paused')('paused decides as running does: named', alice, 'v2 TARGETING_MATCH 0'),
  on('paused')(
    'paused decides as running does: remembered',
    { ...last, ...remembered('paused') },
    'v2 STICKY 1',
  ),
  on('paused')(
    'paused decides as running does: override',
    { ...last, ...override('paused') },
    'v3 OVERRIDE',
  ),
  on('aborted')('aborted, below', first, 'v1 DISABLED'),
  on('aborted')('aborted, a user who is named', alice, 'v1 DISABLED'),
  on('aborted')('aborted, no unit', {}, 'v1 DISABLED'),
  on('aborted')('aborted, a malformed unit', user('\ud800'), 'v1 DISABLED'),
  on('completed')('completed, below', first, 'v2 STATIC'),
  on('completed')('completed, above', last, 'v2 STATIC'),
  on('completed')('completed, no unit', {}, 'v2 STATIC'),
  on('completed')('completed, a malformed unit', user('\ud800'), 'v2 STATIC'),
  on('completed-stable')('completed with stable, a user who is named', alice, 'v1 STATIC'),
];

const kills: CaseSource[] = [
  on('running')('an abort of this epoch beats the plan', alice, 'v1 DISABLED', {
    killed: { running: 2 },
  }),
  on('running')('an abort of a later epoch beats the plan', alice, 'v1 DISABLED', {
    killed: { running: 3 },
  }),
  on('running')('an abort of an earlier epoch is past', first, HIT, { killed: { running: 1 } }),
  on('running')('an abort of another release', first, HIT, { killed: { paused: 9 } }),
  on('completed')('an abort beats completed', first, 'v1 DISABLED', { killed: { completed: 2 } }),
  on('paused')('an abort beats paused', first, 'v1 DISABLED', { killed: { paused: 2 } }),
  on('aborted')('an abort beats an override', { ...first, ...override('aborted') }, 'v1 DISABLED'),
  on('aborted')(
    'an abort beats a carried decision',
    { ...first, ...carried('aborted') },
    'v1 DISABLED',
  ),
  on('aborted')(
    'an abort beats an earlier carried decision',
    { ...first, ...carried('aborted', { epoch: 1 }) },
    'v1 DISABLED',
  ),
  on('aborted')('an abort beats memory', { ...last, ...remembered('aborted') }, 'v1 DISABLED'),
  on('aborted')(
    'an abort beats all of them at once',
    { ...last, ...remembered('aborted'), ...override('aborted'), ...carried('aborted') },
    'v1 DISABLED',
  ),
  on('aborted')(
    'a carried decision of a later epoch was made after the abort',
    { ...first, ...carried('aborted', { epoch: 3 }) },
    'v2 CARRIED canary',
  ),
  on('aborted')(
    'no override of a later epoch',
    { ...first, ...override('aborted', { epoch: 3 }) },
    'v1 DISABLED',
  ),
  on('running')('a kill beats an override', { ...first, ...override('running') }, 'v1 DISABLED', {
    killed: { running: 2 },
  }),
  on('running')(
    'a kill beats a carried decision',
    { ...first, ...carried('running') },
    'v1 DISABLED',
    { killed: { running: 2 } },
  ),
  on('running')(
    'a kill of a later epoch beats a carried decision of that epoch',
    { ...first, ...carried('running', { epoch: 3 }) },
    'v1 DISABLED',
    {
      killed: { running: 3 },
    },
  ),
  on('running')(
    'a carried decision of an epoch after the kill',
    { ...first, ...carried('running', { epoch: 4 }) },
    'v2 CARRIED canary',
    {
      killed: { running: 3 },
    },
  ),
  on('running')('a kill beats memory', { ...last, ...remembered('running') }, 'v1 DISABLED', {
    killed: { running: 2 },
  }),
];

export const aborts: CaseGroup = { plans: { states: statesPlan }, cases: [...states, ...kills] };
