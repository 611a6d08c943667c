import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { ROOT } from '../structure/source.ts';
import { anchorsOf, DOCUMENTS, linksOf } from './markdown.ts';

/** What is wrong with a link, if anything. */
function broken(document: string, link: string): string[] {
  const [path = '', anchor] = link.split('#');
  const file = path === '' ? document : join(dirname(document), path);
  if (!existsSync(join(ROOT, file))) return [`${document}: ${link} leads to no file`];
  if (anchor === undefined) return [];
  const anchors = anchorsOf(readFileSync(join(ROOT, file), 'utf8'));
  return anchors.has(anchor) ? [] : [`${document}: ${link} leads to no heading`];
}

t.test('every link inside the documents leads somewhere', async (t) => {
  const problems = DOCUMENTS.flatMap((document) =>
    linksOf(readFileSync(join(ROOT, document), 'utf8')).flatMap((link) => broken(document, link)),
  );
  t.strictSame(problems, []);
});

t.test('a link that leads nowhere is found', async (t) => {
  t.strictSame(linksOf('a [b](c.md#d), `[e](f)`, [g](https://h)\n```md\n[i](j)\n```'), ['c.md#d']);
  t.equal(broken('docs/errors.md', 'nothing.md').length, 1);
  t.equal(broken('docs/errors.md', '#nothing').length, 1);
  t.equal(broken('docs/errors.md', '#tinct_plan_syntax').length, 0);
});
