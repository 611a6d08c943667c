/** Columns of text. */
import { stripVTControlCharacters } from 'node:util';

/** How many columns a terminal gives a text: without styles, by characters. */
const widthOf = (text: string): number => [...stripVTControlCharacters(text)].length;

export type Align = 'left' | 'right';

/** Lines with aligned columns, two spaces between them, nothing at the end. */
export function columns(
  rows: readonly (readonly string[])[],
  aligns: readonly Align[] = [],
): string[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, i) =>
    Math.max(...rows.map((row) => widthOf(row[i] ?? ''))),
  );
  return rows.map((row) =>
    row
      .map((cell, i) => padded(cell, widths[i] ?? 0, aligns[i] ?? 'left'))
      .join('  ')
      .trimEnd(),
  );
}

function padded(text: string, width: number, align: Align): string {
  const room = ' '.repeat(Math.max(0, width - widthOf(text)));
  return align === 'left' ? text + room : room + text;
}

/** Each line two spaces to the right, per level. */
export function indented(lines: readonly string[], by = '  '): string[] {
  return lines.map((line) => (line === '' ? '' : by + line));
}

/** Breaks a paragraph into lines of at most so many characters. */
export function wrapped(paragraph: string, width = 90): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of paragraph.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && longer.length > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}
