import t from 'tap';
import { ownText } from '../../src/index.ts';

for (const text of [
  '',
  'a',
  'caf\u00e9',
  '\u00ff\u0080',
  '日本語 🎉',
  'half \ud800 a pair',
  'x'.repeat(5000),
])
  t.equal(ownText(text), text, JSON.stringify(text.slice(0, 20)));
