import t from 'tap';
import { showsWhatItAnswers } from './readme.ts';
import { runExample, textOf } from './running.ts';

t.test('examples/express-carry: the color of each request, and nothing of its user', async (t) => {
  const url = await runExample(t, 'express-carry/main.ts').line();
  await showsWhatItAnswers(t, 'express-carry', url);
  const users = Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? '123' : `${i}`));
  const pages = await Promise.all(users.map((user) => textOf(url, { 'user-id': user })));
  const wrong = pages.filter(
    (page, i) => page.split('v2').length !== (users[i] === '123' ? 4 : 1) || page.includes('user'),
  );
  t.strictSame(wrong, [], 'requests at the same time keep their own');
});
