/** A header's name in lower case, and with a dash for each underscore: many servers hold the two for one header. */
export function canonicalName(name: string): string {
  const lower = name.toLowerCase();
  return lower.includes('_') ? lower.replaceAll('_', '-') : lower;
}
