/** Where a share lies, given how many of how many: Wilson's score interval. */

/** Of the standard normal distribution: 95 % lie within. */
const Z = 1.959963984540054;

export function wilson(hits: number, of: number): readonly [low: number, high: number] {
  if (of === 0) return [0, 1];
  const share = hits / of;
  const scale = 1 + (Z * Z) / of;
  const center = (share + (Z * Z) / (2 * of)) / scale;
  const half = (Z / scale) * Math.sqrt((share * (1 - share)) / of + (Z * Z) / (4 * of * of));
  return [
    hits === 0 ? 0 : Math.max(0, center - half),
    hits === of ? 1 : Math.min(1, center + half),
  ];
}
