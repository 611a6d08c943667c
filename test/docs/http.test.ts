/** docs/http.md names a test for each rule, and each stands in a file that the page links to. */
import t from 'tap';
import { rowsOf, testsNamedIn } from './named-tests.ts';

t.test('each rule of HTTP names a test that exists', async (t) => {
  const { page, missing } = testsNamedIn('docs/http.md');
  const rules = rowsOf(page).filter((row) => /\| 9\d{3}|; 8441/.test(row));
  t.ok(rules.length > 35, `${rules.length} rules`);
  t.strictSame(
    rules.filter((row) => !row.includes('"')),
    [],
  );
  t.strictSame(missing, []);
});
