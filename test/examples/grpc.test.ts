import t from 'tap';
import { showsWhatItAnswers } from './readme.ts';
import { runExample, textOf } from './running.ts';

t.test('examples/grpc: the color goes along with a call', async (t) => {
  const url = await runExample(t, 'grpc/main.ts').line();
  await showsWhatItAnswers(t, 'grpc', url);
  t.equal(await textOf(url, { 'user-id': '123' }), 'Hello, reader\n');
  t.equal(await textOf(url, { 'user-id': '4' }), 'Good day, reader\n');
});
