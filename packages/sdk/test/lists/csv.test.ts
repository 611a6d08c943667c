import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import t from 'tap';
import { CsvRecord, MAX_RECORD } from '../../src/lists/csv-record.ts';

/** The records of a CSV text, or undefined if one of them is malformed. */
function read(text: string): string[][] | undefined {
  const records: string[][] = [];
  let record = new CsvRecord();
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  for (const line of lines) {
    if (!record.open && (line === '' || line === '\r')) continue;
    record.feed(line);
    if (record.fault !== undefined) return undefined;
    if (record.open) continue;
    records.push(record.fields);
    record = new CsvRecord();
  }
  record.end();
  return record.fault === undefined ? records : undefined;
}

function readByLibrary(text: string): string[][] | undefined {
  try {
    const options = { record_delimiter: ['\r\n', '\n'], relax_column_count: true };
    return parse(text, { ...options, skip_empty_lines: true });
  } catch {
    return undefined;
  }
}

t.test('any text is read as csv-parse reads it, or refused as it refuses it', async (t) => {
  const piece = fc.constantFrom(
    'a',
    'b',
    ',',
    ',',
    '"',
    '"',
    '""',
    '\n',
    '\r\n',
    '\r',
    ' ',
    'é',
    '😀',
  );
  let accepted = 0;
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 24 }), (pieces) => {
      const text = pieces.join('');
      // At the very end of the text we take CR as the beginning of a line end.
      fc.pre(!text.endsWith('\r'));
      const expected = readByLibrary(text);
      if (expected !== undefined) accepted++;
      return JSON.stringify(read(text)) === JSON.stringify(expected);
    }),
    { numRuns: 3000 },
  );
  t.ok(accepted > 300, `${accepted} were well formed`);
});

t.test('what is written by the rules is read back', async (t) => {
  const field = fc.string({
    maxLength: 8,
    unit: fc.constantFrom('a', ',', '"', '\n', '\r', 'é', ' '),
  });
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const eol = fc.constantFrom('\n', '\r\n');
  fc.assert(
    fc.property(
      fc.array(fc.array(field, { minLength: 1 }), { minLength: 1 }),
      eol,
      (records, end) => {
        const text = records.map((fields) => fields.map(quoted).join(',') + end).join('');
        return JSON.stringify(read(text)) === JSON.stringify(records);
      },
    ),
    { numRuns: 1000 },
  );
  t.pass();
});

t.test('attack: a quote that is never closed keeps at most 1 MiB', async (t) => {
  const record = new CsvRecord();
  record.feed('"');
  let lines = 0;
  for (; record.open; lines++) record.feed('0123456789');
  t.match(record.fault, /above 1 MiB/);
  t.ok(lines * 11 <= MAX_RECORD + 11);
});

t.test('a record on one line is never too long', async (t) => {
  const record = new CsvRecord();
  record.feed('x'.repeat(MAX_RECORD));
  t.equal(record.fault, undefined);
});
