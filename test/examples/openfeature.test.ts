import t from 'tap';
import { runExample, textOf } from './running.ts';

t.test('examples/openfeature', async (t) => {
  const url = await runExample(t, 'openfeature/main.ts').line();
  t.match(await textOf(url, { 'user-id': '123' }), /new version/);
  t.match(await textOf(url, { 'user-id': '4' }), /old one/);
  t.match(await textOf(url), /old one/);
  t.match(await textOf(`${url}/as/123`, { 'user-id': '4' }), /new version/);
});
