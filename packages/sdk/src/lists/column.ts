/** The ids' column cannot be told: the whole list is useless. */
export class ColumnError extends Error {
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

const NAME_IT = 'the first line of a CSV list names its columns';

function missing(names: readonly string[], wanted: string): ColumnError {
  const same = (name: string) => name.trim().toLowerCase() === wanted.trim().toLowerCase();
  const near = names.find(same);
  // Other names are not listed: in a file without a header they would be somebody's data.
  const hint = near === undefined ? NAME_IT : `did you mean ${JSON.stringify(near)}?`;
  return new ColumnError(`there is no column ${JSON.stringify(wanted)}`, hint);
}

/** Which column of a CSV header holds the ids: the one of that name, or the first. Throws a {@link ColumnError}. */
export function columnOf(
  names: readonly string[],
  wanted: string | undefined,
  fault?: string,
): number {
  if (fault !== undefined)
    throw new ColumnError(`the first line cannot be read: ${fault}`, NAME_IT);
  if (names.length === 0) throw new ColumnError('there is no first line', NAME_IT);
  if (names.length === 1 && /[;\t]/.test(names[0] ?? '')) {
    throw new ColumnError('the columns are not separated by commas', 'export the list with commas');
  }
  if (wanted === undefined) return 0;
  const column = names.indexOf(wanted);
  if (column === -1) throw missing(names, wanted);
  if (names.includes(wanted, column + 1)) {
    throw new ColumnError(`two columns are called ${JSON.stringify(wanted)}`, 'rename one of them');
  }
  return column;
}
