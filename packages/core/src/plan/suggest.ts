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

/** The known name nearest to a given one, when it is near enough to be a slip. */
export function nearest(given: string, known: Iterable<string>): string | undefined {
  if (given.length > 64) return undefined;
  const limit = Math.max(1, Math.floor(given.length / 3));
  const ranked = [...known]
    .map((name) => ({ name, far: distance(given.toLowerCase(), name.toLowerCase()) }))
    .filter(({ far }) => far <= limit)
    .sort((a, b) => a.far - b.far);
  return ranked[0]?.name;
}

/** `did you mean "x"?`, or the names there are, or nothing. */
export function suggestion(given: string, known: Iterable<string>): string | undefined {
  const names = [...known];
  const near = nearest(given, names);
  if (near !== undefined) return `did you mean \`${near}\`?`;
  return names.length > 0 && names.length <= 12 ? `known here: ${names.join(', ')}` : undefined;
}
