import t from 'tap';
import { showsWhatItAnswers } from './readme.ts';
import { runExample, textOf } from './running.ts';

t.test('examples/openfeature', async (t) => {
  const url = await runExample(t, 'openfeature/main.ts').line();
  await showsWhatItAnswers(t, 'openfeature', url);
  t.match(await textOf(url, { 'user-id': '123' }), /new version/);
  t.match(await textOf(url, { 'user-id': '4' }), /old one/);
  t.match(await textOf(url), /old one/);
  t.match(await textOf(`${url}/as/123`, { 'user-id': '4' }), /new version/);
});
