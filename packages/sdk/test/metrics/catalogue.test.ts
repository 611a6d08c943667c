import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SERVICE_METRICS } from '@tinct/sdk/metrics';
import t from 'tap';

const DOCUMENT = join(import.meta.dirname, '../../../../docs/sdk/metrics.md');

t.test('the document lists what is measured, as it is', async (t) => {
  const text = readFileSync(DOCUMENT, 'utf8');
  const rows = Object.values(SERVICE_METRICS).map(
    ({ name, type, labels, help }) =>
      `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help} |`,
  );
  const found = text.split('\n').filter((line) => line.startsWith('| `tinct_'));
  t.strictSame(found, rows);
});
