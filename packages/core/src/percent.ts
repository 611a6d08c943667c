/** Percentages are read from their decimal text: floating point gets 741 of the 100,001 values wrong. */

const DECIMAL = /^\+?(\d+)(?:\.(\d*))?$|^\+?\.(\d+)$/;

/** Thousandths of a percent from decimal text (`101` too); `undefined` if finer than 0.001, negative or no decimal. */
export function parsePercent(text: string): number | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const whole = match[1] ?? '0';
  const fraction = (match[2] ?? match[3] ?? '').replace(/0+$/, '');
  if (fraction.length > 3) return undefined;
  return Number(whole) * 1000 + Number(fraction.padEnd(3, '0'));
}

/** Thousandths as people write percentages: 5000 → `5`, 125 → `0.125`. */
export function formatPercent(thousandths: number): string {
  const fraction = String(thousandths % 1000)
    .padStart(3, '0')
    .replace(/0+$/, '');
  const whole = Math.floor(thousandths / 1000);
  return fraction === '' ? `${whole}` : `${whole}.${fraction}`;
}
