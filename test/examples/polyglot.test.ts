import t from 'tap';
import { isInstalled } from '../../packages/proxy/test/parts.ts';
import { showsWhatItAnswers } from './readme.ts';
import { runExample, textOf } from './running.ts';

const skip = !isInstalled(t, 'python3', '--version') && 'Python is not installed';

t.test(
  'examples/polyglot: the color survives a service that passes only baggage on',
  { skip },
  async (t) => {
    const url = await runExample(t, 'polyglot/main.ts').line();
    await showsWhatItAnswers(t, 'polyglot', url);
    t.equal(await textOf(url, { 'user-id': '123' }), 'by way of Python: greeting v2\n');
    t.equal(await textOf(url, { 'user-id': '4' }), 'by way of Python: greeting v1\n');
    const forged = { 'user-id': '4', baggage: 'tinct.greeting=v2' };
    t.equal(
      await textOf(url, forged),
      'by way of Python: greeting v1\n',
      'attack: a forged member',
    );
  },
);
