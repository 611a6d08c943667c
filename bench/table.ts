/** Tables of the reports. */

export type Cell = string | number;

/** Columns as wide as they must be; the first to the left, numbers to the right. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cells = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, i) => Math.max(...cells.map((row) => row[i]?.length ?? 0)));
  const right = head.map(
    (_, i) => i > 0 && rows.some((row) => /^[\d,.]+( %)?$/.test(String(row[i]))),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => (right[i] ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  const [first = [], ...rest] = cells;
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [line(first), rule, ...rest.map(line)].join('\n');
}

export const grouped = (value: number, digits = 0): string =>
  value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
