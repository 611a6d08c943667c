/** "Did you mean …": slips are found, other words are not guessed at. */
import t from 'tap';
import { suggestion } from '../src/plan/suggest.ts';

const keys = ['users', 'cohort', 'when', 'percent', 'split', 'variant'];

t.test('a slip is understood: a letter too many, too few, wrong, or two exchanged', async (t) => {
  for (const slip of ['user', 'userss', 'usrs', 'usesr', 'Users', 'USERS', 'usera'])
    t.equal(suggestion(slip, keys), 'did you mean `users`?', slip);
  for (const slip of ['percnt', 'precent', 'per-cent', 'persent'])
    t.equal(suggestion(slip, keys), 'did you mean `percent`?', slip);
  t.equal(suggestion('varient', keys), 'did you mean `variant`?');
});

t.test('another word is no slip: the words that there are get listed', async (t) => {
  const list = 'known here: users, cohort, when, percent, split, variant';
  for (const word of ['weight', 'x', '', 'toString', 'constructor', '__proto__'])
    t.equal(suggestion(word, keys), list, word);
});

t.test('several that are equally near are all named', async (t) => {
  t.equal(suggestion('v3', ['v1', 'v2']), 'did you mean `v1` or `v2`?');
  t.equal(suggestion('v5', ['v1', 'v2', 'v3']), 'did you mean `v1`, `v2` or `v3`?');
  t.equal(suggestion('v6', ['v1', 'v2', 'v3', 'v4', 'v5']), 'known here: v1, v2, v3, v4, v5');
  t.equal(
    suggestion('beta-user', ['beta-users', 'beta-uber']),
    'did you mean `beta-users` or `beta-uber`?',
  );
});

t.test('nothing is said where nothing helps', async (t) => {
  t.equal(suggestion('beta', []), undefined);
  const many = Array.from({ length: 13 }, (_, i) => `cohort-${i}-of-many`);
  t.equal(suggestion('beta', many), undefined, 'a long list is no hint');
  t.equal(suggestion('cohort-7-of-mny', many), 'did you mean `cohort-7-of-many`?');
  t.equal(
    suggestion('x'.repeat(65), ['x'.repeat(64)]),
    `known here: ${'x'.repeat(64)}`,
    'too long to compare',
  );
});
