/** Each test that docs/threat-model.md names stands in one of the files that it links to. */
import t from 'tap';
import { testsNamedIn } from './named-tests.ts';

t.test('each attack names a test that exists', async (t) => {
  const { names, missing } = testsNamedIn('docs/threat-model.md');
  t.ok(names.length > 20);
  t.strictSame(missing, []);
});
