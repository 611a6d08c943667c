/** "Did you mean …": the nearest of the names that would have been right. */

/** Edit distance with adjacent transpositions (optimal string alignment), row by row. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(row, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? at(before, j - 2) + 1 : Number.POSITIVE_INFINITY;
      next.push(Math.min(replaced, at(row, j) + 1, at(next, j - 1) + 1, swap));
    }
    before = row;
    row = next;
  }
  return at(row, b.length);
}

function at(row: readonly number[], i: number): number {
  return row[i] ?? 0;
}

/** The known names nearest to a given one, when they are near enough to be slips of it. */
export function nearestNames(given: string, known: readonly string[]): readonly string[] {
  if (given.length > 64) return [];
  const limit = Math.max(1, Math.floor(given.length / 3));
  const near = known
    .filter((name) => Math.abs(name.length - given.length) <= limit)
    .map((name) => ({ name, far: distance(given.toLowerCase(), name.toLowerCase()) }))
    .filter(({ far }) => far <= limit);
  const least = near.reduce((min, { far }) => Math.min(min, far), limit);
  return near.filter(({ far }) => far === least).map(({ name }) => name);
}

/** `did you mean "x"?`, or the names there are, or nothing. */
export function suggestion(given: string, known: Iterable<string>): string | undefined {
  const names = [...known];
  const near = nearestNames(given, names);
  if (near.length > 0 && near.length <= 4) return `did you mean ${orList(near)}?`;
  return names.length > 0 && names.length <= 12 ? `known here: ${names.join(', ')}` : undefined;
}

function orList(names: readonly string[]): string {
  const quoted = names.map((name) => `\`${name}\``);
  const last = quoted.pop();
  return quoted.length === 0 ? `${last}` : `${quoted.join(', ')} or ${last}`;
}
